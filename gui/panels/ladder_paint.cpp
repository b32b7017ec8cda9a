// The Ladder's background: lifelines, the kernels' states beside them, breaks, and times.
#include "gui/panels/ladder_paint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "gui/moment.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

using ui::px;
using ui::Rect;

constexpr float band_w = 8;

ImU32 colour_of(TcpState state) {
    const Theme& theme = ui::theme();
    switch (state) {
        case TcpState::established:
            return theme.alive;
        case TcpState::syn_sent:
        case TcpState::syn_rcvd:
            return mixed(theme.alive, theme.text_faint, 0.6f);
        case TcpState::none:
        case TcpState::closed:
            return theme.outline;
        default:
            return theme.text_faint;
    }
}

const char* about(TcpState state) {
    switch (state) {
        case TcpState::syn_sent:
            return "has sent a SYN and waits for SYN+ACK";
        case TcpState::syn_rcvd:
            return "has answered a SYN and waits for the final ACK; Linux calls it SYN_RECV";
        case TcpState::established:
            return "data can flow both ways";
        case TcpState::fin_wait_1:
            return "has sent its FIN, which is not acknowledged yet";
        case TcpState::fin_wait_2:
            return "its FIN is acknowledged; it waits for the other's";
        case TcpState::close_wait:
            return "the other has sent a FIN; this program has yet to close";
        case TcpState::last_ack:
            return "has sent its FIN as the second, and waits for the ACK";
        case TcpState::closing:
            return "both have sent a FIN at the same time";
        case TcpState::time_wait:
            return "waits for segments that are still on their way; 60 s on Linux";
        default:
            return "no connection";
    }
}

void hatch(const Rect& band, ImU32 colour) {
    const float step = px(5);
    ImGui::PushClipRect(band.min(), band.max(), true);
    for (float y = band.y - band.w; y < band.bottom(); y += step)
        ui::canvas().AddLine({band.x, y + band.w}, {band.right(), y}, colour, px(1.2f));
    ImGui::PopClipRect();
}

void paint_state(const LadderSheet& sheet, LadderSide side, const LadderState& state, float top, float bottom) {
    const Theme& theme = ui::theme();
    const bool is_client = side == LadderSide::client;
    const float x = sheet.columns.kernel_of(side), width = px(band_w);
    // Lists are long and bands may be: only what can be seen is drawn, and hatched.
    const float from = std::max(top, sheet.area.y - px(20)), to = std::min(bottom, sheet.area.bottom() + px(20));
    if (to <= from) return;
    const Rect band{is_client ? x - width : x, from, width, to - from};
    const ImU32 colour = colour_of(state.state);
    const bool inferred = state.known == Known::inferred;
    if (inferred)
        hatch(band, colour);
    else
        ui::canvas().AddRectFilled(band.min(), band.max(), faded(colour, 0.75f));
    ui::canvas().AddLine({band.x, from}, {band.right(), from}, colour, px(1.5f));
    if (state.state == TcpState::closed && top < sheet.area.y) return;  // nobody needs to be told again
    // The name stays in sight as long as its band does; above what stands beside the band there, on a ground of its own.
    const float half = px(ladder_row_h) / 2;
    const bool sticks = top < sheet.area.y;
    if (sticks && bottom - sheet.area.y < 3 * half) return;
    const float mid = std::min(std::max(top + half, sheet.area.y + half), std::max(bottom - half, top + half));
    const float name_x = is_client ? band.x - px(6) : band.right() + px(6);
    const char* name = name_of(state.state);
    const ImU32 ink = state.state == TcpState::established ? theme.alive : theme.text_dim;
    const float name_y = inferred ? mid - px(5) : mid;
    const bool is_new = sheet.panel.is_new(state.at);
    const auto write = [&](float y, ImU32 with, const char* text) {
        if (sticks || is_new) {
            const float wide = ui::text_width(ui::fonts().small_text, text) + px(4), line = mark::line_height(ui::fonts().small_text);
            const Rect ground{is_client ? name_x - wide + px(2) : name_x - px(2), y - line * 0.4f, wide, line * 0.8f};
            ui::canvas().AddRectFilled(ground.min(), ground.max(), is_new ? theme.highlight : theme.panel, px(2));
            if (is_new) mark::outline(ground, theme.user, px(1.2f));
        }
        if (is_client)
            mark::text_right(ui::fonts().small_text, name_x, y, with, text);
        else
            mark::text(ui::fonts().small_text, name_x, y, with, text);
    };
    write(name_y, ink, name);
    if (inferred) write(name_y + px(12), theme.text_faint, "inferred");
    const float w = std::max(ui::text_width(ui::fonts().small_text, name), px(40)) + px(6) + width;
    const Rect target{is_client ? band.right() - w : band.x, mid - half, w, half * 2};
    const bool over = mark::pointer_over(target);
    const std::string id = fmt::format("ladder.state.{}.{}", is_client ? "client" : "server", state.at);
    const std::string tip =
        over ? fmt::format("{}: {} (tcp(7), RFC 9293, 3.3.2)\nsince {}, {}", name, about(state.state),
                           ladder_time(sheet.panel.history, state.at),
                           inferred ? "inferred from a segment: the kernel's table has not told yet" : "as the kernel's table says")
             : std::string();
    if (is_new) ui::record(id + ".new", target, name);
    if (ui::hit(id.c_str(), target, inferred ? std::string(name) + " (inferred)" : name, nullptr, tip.c_str()))
        sheet.panel.selection = Selection{.event = state.at};
}

}  // namespace

