// The Bytes panel: a connection as two streams of bytes. Above what each send wrote, below what each receive took, and between them where messages begin
// and end: that is three ways to cut the same bytes, and TCP keeps none of them. What is shown is gathered by bytes_view.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gui/panels/bytes_paint.h"
#include "gui/panels/ladder_words.h"
#include "gui/panels/marks.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float bar_h = 38, head_h = 24, gutter_w = 84, lane_gap = 14;
constexpr float lane_h = head_h + lane_rows_h + lane_gap;

class BytesPainter {
   public:
    BytesPainter(PanelContext& panel, BytesView& view, LadderView& ladders, const Rect& area)
        : panel_(panel), view_(view), index_(ladders.index), area_(area), left_x_(area.x + px(gutter_w)) {
        limit_ = std::min<EventIndex>(panel.world.events, panel.history.size());
        room_w_ = std::max(area.right() - px(14) - left_x_, px(60));
    }

    void paint() {
        const bool indexed = index_.update(panel_.history);
        if (!indexed) panel_.needs_frame = true;
        const std::size_t shown = which();
        if (shown == LadderIndex::none) return paint_empty(indexed);
        if (shown != view_.shown) view_.follow = true;
        view_.shown = shown;
        const Ladder& ladder = index_.ladders()[shown];
        // A program that is long gone is forgotten; what it spoke is not.
        const bool framed = speaks_messages(panel_.world, ladder) || (view_.scaled_ladder == shown && view_.feed.framed());
        view_.feed.update(panel_.history, index_, shown, framed);
        rescale();
        paint_bar(ladder);
        const Rect body{area_.x, area_.y + px(bar_h), area_.w, std::max(area_.h - px(bar_h), px(40))};
        ImGui::PushClipRect(body.min(), body.max(), true);
        paint_lane(ladder, Direction::to_server, body.y - view_.scroll_y, body);
        paint_lane(ladder, Direction::to_client, body.y - view_.scroll_y + px(lane_h), body);
        ImGui::PopClipRect();
        view_.scroll_y = mark::scroll("bytes.scroll", view_.scroll_y, px(2 * lane_h), body);
    }

   private:
    // ---- which connection ------------------------------------------------------------------------------------------------------------------
    bool begun(std::size_t ladder) const { return ladder != LadderIndex::none && has_begun(index_.ladders()[ladder], limit_); }

    /** The selected connection; else the one chosen by hand, else the one shown before, else the latest; of a lesson, of its present run. */
    std::size_t which() {
        // Looking a selection up takes time with many connections: it is done again only where another answer is possible.
        const BytesView::LookUp asked{panel_.selection.event,   panel_.selection.connection, panel_.selection.socket,
                                      panel_.selection.actor,   panel_.selection.program,    panel_.selection.process,
                                      panel_.selection.segment, index_.ladders().size(),     panel_.past ? limit_ : no_event};
        if (!(asked == view_.looked_up) || (view_.found == LadderIndex::none && !panel_.selection.empty())) {
            view_.looked_up = asked;
            view_.found = panel_.selection.empty() ? LadderIndex::none : ladder_of(index_, panel_.world, panel_.selection);
        }
        if (const std::size_t found = index_.resolved(view_.found); begun(found)) {
            if (found != index_.resolved(view_.chosen)) view_.chosen = LadderIndex::none;
            return found;
        }
        if (const std::size_t chosen = index_.resolved(view_.chosen); begun(chosen)) return chosen;
        const EventIndex from = panel_.run_began(limit_);
        const std::size_t before = index_.resolved(view_.shown);
        const bool is_of_run = begun(before) && index_.ladders()[before].rows.items().front().at >= from;
        if (is_of_run && !panel_.selection.empty()) return before;
        return latest_ladder(index_, limit_, from);
    }

    void rescale() {
        const bool other = view_.scaled_ladder != view_.shown || view_.scaled_px != ui::scale();
        for (const Direction direction : {Direction::to_server, Direction::to_client}) {
            const int at = index_of(direction);
            const ByteLane& lane = view_.feed.lane(direction);
            // Messages are found late where a payload lacks: then the counts differ, too.
            const LaneCounts counts = count_lane(lane, limit_);
            const LaneCounts& old = view_.scaled_for[at];
            const bool same = old.sends == counts.sends && old.receives == counts.receives && old.messages == counts.messages &&
                              old.written == counts.written;
            if (other || !same) view_.scale[at] = BytesScale(lane, counts, ui::scale());
            view_.scaled_for[at] = counts;
        }
        view_.scaled_ladder = view_.shown;
        view_.scaled_px = ui::scale();
    }

