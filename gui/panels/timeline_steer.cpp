#include "gui/panels/timeline_steer.h"

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"

namespace synoptic {

namespace {

constexpr float drag_from = 4;             // px at zoom 1: less is a click
constexpr double wheel_factor = 1.25;      // of a notch
constexpr double move_share = 0.1;         // of what is shown, for a notch or an arrow key
constexpr double at_now = 0.85;            // of the width: what lies right of it counts as "now"
constexpr float scrolled_by_a_notch = 64;  // px at zoom 1

}  // namespace

void TimelineSteering::do_keys() {
    for (; view_.zoom_steps > 0; --view_.zoom_steps) nearer();
    for (; view_.zoom_steps < 0; ++view_.zoom_steps) farther();
    if (view_.fit) fit();
    view_.fit = false;
}

void TimelineSteering::zoom(double factor, double anchor) {
    view_.window = zoomed(view_.window, factor, follows() ? 1 : anchor);
    changed_ = true;
}

void TimelineSteering::move(double share) {
    view_.window.from_ns += share * view_.window.span_ns;
    view_.follow = false;
    changed_ = true;
}

void TimelineSteering::fit() {
    view_.window = fitted(std::max(view_.index.latest_ns(), now_ns_));
    view_.follow = false;
    changed_ = true;
}

void TimelineSteering::follow() {
    if (follows()) view_.window = followed(view_.window, now_ns_);
}

void TimelineSteering::take_pointer(const ui::Rect& pane, const ui::Rect& timed) {
    const ImGuiIO& io = ImGui::GetIO();
    const bool over = mark::pointer_over(pane), over_time = over && timed.contains(io.MousePos);
    if (over_time)
        turn_wheel(timed);
    else if (over)
        view_.scroll_y -= io.MouseWheel * ui::px(scrolled_by_a_notch);
    const bool takes_arrows = over && !io.WantTextInput && !imgui::keyboard_navigates();
    if (const int presses = takes_arrows ? imgui::arrows_pressed() : 0; presses != 0) move(presses * move_share);
    drag(over_time, timed.w);
    follow();
}

void TimelineSteering::turn_wheel(const ui::Rect& timed) {
    const ImGuiIO& io = ImGui::GetIO();
    const float sideways = io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0);
    if (sideways != 0) move(static_cast<double>(-sideways) * move_share);
    if (io.MouseWheel == 0 || io.KeyShift) return;
    // At what happens now it goes on following; elsewhere the moment under the pointer stays there.
    const auto share = static_cast<double>((io.MousePos.x - timed.x) / timed.w);
    if (live_ && share < at_now) view_.follow = false;
    zoom(std::pow(wheel_factor, static_cast<double>(-io.MouseWheel)), share);
}

void TimelineSteering::drag(bool over, float width) {
    const ImGuiIO& io = ImGui::GetIO();
    if (over && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        view_.pressed = true;
        view_.dragged = false;
        view_.pressed_at = io.MousePos;
    }
    if (!view_.pressed) return;
    const bool down = ImGui::IsMouseDown(ImGuiMouseButton_Left);
    const float away = std::hypot(io.MousePos.x - view_.pressed_at.x, io.MousePos.y - view_.pressed_at.y);
    if (down && away > ui::px(drag_from)) view_.dragged = true;
    if (view_.dragged && io.MouseDelta.x != 0) move(static_cast<double>(-io.MouseDelta.x / width));
    if (view_.dragged) view_.scroll_y -= io.MouseDelta.y;
    if (!down) view_.pressed = false;
}

}  // namespace synoptic
