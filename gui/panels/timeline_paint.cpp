#include "gui/panels/timeline_paint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

using ui::px;
using ui::Rect;

constexpr float least_named_w = 26;  // px at zoom 1: what is narrower has no name
constexpr float slop = 3;            // px at zoom 1: so far from a narrow bar the pointer still means it

class LanePainter {
   public:
    LanePainter(const TimelineSheet& sheet, const TimelineLane& lane, const Rect& rect, TimelinePointed& pointed)
        : sheet_(sheet), lane_(lane), rect_(rect), pointed_(pointed) {
        const Theme& theme = ui::theme();
        const bool by_server = lane.kind == TimelineLane::Kind::segments
                                   ? lane.direction == Direction::to_client
                                   : lane.kind == TimelineLane::Kind::database || sheet.index.makers().maker(lane.actor).is_server;
        colour_ = by_server ? theme.server : theme.client;
        wait_colour_ = lane.kind == TimelineLane::Kind::segments ? theme.user : theme.blocked;
    }

    void paint() {
        if (lane_.kind == TimelineLane::Kind::actor) paint_life();
        const bool moments = lane_.kind == TimelineLane::Kind::database;
        for (std::size_t at = 0; at < lane_.rows.size(); ++at) {
            const RowPlace place = place_row(lane_, at, ui::scale());
            const Rect row{sheet_.plot.x, rect_.y + place.y, sheet_.plot.w, place.h};
            if (row.bottom() < sheet_.plot.y || row.y > sheet_.plot.bottom()) continue;
            if (moments)
                paint_marks(lane_.rows[at].spans, row, at == 1);
            else
                paint_row(lane_.rows[at], row);
        }
        const RowPlace first = place_row(lane_, 0, ui::scale());
        paint_marks(lane_.marks, {sheet_.plot.x, rect_.y + first.y, sheet_.plot.w, first.h}, false);
        ui::record("timeline.lane." + id_part(lane_label(sheet_.index, lane_)),
                   mark::clipped({sheet_.plot.x, rect_.y, sheet_.plot.w, rect_.h}, sheet_.plot), lane_label(sheet_.index, lane_),
                   fmt::format("{} spans, {} folds of {}", spans_, folds_, folded_));
    }

   private:
    // ---- lives -----------------------------------------------------------------------------------------------------------------------------
    float x_of(std::uint64_t ns) const { return std::clamp(sheet_.scale.x_of(ns), sheet_.plot.x - px(4), sheet_.plot.right() + px(4)); }

    void paint_life() const {
        const TimelineMoment& moment = sheet_.moment;
        const RowPlace first = place_row(lane_, 0, ui::scale());
        const float y = std::floor(rect_.y + first.y + first.h / 2), thick = std::max(1.0f, px(1.4f));
        const bool ended = lane_.ended < moment.limit;
        const float from = x_of(lane_.began_ns), to = x_of(ended ? lane_.ended_ns : moment.now_ns);
        ImDrawList& canvas = ui::canvas();
        canvas.AddRectFilled({from, y}, {std::max(to, from + 1), y + thick}, faded(colour_, 0.55f));
        canvas.AddRectFilled({from - px(1), y - px(4)}, {from + px(1), y + px(5)}, faded(colour_, 0.8f));
        if (ended) canvas.AddRectFilled({to - px(1), y - px(4)}, {to + px(1), y + px(5)}, faded(colour_, 0.8f));
        if (lane_.zombie < moment.limit) paint_zombie(y, thick);
    }

    /** Dead, and its status not read. */
    void paint_zombie(float y, float thick) const {
        const bool reaped = lane_.reaped < sheet_.moment.limit;
        const float from = x_of(lane_.zombie_ns), to = x_of(reaped ? lane_.reaped_ns : sheet_.moment.now_ns);
        for (float x = from; x < to; x += px(7))
            ui::canvas().AddRectFilled({x, y}, {std::min(x + px(4), to), y + thick}, ui::theme().trouble);
        const float word = ui::text_width(ui::fonts().small_text, "zombie");
        if (to - from < word + px(20)) return;
        const float left = std::max(from + px(8), sheet_.plot.x + px(4));
        if (left + word > to) return;
        ui::canvas().AddRectFilled({left - px(3), y - px(7)}, {left + word + px(3), y + px(8)}, ui::theme().panel);
        mark::text(ui::fonts().small_text, left, y, ui::theme().trouble, "zombie");
    }