    void paint_empty(bool indexed) const {
        const std::string text = indexed
                                     ? no_connection_yet(panel_, limit_) +
                                           " Once a client connects, the bytes of both directions are drawn here: what each send wrote, "
                                           "what each receive took, and where messages begin and end."
                                     : "Reading what has happened so far …";
        mark::paragraph(ui::fonts().text, {area_.x + px(16), area_.y + px(18)}, ui::theme().text_dim, text, area_.w - px(32));
        ui::record("bytes.empty", area_, text);
    }

    void paint_bar(const Ladder& shown) {
        ui::Face face;
        face.label = "Follow";
        face.height = 26;
        float right = area_.right() - px(12) - ui::button_width(face);
        ImGui::SetCursorScreenPos({right, area_.y + px(6)});
        ui::icon_toggle("bytes.follow", face.label, &view_.follow, "the newest bytes stay in sight");
        right -= px(12);
        OfferedConnections offered = offered_connections(index_, limit_, view_.shown);
        const float left = area_.x + px(12);
        float end = left;
        if (offered.ladders.size() < 2) {
            const std::string title = ladder_title(shown);
            end += px(2) + mark::text(ui::fonts().strong, left + px(2), area_.y + px(20), ui::theme().text, title, right - left);
            ui::record("bytes.title", {left, area_.y, end - left, px(bar_h)}, title);
        } else {
            const float width = std::min((right - left) / ui::scale(), 300.0f);
            ImGui::SetCursorScreenPos({left, area_.y + px(4)});
            if (ui::combo("bytes.connection", "connection", &offered.chosen, offered.titles, width,
                          "whose bytes are drawn, the latest first"))
                choose(offered.ladders[static_cast<std::size_t>(offered.chosen)]);
            end += px(width);
        }
        const char* note = panel_.world.lost_events > 0 ? "Calls were lost: places are not exact. Widths grow with the logarithm."
                                                        : "Widths grow with the logarithm of the number of bytes.";
        if (right - end > px(120)) {
            const ImU32 colour = panel_.world.lost_events > 0 ? ui::theme().trouble : ui::theme().text_faint;
            mark::text_right(ui::fonts().small_text, right, area_.y + px(20), colour, note, right - end - px(16));
        }
    }

    void choose(std::size_t ladder) {
        view_.chosen = ladder;
        panel_.selection = Selection{};
        const ConnectionId id = index_.ladders()[ladder].connection;
        if (find(panel_.world, id)) panel_.selection.connection = id;
        panel_.needs_frame = true;
    }

    // ---- one direction ---------------------------------------------------------------------------------------------------------------------
    void paint_lane(const Ladder& ladder, Direction direction, float y, const Rect& body) {
        const Theme& theme = ui::theme();
        const bool to_server = direction == Direction::to_server;
        const LaneLook look =
            to_server ? LaneLook{"bytes.to_server", theme.client, theme.server} : LaneLook{"bytes.to_client", theme.server, theme.client};
        const int at = index_of(direction);
        const ByteLane& lane = view_.feed.lane(direction);
        const LaneCounts& counts = view_.scaled_for[at];
        const BytesScale& scale = view_.scale[at];
        paint_head(ladder, to_server, look, lane, counts, y);
        float mid = y + px(head_h + lane_row_h / 2);
        for (const char* row : {"send", lane.framed() ? "message" : "bytes", "receive"}) {
            mark::text(ui::fonts().small_text, area_.x + px(14), mid, theme.text_dim, row, px(gutter_w - 20));
            mid += px(lane_row_h + lane_row_gap);
        }
        const Rect rows{left_x_, y + px(head_h), room_w_, px(lane_rows_h)};
        scroll_lane(at, scale.width() + px(90), rows, lane, counts);
        ImGui::PushClipRect({rows.x, std::max(rows.y, body.y)}, {rows.right(), std::min(rows.bottom() + px(8), body.bottom())}, true);
        // Programs of somebody else talk, too, but their calls are not seen.
        const bool client_unseen = ladder.client == SocketId::none,
                   server_unseen = ladder.server == SocketId::none && ladder.server_label.empty();
        if (to_server ? client_unseen : server_unseen) say_unseen(rows.y);
        if (to_server ? server_unseen : client_unseen) say_unseen(rows.bottom() - px(lane_row_h));
        paint_lane_rows({panel_, view_, lane, counts, scale, look, rows, view_.scroll_x[at], limit_});
        ImGui::PopClipRect();
    }

    void say_unseen(float y) const {
        mark::text(ui::fonts().small_text, left_x_ + px(8), y + px(lane_row_h / 2), ui::theme().text_faint,
                   "not seen: this program was not started here", room_w_ - px(8));
    }

