// Below the toolbar: the whole history as a line to go along, with marks where something stands out. While the past is shown, also which moment it is,
// what happened there, and the ways to others.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "gui/imgui_versions.h"
#include "gui/lesson_desk.h"
#include "gui/panels/marks.h"
#include "gui/panels/toolbar.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float slim_height = 18, moment_height = 44, line_height = 32;  // at zoom 1
constexpr ScrubMark mark_kinds[] = {ScrubMark::connect, ScrubMark::error, ScrubMark::drop, ScrubMark::zombie};

ImU32 colour_of(ScrubMark kind) {
    const Theme& theme = ui::theme();
    switch (kind) {
        case ScrubMark::connect:
            return theme.alive;
        case ScrubMark::error:
        case ScrubMark::drop:
            return theme.trouble;
        case ScrubMark::zombie:
            return theme.blocked;
    }
    return theme.text;
}

/** The line: events from left to right, as many of them for each pixel everywhere. */
class Track {
   public:
    Track(AppState& state, const Rect& rect) : state_(state), rect_(rect), all_(state.moment.live().events) {
        radius_ = px(6);
        left_ = rect.x + radius_;
        room_ = std::max(1.0f, rect.w - 2 * radius_);
        y_ = std::floor(rect.y + rect.h / 2);
    }

    void draw() {
        const Theme& theme = ui::theme();
        ImVec2 moved;
        const bool held = ui::drag("past.track", rect_, &moved, ImGuiMouseCursor_Hand);
        const bool past = state_.moment.past();
        const ImU32 ink = past ? theme.user : theme.text_dim;
        const float thick = px(past ? 4 : 3), x = past ? x_of(state_.moment.shown().events) : left_ + room_;
        ui::canvas().AddRectFilled({left_, y_ - thick / 2}, {left_ + room_, y_ + thick / 2}, faded(ink, 0.3f), thick / 2);
        ui::canvas().AddRectFilled({left_, y_ - thick / 2}, {x, y_ + thick / 2}, faded(ink, past ? 1.0f : 0.55f), thick / 2);
        for (const ScrubMark kind : mark_kinds) draw_marks(kind);
        for (const Bookmark& bookmark : state_.past.bookmarks)
            draw_icon(ui::canvas(), Icon::bookmark, {x_of(bookmark.event), y_ - px(5)}, px(10), theme.user);
        if (past) ui::canvas().AddCircleFilled({x, y_}, radius_, theme.user);
        ui::point_out("past.track", mark::pointer_over(rect_) && !held, what_is_there());
        if (held && all_ > 0) go_to(event_at(ImGui::GetIO().MousePos.x));
    }

   private:
    float x_of(EventIndex index) const {
        const double share = all_ > 0 ? static_cast<double>(std::min(index, all_)) / static_cast<double>(all_) : 0;
        return left_ + room_ * static_cast<float>(share);
    }
    EventIndex event_at(float x) const {
        const double share = std::clamp((x - left_) / room_, 0.0f, 1.0f);
        return static_cast<EventIndex>(share * static_cast<double>(all_));
    }

    /** A tick for each pixel that has one: connects above the line, what went wrong below it, a drop as a cross, a zombie as a ring. */
    void draw_marks(ScrubMark kind) const {
        const std::vector<std::uint32_t>& events = state_.past.marks.of(kind);
        const ImU32 colour = colour_of(kind);
        const float small = px(3), far = px(8);
        const float step = kind == ScrubMark::connect || kind == ScrubMark::error ? 2.0f : std::max(2.0f, px(6));
        for (auto at = events.begin(); at != events.end();) {
            const float x = std::floor(x_of(*at)) + 0.5f;
            switch (kind) {
                case ScrubMark::connect:
                    ui::canvas().AddLine({x, y_ - far}, {x, y_ - small}, colour, 1.5f);
                    break;
                case ScrubMark::error:
                    ui::canvas().AddLine({x, y_ + small}, {x, y_ + far}, colour, 1.5f);
                    break;
                case ScrubMark::drop:
                    mark::cross({x, y_ + px(6)}, px(5), colour);
                    break;
                case ScrubMark::zombie:
                    ui::canvas().AddCircle({x, y_ - px(6)}, px(2.5f), colour, 12, px(1.3f));
                    break;
            }
            at = std::lower_bound(at + 1, events.end(), event_at(x + step));
        }
    }