    // ---- calls, segments -------------------------------------------------------------------------------------------------------------------
    void paint_row(const TimelineRow& row, const Rect& rect) {
        const bool calls = lane_.kind == TimelineLane::Kind::actor;
        const SeenTrack spans = seen_track(row.spans, sheet_.moment, calls), waits = seen_track(row.waits, sheet_.moment);
        const auto lane = static_cast<std::uint64_t>(&lane_ - sheet_.index.lanes().data());
        const std::uint64_t key = lane * TimelineIndex::most_rows + static_cast<std::uint64_t>(&row - lane_.rows.data());
        const auto to_ns = static_cast<std::uint64_t>(std::max(sheet_.scale.window.to_ns(), 0.0));
        const EventIndex limit = sheet_.moment.live ? no_event : sheet_.moment.limit;
        for (const MeasuredPiece& measured :
             sheet_.folds.pieces(key, spans, waits, sheet_.scale.ns_at(sheet_.plot.x), to_ns, sheet_.cell_ns, limit)) {
            const Piece& piece = measured.piece;
            const Rect bar = place(piece, rect, piece.folded() ? 3 : 2);
            count(piece);
            if (piece.folded())
                paint_folded(measured, bar);
            else
                paint_span(spans, waits, piece, bar);
            touch(row.spans, &row.waits, calls, piece, bar);
        }
        for_each(seen_track(row.stands, sheet_.moment), [&](const Piece& piece) {
            const Rect bar = place(piece, rect, 2);
            const bool returned = !piece.folded() && sheet_.moment.history.event(row.stands.event(piece.first)).phase == Phase::rest;
            paint_stand(bar, returned);
            touch(row.stands, nullptr, false, piece, bar);
        });
    }

    template <class Draw>
    void for_each(const SeenTrack& seen, Draw draw) {
        const TimeWindow& window = sheet_.scale.window;
        if (window.to_ns() <= 0) return;
        for_each_piece(seen, sheet_.scale.ns_at(sheet_.plot.x), static_cast<std::uint64_t>(window.to_ns()), sheet_.cell_ns,
                       [&](const Piece& piece) {
                           count(piece);
                           draw(piece);
                       });
    }

    void count(const Piece& piece) {
        piece.folded() ? ++folds_ : ++spans_;
        if (piece.folded()) folded_ += piece.count();
    }

    Rect place(const Piece& piece, const Rect& row, float least) const {
        const float from = x_of(piece.begin_ns), to = x_of(piece.end_ns);
        return {from, row.y, std::max(to - from, px(least)), row.h};
    }

    static float share_of_count(std::size_t count) { return std::min(std::log2(static_cast<float>(count)) / 10 + 0.25f, 1.0f); }

    void paint_folded(const MeasuredPiece& measured, const Rect& bar) const {
        // Of segments it matters how many there are, not how much of the time one was on its way.
        if (lane_.kind == TimelineLane::Kind::segments)
            return paint_fold(bar, colour_, wait_colour_, share_of_count(measured.piece.count()), 0);
        paint_fold(bar, colour_, wait_colour_, measured.covered, measured.waiting);
    }

    void paint_span(const SeenTrack& spans, const SeenTrack& waits, const Piece& piece, const Rect& bar) const {
        const Rect seen = mark::clipped(bar, sheet_.plot);
        ui::canvas().AddRectFilled(bar.min(), bar.max(), faded(colour_, 0.9f), std::min(px(2.5f), bar.w / 3));
        Rect wait{seen.right(), bar.y, 0, bar.h};
        for (std::size_t at = waits.first_ending(piece.begin_ns); at < waits.size() && waits.begin_ns(at) < piece.end_ns; ++at) {
            const float from = x_of(std::max(waits.begin_ns(at), piece.begin_ns)), to = x_of(std::min(waits.end_ns(at), piece.end_ns));
            if (to - from < 1) continue;
            wait = mark::clipped({from, bar.y, to - from, bar.h}, sheet_.plot);
            paint_wait(wait, wait_colour_);
        }
        if (seen.w >= px(least_named_w)) paint_name(spans.track().event(piece.first), seen, wait);
    }

