// The lower edge of the lesson's pane: how far one is, what is waited for, and the way on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using State = Player::State;
using ui::px;
using ui::Rect;

// At zoom 1. Where the pane is low, the text needs the room more: the status stands between the buttons.
constexpr float margin = 18, tall = 104, low = 64, least_pane = 400, least_pane_width = 330;

bool waits_for_user(State state) {
    return state == State::asks || state == State::stands || state == State::failed || state == State::ended;
}

/** What is going on, and what is to be done about it. */
std::string status_of(const AppState& state, const Player& player) {
    if (state.lesson->scroll.has_more_below() && waits_for_user(player.state())) return "More below: Page Down";
    switch (player.state()) {
        case State::prepares:
            return "Getting ready …";
        case State::does:
        case State::expects: {
            if (player.hurries()) return "Playing up to this step …";
            const std::string what = player.waits_for();
            return what.empty() ? "Working …" : "Waiting until " + what;
        }
        case State::asks:
            if (player.question() && player.question()->choices.empty()) return "What do you think? Type a number, then Enter";
            return "What do you think? Click, or press its number";
        case State::reveals:
            return "The kernel decides: " + player.waits_for();
        case State::stands:
            return "Page Down goes on";
        case State::failed:
            return "Go on all the same, or restart this step";
        case State::ended:
            return "Done";
        case State::impossible:
            return "";
    }
    return "";
}

/** What Next does now. */
struct NextWord {
    const char* label = "Next";
    bool enabled = true;
};

NextWord next_word(const AppState& state, const Player& player) {
    if (state.lesson->scroll.has_more_below() && !player.hurries()) return {"More", true};
    const bool last = player.step() + 1 == player.lesson().steps.size();
    const char* onwards = last ? "Finish" : "Next";
    switch (player.state()) {
        case State::asks:
            return {"Skip", !player.hurries()};
        case State::ended:
            return {"Next lesson", lesson_after(state.desk->list(), player.lesson().name) != nullptr};
        case State::failed:
            return {"Go on", !player.hurries()};
        case State::stands:
            return {onwards, !player.hurries()};
        case State::prepares:
        case State::does:
        case State::expects:
        case State::reveals:
        case State::impossible:
            return {onwards, false};
    }
    return {};
}

/** A bar for each step: done, here, to come. */
void draw_progress(AppState& state, const Player& player, const Rect& rect, const Rect& foot) {
    const Theme& theme = ui::theme();
    const std::size_t count = player.lesson().steps.size() - 1;
    if (count == 0) return;
    const float gap = px(4), width = (rect.w - gap * static_cast<float>(count - 1)) / static_cast<float>(count);
    for (std::size_t step = 1; step <= count; ++step) {
        const float x = rect.x + static_cast<float>(step - 1) * (width + gap), middle = rect.y + rect.h / 2, half = px(2.5f);
        const bool here = step == player.step(), done = step < player.step() || player.state() == State::ended;
        const Rect bar{x, rect.y, width, rect.h};
        const std::string id = fmt::format("lesson.progress.{}", step);
        bool hovered = false;
        const std::string tip = fmt::format("{}. {}", step, plain_text(player.lesson().steps[step].heading));
        ui::keep_clear(foot);
        if (ui::hit(id.c_str(), bar, tip, &hovered, tip.c_str())) turn_lesson(state, [&] { return state.desk->jump(step); });
        const ImU32 colour = done ? theme.alive : here ? theme.accent : hovered ? theme.text_faint : theme.outline_strong;
        ui::canvas().AddRectFilled({x, middle - (here ? half + px(1) : half)}, {x + width, middle + (here ? half + px(1) : half)}, colour,
                                   half);
    }
}

