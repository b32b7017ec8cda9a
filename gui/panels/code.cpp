// The code pane: the very source that runs, with a marker for each actor that stands on a line.
#include <fmt/format.h>

#include <algorithm>

#include "core/programs/registry.h"
#include "gui/icons.h"
#include "gui/imgui_versions.h"
#include "gui/panel.h"
#include "gui/panels/code_lines.h"
#include "gui/panels/highlight.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float row_h = 21, bar_h = 40, gutter = 52;
// An actor that runs at full speed passes through many files: the pane turns to one only when the actor stays there.
constexpr std::uint64_t stays_ns = 150'000'000;

struct Place {
    std::string file;
    int line = 0;
    ActorId actor{};
};

Place place_of(const PanelContext& panel, const Actor& actor) {
    return {panel.history.file(actor.file), actor.line, actor.id};
}

bool stays(const PanelContext& panel, const Actor& actor) {
    if (panel.past || actor.gate != GateMode::run) return true;
    return panel.now_ns > actor.state_since_ns + stays_ns;
}

/** The file of a program, and where its main actor stands in it, if it does; another file if it waits there. */
Place place_of_program(const PanelContext& panel, const CodeView& view, ProgramId id) {
    const Program* program = find(panel.world, id);
    const ProgramInfo* info = program ? find_program(program->name) : nullptr;
    if (!info) return {};
    for (const ActorId actor_id : program->actors) {
        const Actor* actor = find(panel.world, actor_id);
        if (!actor || !is_main_actor(panel.world, *actor) || actor->file == 0) continue;
        const Place place = place_of(panel, *actor);
        if (place.file == info->file && stays(panel, *actor)) return place;
        // A function in another file may be where it waits: echo.cpp has the recv of every echo server.
        if (place.file == info->file || source_text(place.file).empty()) continue;
        if (actor->state == Actor::State::blocked && stays(panel, *actor)) return place;
        if (actor->state == Actor::State::blocked) ui::wake_in(static_cast<double>(stays_ns) / 1e9);
        if (view.last_file == place.file) return {place.file, 0, {}};  // it was there a moment ago: the pane does not turn to and fro
    }
    return {info->file, 0, {}};
}

/** What the pane follows: the selected event, else the selected actor, else what moved last, else the newest server. */
Place followed(PanelContext& panel, const CodeView& view) {
    const Selection& chosen = panel.selection;
    if (chosen.event < panel.history.size()) {
        const Event event = panel.history.event(chosen.event);
        if (event.file != 0) return {panel.history.file(event.file), event.line, event.actor};
    }
    if (const Actor* actor = find(panel.world, chosen.actor); actor && actor->file != 0) {
        if (stays(panel, *actor)) return place_of(panel, *actor);
        ui::wake_in(static_cast<double>(stays_ns) / 1e9);
        if (!view.last_file.empty()) return {view.last_file, 0, actor->id};
    }
    if (chosen.program != ProgramId::none) {
        Place place = place_of_program(panel, view, chosen.program);
        if (!place.file.empty()) return place;
    }
    const Actor* moved = find(panel.world, panel.world.last_moved);
    if (moved && moved->file != 0 && (panel.past || moved->gate == GateMode::step)) return place_of(panel, *moved);
    Place newest;
    for (const auto& [id, program] : panel.world.programs) {
        if (program.is_server && program.state != Program::State::ended) newest = place_of_program(panel, view, id);
    }
    return newest;
}

ImU32 colour_of(Ink ink) {
    const Theme& theme = ui::theme();
    switch (ink) {
        case Ink::plain:
            return theme.text;
        case Ink::keyword:
            return mixed(theme.text_dim, theme.accent, 0.55f);
        case Ink::comment:
            return theme.text_faint;
        case Ink::string:
            return mixed(theme.text_dim, theme.alive, 0.75f);
        case Ink::number:
        case Ink::constant:
            return mixed(theme.text_dim, theme.user, 0.75f);
        case Ink::call:
            return theme.accent;
        case Ink::directive:
            return theme.text_dim;
    }
    return theme.text;
}

class CodePainter {
   public:
    CodePainter(PanelContext& panel, CodeView& view, const Rect& area) : panel_(panel), view_(view), area_(area) {
        list_ = {area.x, area.y + px(bar_h), area.w, std::max(area.h - px(bar_h), px(row_h))};
        place_ = followed(panel, view);
        if (!view.file.empty()) {
            if (view.file != place_.file) place_ = {view.file, 0, {}};
        }
        if (source_text(place_.file).empty() && !view.last_file.empty()) place_ = {view.last_file, 0, {}};
        source_ = source_text(place_.file);
        corrected_ = corrected_file(place_.file);
        lines_ = view.compare && !corrected_.empty() ? compared_lines(source_, source_text(corrected_)) : code_lines(source_);
        marks_ = marks_in(panel.world, panel.history, place_.file, area.w > px(420) ? 3 : 2);
        break_lines();
    }

