// The Ladder: one connection as the textbook draws it, four lifelines with time downwards. What belongs to it is in ladder_index.h, the rows in
// ladder_rows.h, the drawing in ladder_paint.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "gui/panel.h"
#include "gui/panels/ladder_paint.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float bar_h = 38, note_h = 22, head_h = 26;
constexpr double room_for_title = 0.27;  // rows by which a segment's title stands above its own

/** Why this connection shows no segments; empty if it does, or if some may come. */
std::string missing_segments(const World& world, const Ladder& ladder) {
    if (ladder.on_wire || ladder.flow != FlowId::none) return "";
    if (world.capture.on) return "This connection's segments were not captured: it began before, or its server is not one of ours.";
    return "On loopback segments are not captured" + (world.capture.trouble.empty() ? std::string() : " (" + world.capture.trouble + ")") +
           ", only calls and states are seen. A server on the wire shows its segments here, too.";
}

/** Selections that differ look different, as far as the Ladder is concerned. */
std::uint64_t mixed_number(std::initializer_list<std::uint64_t> numbers) {
    std::uint64_t value = 1469598103934665603ull;  // FNV-1a
    for (const std::uint64_t number : numbers) value = (value ^ number) * 1099511628211ull;
    return value;
}
std::uint64_t number_of(const Selection& selection) {
    return mixed_number({static_cast<std::uint64_t>(selection.program), static_cast<std::uint64_t>(selection.actor),
                         static_cast<std::uint64_t>(selection.process), static_cast<std::uint64_t>(selection.socket),
                         static_cast<std::uint64_t>(selection.connection), selection.event, static_cast<std::uint64_t>(selection.segment)});
}

class LadderPainter {
   public:
    LadderPainter(PanelContext& panel, LadderView& view, const Rect& area) : panel_(panel), view_(view), area_(area) {
        limit_ = std::min<EventIndex>(panel.world.events, panel.history.size());
    }

    void paint() {
        const bool indexed = view_.index.update(panel_.history);
        if (!indexed) panel_.needs_frame = true;
        const std::size_t shown = which();
        if (shown != view_.shown && shown != view_.index.resolved(view_.shown)) {
            view_.first_row = 0;
            view_.follow = true;
        }
        view_.shown = shown;
        if (shown == LadderIndex::none) return paint_empty(indexed);
        const Ladder& ladder = view_.index.ladders()[shown];
        paint_bar(ladder);
        float y = area_.y + px(bar_h);
        if (const std::string missing = missing_segments(panel_.world, ladder); !missing.empty()) {
            const float width =
                mark::text(ui::fonts().small_text, area_.x + px(14), y + px(note_h) / 2, ui::theme().text_dim, missing, area_.w - px(28));
            ui::record("ladder.note", {area_.x + px(14), y, width, px(note_h)}, missing);
            y += px(note_h);
        }
        const Rect body{area_.x, y, area_.w, std::max(area_.bottom() - y, px(ladder_row_h))};
        paint_body(ladder, body);
    }

   private:
    /** The selected connection; else the one chosen by hand, else the latest; of a lesson, of its present run. */
    std::size_t which() {
        const std::uint64_t looking_for =
            mixed_number({number_of(panel_.selection), view_.index.ladders().size(), panel_.past ? limit_ : no_event, view_.chosen});
        const bool again = view_.found == LadderIndex::none && !panel_.selection.empty();
        if (looking_for != view_.looked_for || again) {
            view_.looked_for = looking_for;
            view_.found = ladder_of(view_.index, panel_.world, panel_.selection);
        }
        const auto begun = [&](std::size_t ladder) {
            ladder = view_.index.resolved(ladder);
            return ladder != LadderIndex::none && has_begun(view_.index.ladders()[ladder], limit_) ? ladder : LadderIndex::none;
        };
        if (const std::size_t found = begun(view_.found); found != LadderIndex::none) {
            if (found != view_.index.resolved(view_.chosen)) view_.chosen = LadderIndex::none;
            return found;
        }
        // What is selected is no connection's: the one that was looked at stays.
        if (const std::size_t chosen = begun(view_.chosen); chosen != LadderIndex::none) return chosen;
        const EventIndex from = panel_.run_began(limit_);
        const std::size_t before = begun(view_.shown);
        const bool is_of_run = before != LadderIndex::none && view_.index.ladders()[before].rows.items().front().at >= from;
        if (is_of_run && !panel_.selection.empty()) return before;
        return latest_ladder(view_.index, limit_, from);
    }

