#include "gui/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include "gui/imgui_versions.h"
#include "gui/server_choice.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr std::size_t most_kept = 20, most_shown = 2;
constexpr double note_lasts_s = 5;
constexpr float left_row_h = 34;

const char* remedy_label(Remedy remedy) {
    switch (remedy) {
        case Remedy::none:
            return "";
        case Remedy::another_port:
            return "Use another port";
        case Remedy::restart_helper:
            return "Restart helper";
        case Remedy::restart_wire:
            return "Restart the wire";
    }
    return "";
}

float buttons_width(const Message& message) {
    if (!message.left.empty()) {
        ui::Face later;
        later.label = "Later";
        return ui::button_width(later);
    }
    ui::Face copy, fix;
    copy.label = "Copy";
    fix.label = remedy_label(message.remedy);
    const float remedy = message.remedy != Remedy::none ? ui::button_width(fix) + ui::px(8) : 0;
    return remedy + (message.trouble ? ui::button_width(copy) + ui::px(8) : 0) + ui::px(28);
}

float text_width_of(const Message& message, float width) {
    return std::max(ui::px(120), width - ui::px(16 + 28 + 16 + 16) - buttons_width(message));
}

}  // namespace

void Messages::add(std::string text, bool trouble, Remedy remedy) {
    // One explanation at a time: the one before belongs to what is no longer looked at.
    if (!trouble) std::erase_if(messages_, [](const Message& message) { return !message.trouble && message.left.empty(); });
    // The same again: once is enough, in front.
    std::erase_if(messages_, [&text](const Message& message) { return message.text == text; });
    Message message;
    message.number = next_number_++;
    message.text = std::move(text);
    message.trouble = trouble;
    message.remedy = remedy;
    messages_.push_back(std::move(message));
    if (messages_.size() > most_kept) messages_.pop_front();
}

void Messages::add_of_program(std::string text, Remedy remedy) {
    add(std::move(text), true, remedy);
    messages_.back().of_program = true;
}

void Messages::explain(ProgramId program, std::string text) {
    add(std::move(text), false);
    messages_.back().about = program;
}

void Messages::offer(std::string text, std::vector<LeftOffer> left) {
    add(std::move(text), false);
    messages_.back().left = std::move(left);
}

void Messages::note(std::string text, double now_s, std::string copies) {
    note_ = std::move(text);
    note_copies_ = std::move(copies);
    note_until_s_ = now_s + note_lasts_s;
}

void Messages::dismiss(std::uint64_t number) {
    std::erase_if(messages_, [number](const Message& message) { return message.number == number; });
}

void Messages::forget_programs(std::uint64_t since) {
    std::erase_if(messages_, [since](const Message& message) { return message.of_program && message.number > since; });
}

void Messages::forget(ProgramId program) {
    std::erase_if(messages_, [program](const Message& message) { return message.about == program && program != ProgramId::none; });
}

float Messages::strip_height(const Message& message, float width) const {
    const float text = ui::wrapped_height(ui::fonts().text, message.text, text_width_of(message, width));
    return std::floor(std::max(ui::px(44), text + ui::px(22)) + ui::px(left_row_h) * static_cast<float>(message.left.size()));
}

/** The lines below an offer's text, each with what can be done with its recording. */
void Messages::draw_left(Message& message, const ui::Rect& rect) {
    const std::string id = fmt::format("message.{}", message.number);
    float y = rect.bottom() - ui::px(left_row_h) * static_cast<float>(message.left.size()) - ui::px(6), text_w = 0;
    for (const LeftOffer& offer : message.left) text_w = std::max(text_w, ui::text_width(ui::fonts().text, offer.text));
    std::size_t erased = message.left.size();
    for (std::size_t at = 0; at < message.left.size(); ++at, y += ui::px(left_row_h)) {
        const LeftOffer& offer = message.left[at];
        ui::Face open, erase;
        open.label = "Open";
        erase.label = "Delete";
        open.height = erase.height = 28;
        if (at == 0) open.look = ui::Look::primary;
        // Beside the texts, where it is seen which button is whose; in a narrow window the texts are cut.
        const float text_x = rect.x + ui::px(46), buttons_w = ui::button_width(open) + ui::px(8) + ui::button_width(erase);
        const float open_x = std::min(text_x + text_w + ui::px(28), rect.right() - ui::px(16) - buttons_w),
                    erase_x = open_x + ui::button_width(open) + ui::px(8);
        ui::draw_text(ui::fonts().text, {text_x, y + (ui::px(left_row_h) - imgui::font_size(ui::fonts().text)) / 2}, ui::theme().text,
                      offer.text, open_x - ui::px(16) - text_x);
        const std::string row = fmt::format("{}.left{}", id, at);
        ui::record(row, {rect.x, y, rect.w, ui::px(left_row_h)}, offer.text);
        ImGui::SetCursorScreenPos({std::floor(open_x), std::floor(y + ui::px(3))});
        if (ui::button((row + ".open").c_str(), open, "In a window of its own; from there it can be saved under another name"))
            left_choice_ = LeftChoice{offer.path, true};
        ImGui::SetCursorScreenPos({std::floor(erase_x), std::floor(y + ui::px(3))});
        if (ui::button((row + ".delete").c_str(), erase, "It can't be had back")) {
            left_choice_ = LeftChoice{offer.path, false};
            erased = at;
        }
    }
    if (erased < message.left.size()) message.left.erase(message.left.begin() + static_cast<std::ptrdiff_t>(erased));
}

float Messages::height(float width) const {
    float sum = 0;
    const std::size_t from = messages_.size() > most_shown ? messages_.size() - most_shown : 0;
    for (std::size_t index = from; index < messages_.size(); ++index) sum += strip_height(messages_[index], width);
    return sum;
}