    void paint() {
        paint_bar();
        ImGui::PushClipRect(list_.min(), list_.max(), true);
        if (source_.empty()) {
            mark::text(ui::fonts().text, list_.x + px(16), list_.y + px(18), ui::theme().text_dim, "The source of what runs is shown here.",
                       list_.w - px(32));
        }
        turn_to_place();
        paint_lines();
        view_.scroll = mark::scroll("code.scroll", view_.scroll, content(), list_);
        view_.scroll_x = mark::scroll_sideways("code.scroll_x", view_.scroll_x, widest_picture(), list_.w - px(gutter) - px(24), list_);
        ImGui::PopClipRect();
        view_.last_file = place_.file;
        view_.last_line = place_.line;
        view_.last_width = list_.w;
        view_.last_height = list_.h;
        view_.last_scale = ui::scale();
    }

   private:
    void break_lines() {
        letter_w_ = ui::text_width(ui::fonts().code, "m");
        const float room = list_.w - px(gutter) - px(24);
        for (std::size_t at = 0; at < lines_.size(); ++at) {
            const auto marks = lines_[at].number > 0 ? marks_.find(lines_[at].number) : marks_.end();
            float pills = 0;
            if (marks != marks_.end()) {
                for (const LineMark& one : marks->second) pills += pill_width(one) + px(6);
            }
            break_line(rows_, at, lines_[at].text, static_cast<std::size_t>(std::max(room / letter_w_, 1.0f)),
                       static_cast<std::size_t>(pills / letter_w_));
        }
    }

    static float pill_width(const LineMark& one) {
        return ui::text_width(ui::fonts().small_text, one.label) + px(16) + (one.blocked || one.at_gate ? px(15) : 0);
    }

    /** The width of the widest comment that draws, px. */
    float widest_picture() const {
        float widest = 0;
        for (const CodeLine& line : lines_) {
            if (is_picture(line.text)) widest = std::max(widest, ui::text_width(ui::fonts().code, line.text));
        }
        return widest;
    }

    float content() const { return static_cast<float>(rows_.size()) * px(row_h) + px(16); }

    void paint_bar() {
        std::vector<std::string> files = files_to_show(panel_.world);
        std::vector<std::string> names = {"Follow what happens"};
        int chosen = 0;
        for (std::size_t at = 0; at < files.size(); ++at) {
            names.emplace_back(file_name(files[at]));
            if (!view_.file.empty() && files[at] == view_.file) chosen = static_cast<int>(at) + 1;
        }
        if (chosen == 0 && !place_.file.empty()) names[0] = fmt::format("{} (follows)", file_name(place_.file));
        float right = area_.right() - px(12);
        ui::Face copy;
        copy.icon = Icon::copy;
        copy.look = ui::Look::quiet;
        copy.height = 26;
        right -= ui::button_width(copy);
        ImGui::SetCursorScreenPos({right, area_.y + px(7)});
        if (ui::button("code.copy", copy, "copy this file's text")) {
            ImGui::SetClipboardText(std::string(source_).c_str());
            ui::toast(fmt::format("Copied {}", file_name(place_.file)));
        }
        right -= px(6);
        if (!corrected_.empty()) {
            ui::Face compare;
            compare.label = "Compare";
            compare.height = 26;
            right -= ui::button_width(compare);
            ImGui::SetCursorScreenPos({right, area_.y + px(7)});
            ui::icon_toggle("code.compare", "Compare", &view_.compare, "what the corrected program has instead");
            right -= px(6);
        }
        ImGui::SetCursorScreenPos({area_.x + px(12), area_.y + px(5)});
        const float width = std::min((right - area_.x - px(18)) / ui::scale(), 280.0f);
        if (ui::combo("code.file", "File", &chosen, names, std::max(width, 80.0f),
                      "which source is shown; it follows the selection unless you choose one")) {
            view_.file = chosen == 0 ? std::string() : files[static_cast<std::size_t>(chosen) - 1];
            view_.scroll = 0;
        }
    }

    /** Scrolls to where the followed one stands, when that has changed. */
    void turn_to_place() {
        const bool new_file = view_.last_file != place_.file;
        if (new_file) view_.scroll = 0;
        // Another size breaks lines elsewhere: what was in sight may not be any more.
        const bool same_looks = view_.last_width == list_.w && view_.last_height == list_.h && view_.last_scale == ui::scale();
        if (place_.line == 0 || (!new_file && same_looks && view_.last_line == place_.line)) return;
        std::size_t row = 0;
        while (row < rows_.size() && lines_[rows_[row].line].number != place_.line) ++row;
        if (row == rows_.size()) return;
        const float y = static_cast<float>(row) * px(row_h) + px(8);
        if (y >= view_.scroll + px(row_h) && y + px(2 * row_h) <= view_.scroll + list_.h) return;
        view_.scroll = std::clamp(y - list_.h * 0.4f, 0.0f, std::max(content() - list_.h, 0.0f));
    }