    std::string what_is_there() const {
        const float x = ImGui::GetIO().MousePos.x;
        const EventIndex from = event_at(x - px(3)), to = std::max(event_at(x + px(3)), from + 1);
        std::string text = fmt::format("event {} of {}", with_commas(event_at(x)), with_commas(all_));
        if (event_at(x) < state_.history.size() && event_at(x) > 0) {
            const std::uint64_t time_ns = state_.history.event(event_at(x) - 1).time;
            text += fmt::format("\n{} ({})", session_time(since_beginning(state_.history, time_ns)), time_of_day(time_ns));
        }
        for (const ScrubMark kind : mark_kinds) {
            if (const std::size_t count = state_.past.marks.count(kind, from, to)) text += "\n" + scrub_mark_words(kind, count);
        }
        for (const Bookmark& bookmark : state_.past.bookmarks) {
            if (std::abs(x_of(bookmark.event) - x) < px(6)) text += "\nbookmark: " + bookmark.text;
        }
        return text;
    }

    /** The right end stays in the past: live is a button of its own. */
    void go_to(EventIndex wanted) {
        wanted = std::min(wanted, state_.recorded ? all_ : all_ - 1);
        if (!state_.moment.past() || wanted != state_.moment.shown().events) state_.moment.look_at(wanted);
    }

    AppState& state_;
    Rect rect_;
    EventIndex all_;
    float left_ = 0, room_ = 1, y_ = 0, radius_ = 0;
};

/** Buttons from the right to the left. */
class ButtonRow {
   public:
    ButtonRow(float right, float middle) : right_(right), middle_(middle) {}
    bool add(const char* id, ui::Face face, const std::string& tip) {
        face.height = 28;
        const float width = ui::button_width(face);
        right_ -= width;
        ImGui::SetCursorScreenPos({std::floor(right_), std::floor(middle_ - px(14))});
        const bool clicked = ui::button(id, face, tip.c_str());
        right_ -= px(6);
        return clicked;
    }
    float left() const { return right_; }

   private:
    float right_, middle_;
};

std::string with_key(const std::string& tip, Action action) {
    return tip + " (" + keys_of(action) + ")";
}

/** What the wish to pause meanwhile has come to: who is led by steps already would be let go by the end of such a pause. */
std::string paused_words(const AppState& state) {
    if (state.past.paused_all) return "Everybody is paused while you look at the past";
    if (state.moment.live().gate == GateMode::step) return "Everybody was paused before, and stays so when you go back to live";
    return "Somebody stands at a step or a breakpoint, so that the others are not paused while you look at the past";
}

/** Which moment it is, what happened, and the ways to others. */
void draw_moment(AppState& state, const Rect& row) {
    const Theme& theme = ui::theme();
    const float middle = row.y + row.h / 2;
    ButtonRow buttons(row.right() - px(14), middle);
    const char* live = state.recorded ? (row.w < px(900) ? "End" : "To the end") : row.w < px(900) ? "Live" : "Back to live";
    if (buttons.add("past.live", {.icon = Icon::end, .label = live, .icon_right = true}, keys_of(Action::live))) state.ask(Action::live);
    if (buttons.add("past.bookmark", {.icon = Icon::bookmark, .look = ui::Look::quiet},
                    with_key("Set a bookmark here, or take it away", Action::bookmark)))
        state.ask(Action::bookmark);
    const std::string what = state.selection.empty() ? "what this event touched" : "what is selected";
    if (buttons.add("past.later", {.icon = Icon::chevron_right, .look = ui::Look::quiet},
                    with_key("The next event that touches " + what, Action::later_touching)))
        state.ask(Action::later_touching);
    if (buttons.add("past.earlier", {.icon = Icon::chevron_left, .look = ui::Look::quiet},
                    with_key("The event before that touches " + what, Action::earlier_touching)))
        state.ask(Action::earlier_touching);
    bool& pauses = state.settings.pause_in_past;
    if (!state.recorded && buttons.add("past.pause", {.icon = Icon::pause, .look = ui::Look::quiet, .chosen = pauses},
                                       pauses ? paused_words(state) + ". Click to let them run on meanwhile"
                                              : "Programs run on while you look at the past. Click to pause everybody meanwhile"))
        pauses = !pauses;

    float x = row.x + px(16);
    const std::string name = state.recording.substr(state.recording.rfind('/') + 1);
    x = mark::chip(x, middle, state.recorded ? "RECORDING" : "PAST", theme.user).right() + px(12);
    if (state.recorded) x += mark::text(ui::fonts().text, x, middle, theme.text_dim, name + " · ", row.w * 0.2f) + px(4);
    const std::string text = state.moment.what_happened().empty() ? "Before anything happened." : state.moment.what_happened();
    const float room = buttons.left() - x - px(10);
    const bool cut = mark::text(ui::fonts().strong, x, middle, theme.text, text, room) >= room;
    ui::hit("past.what", {x, row.y, room, row.h}, text, nullptr, cut ? text.c_str() : nullptr);
}