    void paint_empty(bool indexed) const {
        const std::string text = indexed
                                     ? no_connection_yet(panel_, limit_) +
                                           " Once a client connects, its handshake, its data and its end are drawn here as the textbook "
                                           "draws them."
                                     : "Reading what has happened so far …";
        mark::paragraph(ui::fonts().text, {area_.x + px(16), area_.y + px(18)}, ui::theme().text_dim, text, area_.w - px(32));
        ui::record("ladder.empty", area_, text);
    }

    void paint_bar(const Ladder& shown) {
        ui::Face face;
        face.label = "Follow";
        face.height = 26;
        float right = area_.right() - px(12) - ui::button_width(face);
        ImGui::SetCursorScreenPos({right, area_.y + px(6)});
        ui::icon_toggle("ladder.follow", face.label, &view_.follow, "the newest line stays in sight");
        right -= px(12);
        OfferedConnections offered = offered_connections(view_.index, limit_, view_.shown);
        const float left = area_.x + px(12);
        if (offered.ladders.size() < 2) {
            const float width =
                mark::text(ui::fonts().strong, left + px(2), area_.y + px(20), ui::theme().text, ladder_title(shown), right - left);
            ui::record("ladder.title", {left, area_.y, width, px(bar_h)}, ladder_title(shown));
            return;
        }
        ImGui::SetCursorScreenPos({left, area_.y + px(4)});
        const float width = std::min((right - left) / ui::scale(), 360.0f);
        if (ui::combo("ladder.connection", "connection", &offered.chosen, offered.titles, width,
                      "which connection is drawn, the latest first; what is selected elsewhere is drawn, too"))
            choose(offered.ladders[static_cast<std::size_t>(offered.chosen)]);
    }

    void choose(std::size_t ladder) {
        view_.chosen = ladder;
        panel_.selection = Selection{};
        const ConnectionId id = view_.index.ladders()[ladder].connection;
        if (find(panel_.world, id)) panel_.selection.connection = id;
        panel_.needs_frame = true;
    }

    void paint_head(const Ladder& ladder, const LadderColumns& columns, const Rect& head) const {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const float mid = head.y + head.h / 2;
        const auto centred = [&](ImFont* font, float x, ImU32 colour, const std::string& text, float room, const char* id) {
            const float width = std::min(ui::text_width(font, text), room);
            mark::text(font, x - width / 2, mid, colour, text, room);
            ui::record(id, {x - width / 2, head.y, width, head.h}, text);
        };
        const std::string client = ladder.client_label.empty() ? "client" : ladder.client_label;
        const std::string server = ladder.server_label.empty() ? "server" : ladder.server_label;
        const float gap = columns.client_kernel - columns.client;
        centred(fonts.strong, columns.client, theme.client, client, gap, "ladder.head.client");
        centred(fonts.strong, columns.server, theme.server, server, gap, "ladder.head.server");
        const bool two = ladder.on_wire;
        centred(fonts.small_text, columns.client_kernel, theme.text_dim, two ? "client kernel" : "kernel", gap,
                "ladder.head.client_kernel");
        centred(fonts.small_text, columns.server_kernel, theme.text_dim, two ? "server kernel" : "the same kernel", gap,
                "ladder.head.server_kernel");
        mark::text_right(fonts.small_text, columns.time_right, mid, theme.text_faint, "time");
        ui::canvas().AddLine({head.x, head.bottom()}, {head.right(), head.bottom()}, theme.outline, std::max(1.0f, px(1)));
    }