void Messages::draw(const ui::Rect& area, const World& live, std::vector<Command>& out) {
    const Theme& theme = ui::theme();
    const std::size_t hidden = messages_.size() > most_shown ? messages_.size() - most_shown : 0;
    std::uint64_t dismissed = 0;
    float y = area.y;
    for (std::size_t index = messages_.size(); index-- > hidden;) {  // the newest on top
        Message& message = messages_[index];
        const ImU32 colour = message.trouble ? theme.trouble : theme.accent;
        const ui::Rect rect{area.x, y, area.w, strip_height(message, area.w)};
        y += rect.h;
        const std::string id = fmt::format("message.{}", message.number);
        ui::canvas().AddRectFilled(rect.min(), rect.max(), mixed(theme.panel, colour, theme.dark ? 0.16f : 0.09f));
        ui::canvas().AddRectFilled(rect.min(), {rect.x + ui::px(4), rect.bottom()}, colour);
        ui::canvas().AddRectFilled({rect.x, rect.bottom() - std::max(1.0f, std::floor(ui::px(1)))}, rect.max(), faded(colour, 0.35f));
        ui::record(id, rect, message.text, message.trouble ? "trouble" : "explanation");
        const float middle = rect.y + (rect.h - ui::px(left_row_h) * static_cast<float>(message.left.size())) / 2;
        draw_icon(ui::canvas(), message.trouble ? Icon::warning : Icon::film, {rect.x + ui::px(26), middle}, ui::px(16), colour);
        const float width = text_width_of(message, area.w), text = ui::wrapped_height(ui::fonts().text, message.text, width);
        ui::draw_wrapped(ui::fonts().text, {rect.x + ui::px(46), middle - text / 2}, theme.text, message.text, width);

        float x = rect.right() - ui::px(16) - buttons_width(message);
        const auto strip_button = [&](const char* name, ui::Face face, const char* tip) {
            face.height = 28;
            ImGui::SetCursorScreenPos({std::floor(x), std::floor(middle - ui::px(14))});
            x += ui::button_width(face) + ui::px(8);
            return ui::button((id + name).c_str(), face, tip);
        };
        if (!message.left.empty()) {
            ui::Face later;
            later.label = "Later";
            if (strip_button(".dismiss", later, "Offered again at the next start")) dismissed = message.number;
            draw_left(message, rect);
            if (message.left.empty()) dismissed = message.number;
            continue;
        }
        if (message.remedy != Remedy::none) {
            ui::Face face;
            face.label = remedy_label(message.remedy);
            face.look = ui::Look::primary;
            if (strip_button(".remedy", face,
                             message.remedy == Remedy::another_port ? "Starts it again on the next port that is free" : nullptr)) {
                if (message.remedy == Remedy::restart_helper) out.push_back(RestartHelper{});
                if (message.remedy == Remedy::restart_wire) out.push_back(StartLab{});
                if (message.again) {
                    StartServer again = *message.again;
                    const int wanted = std::atoi(again.port.c_str());
                    again.port = wanted > 0 ? free_port(again, wanted + 1, live) : "0";
                    out.push_back(again);
                    dismissed = message.number;
                }
            }
        }
        ui::Face copy;
        copy.label = "Copy";
        if (message.trouble && strip_button(".copy", copy, "Copies the text")) ImGui::SetClipboardText(message.text.c_str());
        ui::Face close;
        close.icon = Icon::close;
        close.look = ui::Look::quiet;
        if (strip_button(".dismiss", close, hidden > 0 ? fmt::format("Dismiss; {} more behind it", hidden).c_str() : "Dismiss")) {
            dismissed = message.number;
        }
    }
    if (dismissed != 0) dismiss(dismissed);
}

void Messages::draw_note(const ui::Rect& area, float top, double now_s) {
    if (note_.empty()) return;
    if (now_s >= note_until_s_) {
        note_.clear();
        return;
    }
    ui::wake_in(note_until_s_ - now_s + 0.01);
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().text;
    const bool copies = !note_copies_.empty();
    const float icon = copies ? ui::px(22) : 0;
    const float width = std::min(ui::text_width(font, note_) + icon + ui::px(32), area.w - ui::px(32)), height = ui::px(30);
    // Right of the first pane's title, as far as there is room.
    const float x = std::min(std::max(area.x + ui::px(240), area.x + area.w * 0.33f - width / 2), area.right() - width - ui::px(16));
    const ui::Rect rect{std::floor(x), std::floor(top + ui::px(2)), std::floor(width), std::floor(height)};
    ImGui::SetNextWindowPos(rect.min());
    ImGui::SetNextWindowSize({rect.w, rect.h});
    ImGui::Begin("note", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav);
    bool hovered = false;
    if (copies && ui::hit("note.copy", rect, note_, &hovered, "Click to copy the path")) {
        ImGui::SetClipboardText(note_copies_.c_str());
        note_ = "Copied " + note_copies_;
        note_until_s_ = now_s + note_lasts_s;
    }
    const ImU32 ground = hovered ? mixed(theme.text, theme.accent, 0.25f) : theme.text, ink = theme.dark ? theme.window : theme.card;
    ui::canvas().AddRectFilled(rect.min(), rect.max(), ground, rect.h / 2);
    ui::draw_text(font, {rect.x + ui::px(16), rect.y + (rect.h - imgui::font_size(font)) / 2}, ink, note_, rect.w - icon - ui::px(32));
    if (copies) draw_icon(ui::canvas(), Icon::copy, {rect.right() - ui::px(22), rect.y + rect.h / 2}, ui::px(13), ink);
    ui::record("note", rect, note_);
    ImGui::End();
}

}  // namespace synoptic