/** Of a recording: how far its end is. */
std::string to_its_end(const AppState& state) {
    const EventIndex left = state.moment.events_ago();
    return left == 0 ? "its end" : with_commas(left) + " before its end";
}

/** When that was, its number, and the line. */
void draw_line(AppState& state, const Rect& row) {
    const Theme& theme = ui::theme();
    const World& shown = state.moment.shown();
    const float middle = row.y + row.h / 2 - px(4);
    const std::string all = with_commas(state.moment.live().events);
    if (!state.past.asks_number && state.past.typing_number == 0) state.past.number = with_commas(shown.events);

    float x = row.x + px(16);
    x += mark::text(ui::fonts().text, x, middle, theme.text_dim, "event") + px(6);
    ImGui::SetCursorScreenPos({std::floor(x), std::floor(middle - px(13))});
    if (state.past.asks_number) {
        ImGui::SetKeyboardFocusHere();
        state.past.asks_number = false;
        state.past.number.clear();
        state.past.typing_number = 3;
    }
    int& typing = state.past.typing_number;
    const bool typed = typing > 0;
    ui::text_field("past.number", &state.past.number, "number", 84,
                   with_key("an event's number and Enter lead there", Action::go_to_number).c_str(), false);
    typing = ImGui::IsItemActive() ? 1 : std::max(0, typing - 1);
    if (typed && ui::enter_pressed()) jump_to_number(state, state.past.number);
    x += px(84 + 6);
    const std::size_t servers = live_servers(state.moment.live()).size();
    const std::string when = shown.events == 0 ? "the beginning" : session_time(since_beginning(state.history, shown.time_ns));
    const char* meanwhile = servers == 0 || state.recorded               ? ""
                            : state.past.paused_all                      ? " · all are paused meanwhile"
                            : state.moment.live().gate == GateMode::step ? " · all are paused"
                            : servers == 1                               ? " · the server keeps running"
                                                                         : " · the servers keep running";
    const std::string text = state.recorded
                                 ? fmt::format("of {} · {} · {}", all, when, to_its_end(state))
                                 : fmt::format("of {} · {} · {} event{} ago{}", all, when, with_commas(state.moment.events_ago()),
                                               state.moment.events_ago() == 1 ? "" : "s", row.w < px(1000) ? "" : meanwhile);
    const float width = mark::text(ui::fonts().text, x, middle, theme.text_dim, text, std::max(row.w * 0.45f, px(60)));
    ui::hit("past.when", {x, middle - px(12), width, px(24)}, when, nullptr,
            shown.events == 0 ? nullptr : time_of_day(shown.time_ns).c_str());
    x += width;
    ui::record("past.strip", row,
               state.recorded
                   ? fmt::format("RECORDING {} · {} · {}", state.recording.substr(state.recording.rfind('/') + 1), when, to_its_end(state))
                   : fmt::format("You are looking at {}, {} events ago{}", when, with_commas(state.moment.events_ago()), meanwhile));
    const Rect track{x + px(18), middle - px(14), row.right() - px(14) - x - px(18), px(28)};
    if (track.w > px(80)) Track(state, track).draw();
}

}  // namespace

float past_strip_height(const AppState& state) {
    if (state.moment.past()) return std::floor(px(moment_height + line_height));
    // A lesson has its panes before it starts a program: they stay where they are as the first one comes.
    return state.moment.live().programs.empty() && !state.desk->is_open() ? 0 : std::floor(px(slim_height));
}

void draw_past_strip(AppState& state, const ui::Rect& area) {
    const Theme& theme = ui::theme();
    if (!state.past.marks.update(state.history)) ui::wake_in(0.01);
    if (!state.moment.past()) {
        Track(state, {area.x + px(10), area.y, area.w - px(20), area.h}).draw();
        return;
    }
    ui::canvas().AddRectFilled(area.min(), area.max(), mixed(theme.panel, theme.user, theme.dark ? 0.2f : 0.1f));
    ui::canvas().AddRectFilled({area.x, area.bottom() - std::max(1.0f, std::floor(px(1)))}, area.max(), faded(theme.user, 0.4f));
    const float upper = std::floor(px(moment_height));
    draw_moment(state, {area.x, area.y, area.w, upper});
    draw_line(state, {area.x, area.y + upper, area.w, area.h - upper});
}

}  // namespace synoptic
