// The frame's state: records, targets, tooltips, and what the pointer touches. Things drawn by hand (hit, drag, slider) find out what is under the
// pointer from where targets stood in the frame before: the topmost wins, in the order in which they were drawn, without a frame's delay between
// a movement and a click.
#include "gui/ui.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/imgui_versions.h"
#include "gui/ui_state.h"

namespace synoptic::ui {
namespace {

constexpr double tip_delay_s = 0.45;

/** What of a rectangle can be seen in the current window; empty where nothing can. */
Rect visible(const Rect& rect) {
    const ImVec2 low = canvas().GetClipRectMin(), high = canvas().GetClipRectMax();
    const float left = std::max(rect.x, low.x), top = std::max(rect.y, low.y);
    return {left, top, std::max(0.0f, std::min(rect.right(), high.x) - left), std::max(0.0f, std::min(rect.bottom(), high.y) - top)};
}

}  // namespace

Frame& frame() {
    static Frame the_frame;
    return the_frame;
}

std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 1469598103934665603ull;  // FNV-1a
    for (char c : text) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return value;
}

void begin_frame(const Theme& theme, const Fonts& fonts, float scale) {
    Frame& f = frame();
    f.theme = &theme;
    f.fonts = fonts;
    f.scale = scale;
    f.records.clear();
    f.targets_before.swap(f.targets);
    f.targets.clear();
    f.wake_in = -1;
    f.escape = f.enter = false;
    f.hovered = 0;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    for (const Target& target : f.targets_before) {
        if (target.rect.contains(mouse)) f.hovered = target.id;
    }
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left) && !ImGui::IsMouseReleased(ImGuiMouseButton_Left)) f.held = 0;
}

void draw_elsewhere(const Theme& theme, const Fonts& fonts, float scale, const std::function<void()>& draw) {
    Frame kept = std::exchange(frame(), Frame{});
    begin_frame(theme, fonts, scale);
    draw();
    frame() = std::move(kept);
}

const Theme& theme() {
    return *frame().theme;
}
const Fonts& fonts() {
    return frame().fonts;
}
float scale() {
    return frame().scale;
}
const std::vector<Record>& records() {
    return frame().records;
}

void record(std::string_view id, const Rect& rect, std::string_view label, std::string_view value, bool enabled) {
    frame().records.push_back({std::string(id), std::string(label), std::string(value), rect, enabled});
}

void record_value(std::string_view id, std::string_view value, std::string_view label) {
    std::vector<Record>& all = frame().records;
    if (all.empty() || all.back().id != id) return;
    all.back().value = value;
    if (!label.empty()) all.back().label = label;
}

void record_target(const char* id, const Rect& rect, std::string_view label, std::string_view value, bool enabled) {
    frame().last = rect;
    const Rect seen = visible(rect);
    if (seen.w <= 0 || seen.h <= 0) return;
    record(id, seen, label, value, enabled);
    frame().targets.push_back({hash(id), seen});
}

Rect item_rect() {
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    return {low.x, low.y, high.x - low.x, high.y - low.y};
}

Rect last_rect() {
    return frame().last;
}

void press_escape() {
    frame().escape = true;
}
void press_enter() {
    frame().enter = true;
}
bool escape_pressed() {
    return frame().escape;
}
bool enter_pressed() {
    return frame().enter;
}

void hide_tooltip() {
    frame().tip_hidden = frame().tip_id;
}

void wake_in(double seconds) {
    double& wake = frame().wake_in;
    wake = wake < 0 ? seconds : std::min(wake, seconds);
}
double next_wake() {
    return frame().wake_in;
}

void keep_clear(const Rect& rect) {
    frame().clear = rect;
}

namespace {

/** Where a tooltip stands: below what it is about, or above where there is no room; large things (cards) have it at the pointer. */
ImVec2 place_of_tip(const Rect& widget, const Rect& about, float width, float height) {
    const ImVec2 display = ImGui::GetIO().DisplaySize, mouse = ImGui::GetIO().MousePos;
    const bool low = about.h <= px(160), small = low && widget.w <= px(340);
    const float top = low ? about.y : mouse.y, bottom = low ? about.bottom() : mouse.y + px(12);
    float y = bottom + px(6);
    if (y + height > display.y) y = top - height - px(6);
    if (y < 0) y = std::min(mouse.y + px(18), display.y - height);  // no room above, either
    const float x = small ? widget.x : mouse.x + px(12);
    return {std::floor(std::max(px(6), std::min(x, display.x - width - px(6)))), std::floor(y)};
}

}  // namespace

void tooltip(const char* id, bool hovered, const char* tip) {
    Frame& f = frame();
    const Rect clear = std::exchange(f.clear, {});
    const std::uint64_t key = hash(id);
    if (!hovered || tip == nullptr || *tip == 0 || ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
        if (f.tip_id == key) f.tip_id = f.tip_hidden = 0;
        return;
    }
    const double now = ImGui::GetTime();
    if (f.tip_id != key) {
        f.tip_id = key;
        f.tip_since = now;
    }
    if (f.tip_hidden == key) return;
    // A second tooltip right after the first comes at once: the user is reading along the toolbar.
    const double delay = now - f.tip_shown < 0.3 ? 0.05 : tip_delay_s;
    if (now - f.tip_since < delay) {
        wake_in(delay - (now - f.tip_since) + 0.005);
        return;
    }
    f.tip_shown = now;
    ImFont* font = fonts().small_text;
    const float most = px(340), width = std::min(most, text_width(font, tip)) + px(24);
    const float height = wrapped_height(font, tip, most) + px(18);
    ImGui::SetNextWindowPos(place_of_tip(f.last, clear.w > 0 ? clear : f.last, width, height));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(11), px(8)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, std::max(1.0f, std::floor(scale())));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, px(6));
    ImGui::PushStyleColor(ImGuiCol_PopupBg, theme().card_raised);
    ImGui::PushStyleColor(ImGuiCol_Border, theme().outline_strong);
    imgui::push_font(font);
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(px(11) + most);
    ImGui::TextUnformatted(tip);
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
    imgui::pop_font();
    ImGui::PopStyleColor(2);
    ImGui::PopStyleVar(3);
}

void point_out(const char* id, bool hovered, const std::string& tip) {
    tooltip(id, hovered, tip.c_str());
}

Touch touch(const char* id, const Rect& rect, std::string_view label, std::string_view value, bool enabled) {
    Frame& f = frame();
    const std::uint64_t key = hash(id);
    record_target(id, rect, label, value, enabled);
    Touch result;
    result.hovered = f.hovered == key && ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
    if (result.hovered && ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !ImGui::IsAnyItemActive()) f.held = key;
    result.held = f.held == key;
    if (result.held && ImGui::IsMouseReleased(ImGuiMouseButton_Left)) {
        result.clicked = result.hovered && enabled;
        f.held = 0;
    }
    return result;
}

void toast(std::string text, bool trouble) {
    frame().toasts.push_back({std::move(text), trouble});
}

std::vector<Toast> take_toasts() {
    std::vector<Toast> taken;
    taken.swap(frame().toasts);
    return taken;
}

}  // namespace synoptic::ui