/** In as many lines as there is room for, else cut, and whole when it is pointed at. */
void draw_status(const AppState& state, const Player& player, Rect rect, bool between_buttons) {
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().small_text;
    const std::string status = ui::showable(font, status_of(state, player));
    const bool waits = !waits_for_user(player.state()) && player.state() != State::impossible;
    const float line = imgui::font_size(font);
    ui::record("lesson.status", rect, status, state_name(player.state()));
    if (waits) {
        draw_icon(ui::canvas(), Icon::clock, {rect.x + px(7), between_buttons ? rect.y + rect.h / 2 : rect.y + line / 2}, px(12),
                  theme.blocked);
        rect.x += px(20);
        rect.w -= px(20);
    }
    if (rect.w < px(30)) return;
    if (const float height = ui::wrapped_height(font, status, rect.w); height <= rect.h + 1) {
        const float y = between_buttons ? rect.y + (rect.h - height) / 2 : rect.y;
        ui::draw_wrapped(font, {rect.x, y}, theme.text_dim, status, rect.w);
        return;
    }
    ui::draw_text(font, rect.min(), theme.text_dim, status, rect.w);
    ui::hit("lesson.status.whole", rect, status, nullptr, status.c_str());
}

class FootPainter {
   public:
    FootPainter(AppState& state, const Player& player, const Rect& rect)
        : state_(state),
          player_(player),
          rect_(rect),
          is_low_(rect.h < px(tall) - 1),
          y_(std::floor(rect.bottom() - px(is_low_ ? 36 : 42))) {}

    void paint() {
        const float x = rect_.x + px(margin), width = rect_.w - 2 * px(margin);
        draw_progress(state_, player_, {x, rect_.y + px(is_low_ ? 4 : 8), width, px(14)}, rect_);
        const float left = paint_left(x), right = paint_next();
        const float line = imgui::font_size(ui::fonts().small_text);
        if (is_low_)
            draw_status(state_, player_, {left + px(10), y_ + px(15) - line, right - left - px(20), 2 * line}, is_low_);
        else
            draw_status(state_, player_, {x, rect_.y + px(28), width, 2 * line}, is_low_);
    }

   private:
    /** Returns where it ends. */
    float paint_left(float x) {
        ui::Face back;
        back.icon = Icon::chevron_left;
        back.label = is_low_ ? "" : "Back";
        back.enabled = player_.step() > 0;
        ImGui::SetCursorScreenPos({std::floor(x), y_});
        ui::keep_clear(rect_);
        if (ui::button("lesson.back", back, "To the step before  (Page Up)")) turn_lesson(state_, [&] { return state_.desk->back(); });
        if (is_low_) return ui::last_rect().right();
        ui::Face again;
        again.label = "Restart step";
        ImGui::SetCursorScreenPos({std::floor(ui::last_rect().right() + px(8)), y_});
        ui::keep_clear(rect_);
        if (ui::button("lesson.again", again, "Plays again up to the beginning of this step  (Shift Page Up)"))
            state_.ask(Action::restart_step);
        return ui::last_rect().right();
    }
    /** Returns where it begins. */
    float paint_next() {
        const NextWord word = next_word(state_, player_);
        const bool more = state_.lesson->scroll.has_more_below();
        ui::Face next;
        next.label = word.label;
        next.enabled = word.enabled;
        next.icon = more ? Icon::chevron_down : Icon::chevron_right;
        next.icon_right = true;
        next.look = player_.state() == State::asks ? ui::Look::plain : ui::Look::primary;
        const float x = std::floor(rect_.right() - px(margin) - ui::button_width(next));
        ImGui::SetCursorScreenPos({x, y_});
        ui::keep_clear(rect_);
        if (ui::button("lesson.next", next, "Page Down")) state_.ask(Action::lesson_next);
        return x;
    }

    AppState& state_;
    const Player& player_;
    const Rect rect_;
    const bool is_low_;
    const float y_;
};

}  // namespace

float lesson_foot_height(const Rect& pane) {
    const bool little = pane.h < px(least_pane) || pane.w < px(least_pane_width);
    return std::floor(px(little ? low : tall));
}

void draw_lesson_foot(AppState& state, const Rect& rect) {
    ui::canvas().AddLine({rect.x, rect.y}, {rect.right(), rect.y}, ui::theme().outline);
    const Player* player = state.desk->player();
    if (player == nullptr) return;
    ImGui::SetCursorScreenPos(rect.min());
    ImGui::BeginChild("lesson.foot", {rect.w, rect.h}, 0,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
    FootPainter(state, *player, rect).paint();
    ImGui::EndChild();
}

}  // namespace synoptic