void paint_lifelines(const LadderSheet& sheet) {
    const Theme& theme = ui::theme();
    const float top = sheet.area.y, bottom = std::min(sheet.area.bottom(), sheet.bottom());
    for (const float x : {sheet.columns.client, sheet.columns.server})
        ui::canvas().AddLine({x, top}, {x, bottom}, theme.outline_strong, std::max(1.0f, px(1)));
    for (const float x : {sheet.columns.client_kernel, sheet.columns.server_kernel})
        ui::canvas().AddLine({x, top}, {x, bottom}, theme.text_faint, std::max(1.0f, px(1.5f)));
}

void paint_states(const LadderSheet& sheet, LadderSide side) {
    const std::vector<LadderState>& states = sheet.ladder.rows.states(side);
    const auto end = std::lower_bound(states.begin(), states.end(), sheet.limit,
                                      [](const LadderState& state, EventIndex limit) { return state.at < limit; });
    // From the last one that begins above what can be seen.
    auto at = std::lower_bound(states.begin(), end, sheet.area.y, [&](const LadderState& state, float y) { return sheet.y(state.y) < y; });
    if (at != states.begin()) --at;
    for (; at != end; ++at) {
        const float top = sheet.y(at->y), bottom = at + 1 != end ? sheet.y((at + 1)->y) : sheet.bottom();
        if (top > sheet.area.bottom()) return;
        if (bottom - top >= 1) paint_state(sheet, side, *at, top, bottom);
    }
}

void paint_breaks(const LadderSheet& sheet) {
    const Theme& theme = ui::theme();
    const std::vector<LadderItem>& items = sheet.ladder.rows.items();
    const std::size_t last = std::min(sheet.seen.end + 1, items.size());
    for (std::size_t at = std::max<std::size_t>(sheet.seen.first, 1); at < last && items[at].at < sheet.limit; ++at) {
        const LadderItem &before = items[at - 1], &item = items[at];
        if (item.y - before.y < LadderRows::row_y + LadderRows::break_y) continue;
        const float mid = (sheet.y(before.y) + sheet.y(item.y)) / 2, half = px(5);
        const Rect cut{sheet.columns.client_text, mid - half, sheet.columns.server_text_right - sheet.columns.client_text, 2 * half};
        ui::canvas().AddRectFilled(cut.min(), cut.max(), theme.panel);
        for (const float y : {cut.y, cut.bottom()}) {
            for (float x = cut.x; x < cut.right(); x += px(7))
                ui::canvas().AddLine({x, y}, {x + px(3), y}, theme.outline_strong, std::max(1.0f, px(1)));
        }
        const std::string text = duration(item.time_ns > before.time_ns ? item.time_ns - before.time_ns : 0);
        mark::text_right(ui::fonts().strong, sheet.columns.time_right, mid, theme.text_dim, text);
        ui::record(fmt::format("ladder.break.{}", at), cut, text);
    }
}

void paint_times(const LadderSheet& sheet) {
    const std::vector<LadderItem>& items = sheet.ladder.rows.items();
    std::uint32_t row = UINT32_MAX;
    for (std::size_t at = sheet.seen.first; at < sheet.seen.end; ++at) {
        if (items[at].y == row) continue;
        row = items[at].y;
        const std::uint64_t time_ns = sheet.panel.history.event(items[at].at).time;
        const std::string text = session_clock(since_beginning(sheet.panel.history, time_ns));
        const float width = mark::text_right(ui::fonts().code_small, sheet.columns.time_right, sheet.y(row), ui::theme().text_faint, text);
        const Rect place = sheet.row(sheet.columns.time_right - width, sheet.columns.time_right, sheet.y(row));
        if (mark::pointer_over(place)) ui::hit("ladder.time", place, text, nullptr, time_of_day(time_ns).c_str());
    }
}

}  // namespace synoptic