    /** In the wider of both parts, as much of the name as there is room for. */
    void paint_name(EventIndex event, const Rect& bar, const Rect& wait) const {
        const float solid_w = wait.w > 0 ? wait.x - bar.x : bar.w;
        const bool on_wait = wait.w > solid_w;
        const float left = (on_wait ? wait.x : bar.x) + px(4), room = (on_wait ? wait.w : solid_w) - px(8), mid = bar.y + bar.h / 2;
        ImFont* font = ui::fonts().code_small;
        const std::string full = span_title(sheet_.moment, lane_, event, false);
        ui::record(fmt::format("timeline.span.{}", event), bar, full, on_wait ? "waits" : "");
        if (room < px(least_named_w - 8)) return;
        std::string text = full;
        if (ui::text_width(font, text) > room) text = span_title(sheet_.moment, lane_, event, true);
        if (ui::text_width(font, text) > room) text = text.substr(0, text.find_first_of("( "));
        if (ui::text_width(font, text) > room) return;
        mark::text(font, left, mid, on_wait ? ui::theme().text : ui::theme().on_accent, text, room);
    }

    // ---- moments ---------------------------------------------------------------------------------------------------------------------------
    void paint_marks(const SpanTrack& track, const Rect& row, bool of_disk) {
        if (track.size() == 0) return;
        for_each(seen_track(track, sheet_.moment), [&](const Piece& piece) {
            const Rect bar = place(piece, row, 3);
            if (piece.folded()) {
                paint_fold(bar, of_disk ? ui::theme().alive : colour_, wait_colour_, share_of_count(piece.count()), 0);
            } else {
                paint_mark(sheet_.moment.history.event(track.event(piece.first)).kind, {bar.x, row.y + row.h / 2}, row.h);
            }
            touch(track, nullptr, false, piece, bar);
        });
    }

    void paint_mark(EventKind kind, ImVec2 at, float height) const {
        const Theme& theme = ui::theme();
        ImDrawList& canvas = ui::canvas();
        const float size = std::min(height * 0.36f, px(5.5f));
        const ImVec2 top{at.x, at.y - size}, right{at.x + size, at.y}, bottom{at.x, at.y + size}, left{at.x - size, at.y};
        switch (kind) {
            case EventKind::row_put:
                return canvas.AddQuadFilled(top, right, bottom, left, colour_);
            case EventKind::row_deleted:
                canvas.AddQuadFilled(top, right, bottom, left, theme.panel);
                return canvas.AddQuad(top, right, bottom, left, colour_, px(1.5f));
            case EventKind::store_synced:
            case EventKind::store_written:
                return canvas.AddRectFilled({at.x - px(1.2f), at.y - height * 0.42f}, {at.x + px(1.2f), at.y + height * 0.42f},
                                            theme.alive);
            case EventKind::segment_sent:
            case EventKind::segment_duplicated:
                return canvas.AddRectFilled({at.x - px(1), at.y - height / 2}, {at.x + px(1), at.y + height / 2}, colour_);
            default:
                return mark::cross(at, size * 1.8f, theme.trouble);
        }
    }

    // ---- the pointer, the selection --------------------------------------------------------------------------------------------------------
    void touch(const SpanTrack& track, const SpanTrack* waits, bool calls, const Piece& piece, const Rect& bar) {
        const auto has = [&](const TimelineIndex::Place& place) {
            return place.track == &track && place.span >= piece.first && place.span < piece.end;
        };
        const Rect around = bar.inset(-px(2));
        if (std::any_of(sheet_.fresh.begin(), sheet_.fresh.end(), has)) light(around, track.event(piece.first));
        if (sheet_.row && touches_row(track, piece)) {
            mark::outline(around, ui::theme().accent, px(1.8f));
            ui::record(fmt::format("timeline.of_row.{}", track.event(piece.first)), around);
        }
        if (has(sheet_.chosen)) mark::outline(around, ui::theme().accent, px(1.8f));
        // The lane's edge belongs to the bar beside it.
        const float across = std::max({bar.y - sheet_.pointer.y, sheet_.pointer.y - bar.bottom(), 0.0f});
        const float along = std::max({bar.x - sheet_.pointer.x, sheet_.pointer.x - bar.right(), 0.0f}), away = across + along;
        if (!sheet_.pointer_in || across > px(timeline_lane_pad) || along > px(slop)) return;
        if (sheet_.pointer.y < rect_.y || sheet_.pointer.y >= rect_.bottom() || (pointed_.track && pointed_.distance < away)) return;
        pointed_ = {&lane_, &track, waits, calls, piece, bar, away};
    }

