#include "gui/panels/calls_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/icons.h"
#include "gui/moment.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

void light(const Rect& rect, const std::string& id) {
    mark::lit(rect);
    ui::record(id + ".new", rect);
}

/** The World is shown as it was right after the call had begun, or the fact had happened. */
EventIndex moment_of(const CallLine& line) {
    return line.at + 1;
}

}  // namespace

CallRows::CallRows(PanelContext& panel, const CallsIndex& index, const Rect& list, EventIndex limit)
    : panel_(panel), index_(index), list_(list), limit_(limit), narrow_(list.w < px(520)) {
    time_w_ = ui::text_width(ui::fonts().code_small, narrow_ ? "00:00.000" : "00:00.000000") + px(12);
    who_w_ = std::clamp(list.w * 0.14f, px(92), px(128));
    took_w_ = list.w > px(420) ? px(92) : 0;
}

bool CallRows::is_selected(const CallLine& line) const {
    const EventIndex event = panel_.selection.event;
    return event != no_event && (event == line.at || event == line.exit);
}

bool CallRows::is_of_selection(const Event& event) const {
    const Selection& chosen = panel_.selection;
    if (panel_.row || chosen.empty() || event.actor == ActorId::none) return false;
    const Actor* actor = find(panel_.world, event.actor);
    return actor ? concerns(panel_.world, chosen, *actor) : chosen.actor == event.actor;
}

void CallRows::select(EventIndex index) const {
    const SourceLine source = panel_.selection.source;
    panel_.selection = select_event(panel_.world, panel_.history, index);
    const Event event = panel_.history.event(index);
    if (source.line > 0 && event.file == source.file && event.line == source.line) panel_.selection.source = source;
}

void CallRows::paint(const CallLine& line, float y) const {
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const Event event = panel_.history.event(line.at);
    const Rect rect{list_.x, y, list_.w, px(call_row_height)};
    const float mid = y + px(call_row_height) / 2;
    bool over = false;
    const std::string id = fmt::format("calls.row.{}", line.at);
    const CallWords words = call_words(index_, panel_.history, line, limit_);
    const std::string label = words.who.empty() ? words.call + words.result : words.who + " " + words.call + words.result;
    const bool over_time = mark::pointer_over({rect.x, rect.y, time_w_ + px(6), rect.h});
    const std::string when = over_time ? time_of_day(event.time) : std::string();
    if (ui::hit(id.c_str(), rect, label, &over, when.c_str())) select(line.at);
    if (over && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) panel_.jump_to = moment_of(line);
    const bool selected = is_selected(line);
    if (selected)
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.20f));
    else if (panel_.is_new(line.at) || panel_.is_new(line.exit))
        light(rect, id);
    else if (over)
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.text, 0.06f));
    const bool of_row = panel_.is_of_row(line.at);
    if (of_row) ui::record(id + ".of_row", rect);
    if (of_row || is_of_selection(event)) ui::canvas().AddRectFilled(rect.min(), {rect.x + px(3), rect.bottom()}, theme.accent);

    float x = list_.x + px(12);
    mark::text_right(fonts.code_small, x + time_w_ - px(12), mid, theme.text_faint,
                     session_clock(since_beginning(panel_.history, event.time), narrow_ ? 3 : 6));
    x += time_w_;
    if (!words.who.empty()) {
        mark::text(fonts.strong, x, mid, faded(words.by_server ? theme.server : theme.client, words.fact ? 0.75f : 1.0f), words.who,
                   who_w_ - px(8));
    } else if (words.command) {
        mark::text(fonts.strong, x, mid, theme.user, "you", who_w_ - px(8));
    }
    x += who_w_;
    float right = list_.right() - px(16);
    if (over || selected) right = paint_look(line, right, y);
    if (words.fact) {
        const ImU32 colour = words.failed ? theme.trouble : words.command ? theme.text : theme.text_dim;
        mark::text(fonts.small_text, x, mid, colour, words.call, right - x);
        return;
    }
    paint_call(words, x, right, mid);
}

void CallRows::paint_call(const CallWords& words, float x, float right, float mid) const {
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const float end = right - took_w_;
    const bool waits = words.open && !words.never;
    const ImU32 colour = words.never ? theme.text_dim : waits && words.blocked ? theme.blocked : theme.text;
    const float result_w = words.result.empty() ? 0 : ui::text_width(fonts.code, words.result);
    const float clock_w = waits ? px(20) : 0;
    // The result is worth more than the last argument: it keeps its room, as far as there is any.
    const float call_w = std::max(end - x - std::min(result_w, (end - x) * 0.5f) - clock_w, px(40));
    x += mark::text(fonts.code, x, mid, colour, words.call, call_w);
    if (waits && words.blocked)
        mark::clock({x + px(12), mid}, px(5.5f), theme.blocked);
    else if (waits)
        mark::text(fonts.code, x, mid, theme.text_dim, " …");
    if (result_w > 0)
        mark::text(fonts.code, x, mid, words.failed ? theme.trouble : words.never ? theme.text_dim : theme.alive, words.result, end - x);
    if (took_w_ <= 0) return;
    if (waits && words.blocked) {
        mark::text_right(fonts.small_text, right, mid, theme.blocked, "blocked", took_w_);
    } else if (!words.took.empty()) {
        const float width = mark::text_right(fonts.small_text, right, mid, theme.text_faint, words.took, took_w_ - px(16));
        if (words.blocked) mark::clock({right - width - px(10), mid}, px(5), faded(theme.blocked, 0.9f));
    }
}

float CallRows::paint_look(const CallLine& line, float right, float y) const {
    const Rect rect{right - px(24), y + px(1), px(24), px(call_row_height - 2)};
    bool over = false;
    const std::string id = fmt::format("calls.look.{}", line.at);
    if (ui::hit(id.c_str(), rect, "look at this moment", &over, "look at this moment (double-click)")) panel_.jump_to = moment_of(line);
    if (over) ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(ui::theme().text, 0.12f), px(5));
    draw_icon(ui::canvas(), Icon::film, {rect.x + rect.w / 2, rect.y + rect.h / 2}, px(13), over ? ui::theme().text : ui::theme().text_dim);
    return rect.x - px(8);
}

}  // namespace synoptic