    void paint_body(const Ladder& ladder, const Rect& body) {
        const Rect list{body.x, body.y + px(head_h), body.w, std::max(body.h - px(head_h), px(ladder_row_h))};
        const float room = body.w - px(10);  // the scroll bar's
        const LadderColumns wide = ladder_columns(body.x, room, ui::scale());
        view_.scroll_x = std::clamp(view_.scroll_x, 0.0f, std::max(wide.width - room, 0.0f));
        const LadderColumns columns = ladder_columns(body.x - view_.scroll_x, room, ui::scale());
        paint_head(ladder, columns, {body.x, body.y, body.w, px(head_h)});

        const double seen = static_cast<double>(list.h / px(ladder_row_h));
        const double last_first = whole_row(ladder, static_cast<double>(ladder.rows.height(limit_)) / 2 + 1 - seen),
                     rows = last_first + seen;
        if (view_.follow) view_.first_row = last_first;
        find_selected(ladder, seen);
        find_new(ladder, seen);
        const double before = view_.first_row;
        const auto half = [](double row) { return static_cast<std::uint32_t>(std::max(row * 2, 0.0)); };
        const LadderRows::Seen in_sight = ladder.rows.seen(half(view_.first_row - 2), half(view_.first_row + seen + 2), limit_);
        const LadderSheet sheet{panel_, view_.index, ladder, list, columns, view_.first_row, limit_, in_sight};
        paint_waiting(sheet, {body.x, body.y, body.w, px(head_h)});
        ImGui::PushClipRect(list.min(), list.max(), true);
        ui::hit("ladder.list", list);
        paint_lifelines(sheet);
        paint_calls(sheet);
        paint_waiting_accept(sheet);
        paint_states(sheet, LadderSide::client);
        paint_states(sheet, LadderSide::server);
        paint_breaks(sheet);
        paint_segments(sheet);
        paint_times(sheet);
        const double scrolled = mark::scroll_rows("ladder.scroll", view_.first_row, rows, seen, list);
        // Scrolling up stops following; reaching the end again resumes it.
        if (scrolled < before - 0.01 && last_first > 0)
            view_.follow = false;
        else if (scrolled > before + 0.01 && scrolled >= last_first - 0.01)
            view_.follow = true;
        view_.first_row = scrolled;
        if (std::abs(before - scrolled) > 0.01) panel_.needs_frame = true;
        ImGui::PopClipRect();
        const float was = std::exchange(view_.scroll_x, mark::scroll_sideways("ladder.scroll_x", view_.scroll_x, wide.width, room, body));
        if (std::abs(was - view_.scroll_x) > 0.5f) panel_.needs_frame = true;
    }

    /** A selection that was made elsewhere is scrolled into sight, once. */
    void find_selected(const Ladder& ladder, double seen) {
        const std::uint64_t number = number_of(panel_.selection);
        if (number == view_.sighted) return;
        view_.sighted = number;
        EventIndex event = panel_.selection.event;
        for (const LadderSegment& segment : ladder.rows.segments()) {
            if (panel_.selection.segment != WireId::none && segment.id == panel_.selection.segment) event = segment.sent;
        }
        if (event == no_event || event >= limit_) return;
        if (!bring_in_sight(ladder, event, seen)) return;
        if (view_.follow) ui::toast("The Ladder shows what was chosen; Follow is off");
        view_.follow = false;
    }

    /** What a moment of the past has brought is in sight: always while the newest is followed, else once. */
    void find_new(const Ladder& ladder, double seen) {
        const EventIndex moment = panel_.before ? limit_ : no_event;
        const bool is_same = std::exchange(view_.moment, moment) == moment;
        if (moment == no_event || moment == 0 || (is_same && !view_.follow)) return;
        bring_in_sight(ladder, moment - 1, seen);
    }

    /** Where to scroll to so that about `row` is the first one in sight, and none is cut at the top: nor is the title of its segment. */
    static double whole_row(const Ladder& ladder, double row) {
        if (row <= 0) return 0;
        const auto y = static_cast<std::uint32_t>(std::ceil(row * LadderRows::row_y));
        return static_cast<double>(ladder.rows.whole_row_at(y)) / LadderRows::row_y - room_for_title;
    }

    /** True if that took scrolling. */
    bool bring_in_sight(const Ladder& ladder, EventIndex event, double seen) {
        const std::uint32_t y = ladder.rows.y_of(event);
        if (y >= ladder.rows.height(limit_)) return false;
        const double row = static_cast<double>(y) / 2;
        if (row >= view_.first_row && row + 1 <= view_.first_row + seen) return false;
        view_.first_row = whole_row(ladder, row - seen / 2);
        return true;
    }

    PanelContext& panel_;
    LadderView& view_;
    Rect area_;
    EventIndex limit_ = 0;
};

}  // namespace

void draw_ladder(PanelContext& panel, LadderView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    LadderPainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