    /** True if one of these spans is of the selected row; of a fold others may lie between its first and its last event, and are none of its own. */
    bool touches_row(const SpanTrack& track, const Piece& piece) const {
        const std::span<const EventIndex> events = sheet_.row->between(track.event(piece.first), track.event(piece.end - 1));
        return std::any_of(events.begin(), events.end(), [&](EventIndex event) { return track.find(event) < track.size(); });
    }

    /** A bar may be a hair's breadth wide: what is new has an arrow above it, too. */
    void light(const Rect& around, EventIndex event) const {
        const Theme& theme = ui::theme();
        mark::outline(around, theme.user, px(2.2f));
        const float x = std::clamp(around.right() - px(2), sheet_.plot.x, sheet_.plot.right()), size = px(5);
        ui::canvas().AddTriangleFilled({x, around.y}, {x - size, around.y - size * 1.2f}, {x + size, around.y - size * 1.2f}, theme.user);
        ui::record(fmt::format("timeline.new.{}", event), around, lane_label(sheet_.index, lane_));
    }

    const TimelineSheet& sheet_;
    const TimelineLane& lane_;
    Rect rect_;
    TimelinePointed& pointed_;
    ImU32 colour_ = 0, wait_colour_ = 0;
    std::size_t spans_ = 0, folds_ = 0, folded_ = 0;
};

}  // namespace

void paint_timeline_lane(const TimelineSheet& sheet, const TimelineLane& lane, const Rect& rect, TimelinePointed& pointed) {
    LanePainter(sheet, lane, rect, pointed).paint();
}

void paint_hatch(const Rect& rect, ImU32 colour, float spacing) {
    ImDrawList& canvas = ui::canvas();
    // Stripes stand still on the screen while the bar moves, and end at its edges.
    for (float x = std::floor((rect.x - rect.h) / spacing) * spacing; x < rect.right(); x += spacing) {
        const float from = std::max(x, rect.x), to = std::min(x + rect.h, rect.right());
        if (to <= from) continue;
        canvas.AddLine({from, rect.bottom() - (from - x)}, {to, rect.bottom() - (to - x)}, colour, px(1.2f));
    }
}

void paint_wait(const Rect& rect, ImU32 colour) {
    const Theme& theme = ui::theme();
    // Calm, for most of the time is spent so: what is done between stands out.
    ui::canvas().AddRectFilled(rect.min(), rect.max(), mixed(theme.panel, colour, theme.dark ? 0.09f : 0.10f));
    paint_hatch(rect, faded(colour, theme.dark ? 0.17f : 0.22f), std::max(px(7), 4.0f));
    const float line = std::max(1.0f, std::floor(px(1)));
    ui::canvas().AddRectFilled({rect.x, rect.bottom() - line}, rect.max(), faded(colour, 0.65f));
}

void paint_fold(const Rect& rect, ImU32 colour, ImU32 of_wait, float covered, float waiting) {
    ImDrawList& canvas = ui::canvas();
    // A gap between neighbours makes a comb of them, which a single bar never is.
    const float right = rect.right() - (rect.w > px(3) ? 1 : 0), bottom = rect.bottom();
    const auto height = [&](float share) { return std::round(rect.h * std::clamp(share, 0.0f, 1.0f)); };
    canvas.AddRectFilled(rect.min(), {right, bottom}, mixed(ui::theme().panel, colour, 0.38f));
    const float top = bottom - height(std::max(covered, 0.2f));  // short calls are seen, too
    canvas.AddRectFilled({rect.x, top}, {right, bottom}, faded(colour, 0.9f));
    if (waiting <= 0.02f) return;
    const float below = top + height(waiting);
    canvas.AddRectFilled({rect.x, top}, {right, below}, ui::theme().panel);
    for (float y = top; y < below; y += px(3)) canvas.AddRectFilled({rect.x, y}, {right, std::min(y + px(1.5f), below)}, of_wait);
}

void paint_stand(const Rect& rect, bool returned) {
    const Theme& theme = ui::theme();
    ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.16f));
    if (rect.w < px(6)) return ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.6f));
    mark::dashed_rect(rect, faded(theme.accent, 0.9f), px(2));
    if (rect.w > px(20))
        mark::gate({returned ? rect.x + px(9) : rect.right() - px(9), rect.y + rect.h / 2}, rect.h * 0.6f, theme.accent, returned);
}

}  // namespace synoptic