    void paint_head(const Ladder& ladder, bool to_server, const LaneLook& look, const ByteLane& lane, const LaneCounts& counts,
                    float y) const {
        const std::string client = ladder.client_label.empty() ? ladder.client_address.text() : ladder.client_label;
        const std::string server = ladder.server_label.empty() ? ladder.server_address.text() : ladder.server_label;
        const std::string name = to_server ? fmt::format("{} → {}", client, server) : fmt::format("{} → {}", server, client);
        const float mid = y + px(head_h / 2), right = area_.right() - px(16);
        float x = area_.x + px(14);
        x += mark::text(ui::fonts().strong, x, mid, look.writer, name, right - x) + px(12);
        std::string text = lane_summary(counts, lane.framed());
        if (counts.broken) text = lane.broken() + ": from there on no message can be told from the next";
        if (x < right)
            mark::text(ui::fonts().small_text, x, mid, counts.broken ? ui::theme().trouble : ui::theme().text_dim, text, right - x);
        ui::record(look.id, {area_.x, y, area_.w, px(head_h)}, name, text);
    }

    /** Wheel (with Shift where the pane scrolls vertically), the bar below, and a call that was selected elsewhere. */
    void scroll_lane(int at, float content, const Rect& rows, const ByteLane& lane, const LaneCounts& counts) {
        const float most = std::max(content - rows.w, 0.0f);
        float& position = view_.scroll_x[at];
        if (view_.follow) position = most;
        find_selected(at, rows, lane, counts);
        find_new(at, rows, lane, counts);
        const float before = std::min(position, most);
        const ImGuiIO& io = ImGui::GetIO();
        // The bar has its own place, below the rows.
        position = mark::scroll_sideways(at == 0 ? "bytes.to_server.scroll" : "bytes.to_client.scroll", before, content, rows.w,
                                         {rows.x, rows.y, rows.w, rows.h + px(10)});
        const bool overflows = px(2 * lane_h) > area_.h - px(bar_h);
        if (!overflows && !io.KeyShift && mark::pointer_over(rows)) position = std::clamp(position - io.MouseWheel * px(64), 0.0f, most);
        // Going back stops following; reaching the end again resumes it.
        if (position < before - 0.5f) view_.follow = false;
        if (position > before + 0.5f && position >= most - 0.5f) view_.follow = true;
    }

    void find_selected(int at, const Rect& rows, const ByteLane& lane, const LaneCounts& counts) {
        const EventIndex event = panel_.selection.event;
        if (event == no_event || event == view_.sighted) return;
        for (const auto& [pieces, count] : {std::pair{&lane.sends(), counts.sends}, std::pair{&lane.receives(), counts.receives}}) {
            const auto end = pieces->begin() + static_cast<std::ptrdiff_t>(count);
            const auto found = std::partition_point(pieces->begin(), end, [event](const LanePiece& piece) { return piece.exit < event; });
            if (found == end || found->enter != event) continue;
            view_.sighted = event;
            const float x = view_.scale[at].x(found->offset);
            if (x >= view_.scroll_x[at] && view_.scale[at].x(found->end()) <= view_.scroll_x[at] + rows.w) return;
            view_.follow = false;
            view_.scroll_x[at] = std::max(x - rows.w / 2, 0.0f);
            return;
        }
    }

    /** The bytes that a moment of the past has brought are in sight: always while the newest are followed, else once. */
    void find_new(int at, const Rect& rows, const ByteLane& lane, const LaneCounts& counts) {
        const EventIndex moment = panel_.before ? limit_ : no_event;
        const bool is_same = std::exchange(view_.moment[at], moment) == moment;
        if (moment == no_event || (is_same && !view_.follow)) return;
        for (const auto& [pieces, count] : {std::pair{&lane.sends(), counts.sends}, std::pair{&lane.receives(), counts.receives}}) {
            if (count == 0 || !panel_.is_new((*pieces)[count - 1].exit)) continue;
            const float x = view_.scale[at].x((*pieces)[count - 1].offset), end = view_.scale[at].x((*pieces)[count - 1].end());
            if (x >= view_.scroll_x[at] && end <= view_.scroll_x[at] + rows.w) return;
            view_.scroll_x[at] = std::max(x - rows.w / 2, 0.0f);
        }
    }

    PanelContext& panel_;
    BytesView& view_;
    LadderIndex& index_;
    Rect area_;
    float left_x_, room_w_ = 0;
    EventIndex limit_ = 0;
};

}  // namespace

void draw_bytes(PanelContext& panel, BytesView& view, LadderView& ladders, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    BytesPainter(panel, view, ladders, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