    void paint_lines() {
        bool in_comment = false;
        float y = list_.y + px(8) - view_.scroll;
        std::vector<Span> spans;
        for (const CodeRow& row : rows_) {
            if (row.first) spans = highlight(lines_[row.line].text, in_comment);
            if (y + px(row_h) > list_.y && y < list_.bottom()) paint_row(row, spans, y);
            y += px(row_h);
        }
    }

    /** What lies behind a line: a change, an actor that stands there, the line that is followed. */
    void paint_ground(const CodeLine& line, const Rect& row) {
        const Theme& theme = ui::theme();
        const auto marks = line.number > 0 ? marks_.find(line.number) : marks_.end();
        const bool here = line.number > 0 && line.number == place_.line;
        const auto fill = [&row](ImU32 colour, float opacity) { ui::canvas().AddRectFilled(row.min(), row.max(), faded(colour, opacity)); };
        if (line.change == CodeLine::Change::only_here) fill(theme.trouble, 0.16f);
        if (line.change == CodeLine::Change::only_corrected) fill(theme.alive, 0.14f);
        if (marks != marks_.end())
            fill(marks->second.front().server ? theme.server : theme.client, here ? 0.20f : 0.09f);
        else if (here)
            fill(theme.accent, 0.14f);
        if (here) ui::canvas().AddRectFilled(row.min(), {row.x + px(3), row.bottom()}, theme.accent);
    }

    void paint_row(const CodeRow& row, const std::vector<Span>& spans, float y) {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const CodeLine& line = lines_[row.line];
        const float mid = y + px(row_h) / 2;
        paint_ground(line, {list_.x, y, list_.w, px(row_h)});
        if (row.first) {
            const bool here = line.number > 0 && line.number == place_.line;
            const char* sign = line.change == CodeLine::Change::only_here        ? "−"
                               : line.change == CodeLine::Change::only_corrected ? "+"
                                                                                 : "";
            const float right = list_.x + px(gutter - 12);
            if (line.number > 0)
                mark::text_right(fonts.code_small, right, mid, here ? theme.text : theme.text_faint, std::to_string(line.number));
            if (*sign) mark::text(fonts.code_small, right + px(4), mid, theme.text_dim, sign);
        }
        float x = list_.x + px(gutter) + static_cast<float>(row.indent) * letter_w_;
        const bool shifted = view_.scroll_x > 0 && is_picture(line.text);
        if (shifted) {
            ImGui::PushClipRect({x, list_.y}, list_.max(), true);
            x -= view_.scroll_x;
        }
        for (const Span& span : spans) {
            const std::size_t begin = std::max(span.begin, row.begin), end = std::min(span.end, row.end);
            if (begin < end) x += mark::text(fonts.code, x, mid, colour_of(span.ink), line.text.substr(begin, end - begin));
        }
        if (shifted) ImGui::PopClipRect();
        const auto marks = row.first && line.number > 0 ? marks_.find(line.number) : marks_.end();
        if (marks != marks_.end()) paint_marks(marks->second, line.number, mid);
    }

    void paint_marks(const std::vector<LineMark>& marks, int line, float mid) {
        float right = list_.right() - px(14);
        for (std::size_t at = 0; at < marks.size(); ++at)
            right = paint_mark(marks[at], fmt::format("code.mark.{}.{}", line, at), right, mid) - px(5);
    }

    float paint_mark(const LineMark& one, const std::string& id, float right, float mid) {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
        const float width = pill_width(one);
        const Rect rect{right - width, mid - px(9), width, px(18)};
        const ImU32 colour = one.server ? theme.server : theme.client;
        bool over = false;
        const Actor* actor = find(panel_.world, one.actor);
        const std::string tip = actor ? (one.count > 1 ? one.label : actor_label(panel_.world, *actor)) + ": " + doing(*actor) : "";
        if (ui::hit(id.c_str(), rect, one.label, &over, tip.c_str())) panel_.selection = select_actor(panel_.world, one.actor);
        const bool selected = panel_.selection.actor == one.actor;
        ui::canvas().AddRectFilled(rect.min(), rect.max(), over ? mixed(colour, theme.text, 0.2f) : colour, px(9));
        if (selected) imgui::stroke_rect(ui::canvas(), rect.inset(-px(1)).min(), rect.inset(-px(1)).max(), theme.text, px(10), px(1.5f));
        mark::text(font, rect.x + px(8), mid, theme.on_accent, one.label);
        if (one.blocked)
            mark::clock({rect.right() - px(13), mid}, px(5), theme.on_accent);
        else if (one.at_gate)
            mark::gate({rect.right() - px(13), mid}, px(9), theme.on_accent, actor && actor->state == Actor::State::rests);
        return rect.x;
    }

    PanelContext& panel_;
    CodeView& view_;
    Rect area_, list_;
    Place place_;
    std::string_view source_;
    std::string corrected_;
    std::vector<CodeLine> lines_;
    std::vector<CodeRow> rows_;
    float letter_w_ = 1;
    std::map<int, std::vector<LineMark>> marks_;
};

}  // namespace

void draw_code(PanelContext& panel, CodeView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    CodePainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
