// The Timeline: everybody over time, from microseconds to days. Calls are bars, the part in which the kernel let them sleep is hatched; segments, rows and
// syncs are marks. What is too narrow to be seen is folded, and a fold says what it holds. Frames touch what is seen, not what has happened.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/model/segment_fact.h"
#include "gui/panel.h"
#include "gui/panels/marks.h"
#include "gui/panels/timeline_axis.h"
#include "gui/panels/timeline_names.h"
#include "gui/panels/timeline_paint.h"
#include "gui/panels/timeline_steer.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float bar_h = 36, axis_h = 22, scroll_w = 12, fold_w = 4;
constexpr EventIndex most_fresh = 32;     // events that made the moment; the last ones, where a table told much at once
constexpr double shortest_tick_s = 0.25;  // between frames that are drawn for nothing but the time that passes

class TimelinePainter {
   public:
    TimelinePainter(PanelContext& panel, TimelineView& view, const Rect& area)
        : panel_(panel), view_(view), index_(view.index), area_(area), moment_{panel.history, 0, 0, !panel.past} {
        const float names = std::clamp(area.w * 0.17f, px(84), px(150)), top = px(bar_h + axis_h);
        axis_ = {area.x + names, area.y + px(bar_h), std::max(area.w - names - px(scroll_w), px(60)), px(axis_h)};
        body_ = {area.x, area.y + top, area.w, std::max(area.h - top, px(24))};
        plot_ = {axis_.x, body_.y, axis_.w, body_.h};
    }

    void paint() {
        const bool indexed = index_.update(panel_.history);
        if (!indexed) panel_.needs_frame = true;
        if (view_.folds_of != &panel_.history) view_.folds = FoldMemo();
        view_.folds_of = &panel_.history;
        moment_.limit = std::min<EventIndex>(panel_.world.events, panel_.history.size());
        moment_.now_ns = now_ns();
        if (index_.lanes().empty() || (panel_.past && moment_.limit == 0)) return paint_empty(indexed);
        TimelineSteering steering(view_, !panel_.past, moment_.now_ns);
        steering.do_keys();
        steering.follow();
        place_window();
        paint_bar(steering);
        steering.take_pointer({area_.x, axis_.y, area_.w, area_.bottom() - axis_.y}, {axis_.x, axis_.y, axis_.w, axis_.h + plot_.h});
        if (steering.changed()) panel_.needs_frame = true;
        pointer_in_ = mark::pointer_over(plot_);
        scale_ = {view_.window, plot_.x, plot_.w};
        const TimelineAxis axis{scale_, axis_, plot_};
        paint_timeline_axis(axis, moment_);
        paint_lanes();
        paint_timeline_moment(axis, moment_);
        use_pointer();
        if (!(view_.pressed && view_.dragged)) paint_timeline_pointer(axis, index_);
        keep_moving();
    }

   private:
    std::uint64_t now_ns() const {
        if (panel_.past) return index_.since_began(panel_.world.time_ns);
        const bool goes_on = live_actor_count(panel_.world) > 0;
        return goes_on ? std::max(index_.since_began(panel_.now_ns), index_.latest_ns()) : index_.latest_ns();
    }

    void paint_empty(bool indexed) const {
        const char* text = !indexed      ? "Reading what has happened so far …"
                           : panel_.past ? "Nothing had happened yet."
                                         : "Nothing has happened yet. Once a program runs, its calls are drawn here over time.";
        mark::paragraph(ui::fonts().text, {area_.x + px(16), area_.y + px(18)}, ui::theme().text_dim, text, area_.w - px(32));
        ui::record("timeline.empty", area_, text);
    }

    // ---- which stretch of time -------------------------------------------------------------------------------------------------------------
    void place_window() {
        const EventIndex moment = panel_.past ? moment_.limit : no_event;
        if (moment != view_.moment && panel_.past) view_.window = with_in_sight(view_.window, moment_.now_ns);
        view_.moment = moment;
        const EventIndex wanted = chosen_event();
        chosen_ = index_.find(panel_.history, wanted);
        if (chosen_.track && chosen_.track->event(chosen_.span) >= moment_.limit) chosen_ = {};
        if (view_.sighted == wanted) return;
        view_.sighted = wanted;
        if (!chosen_.track) return;
        const TimeWindow sighted = with_in_sight(view_.window, chosen_.track->begin_ns(chosen_.span));
        if (!(sighted == view_.window)) view_.follow = false;
        view_.window = sighted;
        lane_in_sight_ = true;
    }

    /** The selected event; of a segment that was selected elsewhere what sent it. */
    EventIndex chosen_event() const {
        const WireSegment* segment = find(panel_.world, panel_.selection.segment);
        if (segment) return segment->sent_event;
        return panel_.selection.event;
    }

    // ---- the bar ---------------------------------------------------------------------------------------------------------------------------
    void paint_bar(TimelineSteering& steering) {
        float right = area_.right() - px(12);
        const auto place = [&](const ui::Face& face) {
            right -= ui::button_width(face);
            ImGui::SetCursorScreenPos({right, area_.y + px(5)});
            right -= px(6);
        };
        ui::Face face;
        face.height = 26;
        face.label = "Follow";
        place(face);
        if (ui::icon_toggle("timeline.follow", face.label, &view_.follow, "what happens now stays in sight")) panel_.needs_frame = true;
        face.label = "Fit";
        place(face);
        if (ui::button("timeline.fit", face, "all from the beginning (0)")) steering.fit();
        face.label = "";
        face.icon = Icon::plus;
        place(face);
        if (ui::button("timeline.in", face, "nearer: less time, more of it (+, or the wheel)")) steering.nearer();
        face.icon = Icon::minus;
        place(face);
        if (ui::button("timeline.out", face, "farther: more time (−, or the wheel)")) steering.farther();
        const float mid = area_.y + px(18), left = area_.x + px(14);
        const std::string text = fmt::format("{} shown", duration(static_cast<std::uint64_t>(view_.window.span_ns)));
        const float width = mark::text(ui::fonts().small_text, left, mid, ui::theme().text_dim, text, right - left);
        ui::record("timeline.span", {left, area_.y, width, px(bar_h)}, text);
        paint_timeline_legend(left + width + px(20), right - px(8), mid);
    }

    // ---- the lanes -------------------------------------------------------------------------------------------------------------------------
    void paint_lanes() {
        places_ = place_lanes(index_, moment_.limit, view_.window, ui::scale());
        scroll_to_chosen();
        const float most = std::max(places_.height - body_.h, 0.0f);
        view_.scroll_y = std::clamp(view_.scroll_y, 0.0f, most);
        const std::uint64_t cell_ns = fold_cell_ns(scale_.ns_per_px() * static_cast<double>(px(fold_w)));
        const TimelineSheet sheet{
            index_, view_.folds, moment_, scale_, plot_, cell_ns, chosen_, fresh(), panel_.row, pointer_in_, ImGui::GetIO().MousePos};
        for (const PlacedLane& placed : places_.lanes) {
            const Rect rect{body_.x, body_.y + placed.y - view_.scroll_y, body_.w, placed.h};
            if (rect.bottom() < body_.y || rect.y > body_.bottom()) continue;
            const TimelineLane& lane = index_.lanes()[placed.lane];
            ImGui::PushClipRect(body_.min(), body_.max(), true);
            paint_timeline_name(panel_, index_, moment_, lane, rect, plot_.x);
            ImGui::PushClipRect(plot_.min(), plot_.max(), true);
            paint_timeline_lane(sheet, lane, rect, pointed_);
            ImGui::PopClipRect();
            ImGui::PopClipRect();
        }
        if (places_.lanes.empty()) {
            const char* text = "Nobody lived at this time. Fit (0) shows all.";
            mark::text(ui::fonts().text, plot_.x + px(12), plot_.y + px(18), ui::theme().text_dim, text, plot_.w - px(24));
        }
    }

    /** Where the events stand that made this moment of the past. */
    std::vector<TimelineIndex::Place> fresh() const {
        std::vector<TimelineIndex::Place> places;
        if (!panel_.before) return places;
        const EventIndex from = std::max(panel_.before->events, moment_.limit - std::min(moment_.limit, most_fresh));
        for (EventIndex event = from; event < moment_.limit; ++event) {
            const Event told = panel_.history.event(event);
            for (const EventIndex at : {event, begun_before(told)}) {
                const TimelineIndex::Place place = index_.find(panel_.history, at);
                if (place.track) places.push_back(place);
            }
        }
        return places;
    }

    /** What a fact goes on with: the sending of its segment, the call in which somebody sleeps; no_event if it stands for itself. */
    EventIndex begun_before(const Event& fact) const {
        if (tells_of_segment(fact.kind)) {
            const WireSegment* segment = find(panel_.world, WireId{fact.socket});
            return segment ? segment->sent_event : no_event;
        }
        if (fact.kind != EventKind::blocked) return no_event;
        const Actor* actor = find(panel_.world, ActorId{static_cast<std::uint32_t>(fact.a)});
        return actor && !actor->calls.empty() ? actor->calls.back().enter : no_event;
    }

    void scroll_to_chosen() {
        if (!lane_in_sight_) return;
        for (const PlacedLane& placed : places_.lanes) {
            if (placed.lane != chosen_.lane) continue;
            if (placed.y < view_.scroll_y || placed.y + placed.h > view_.scroll_y + body_.h)
                view_.scroll_y = placed.y - (body_.h - placed.h) / 2;
        }
    }

    // ---- the pointer -----------------------------------------------------------------------------------------------------------------------
    /** What is under the pointer is named; a click selects it, a second one shows its moment, or what a fold holds. */
    void use_pointer() {
        const std::string story = pointer_in_ ? story_at_pointer() : std::string();
        bool hovered = false;
        if (pointed_.track) ui::keep_clear(mark::clipped(pointed_.rect, plot_));
        const bool clicked = ui::hit("timeline.plot", plot_, story.substr(0, story.find('\n')), &hovered, story.c_str());
        const float before = view_.scroll_y;
        view_.scroll_y =
            mark::scroll("timeline.scroll", before, places_.height, {body_.right() - px(scroll_w), body_.y, px(scroll_w), body_.h});
        const bool one = pointed_.track && !pointed_.piece.folded();
        if (clicked && !view_.dragged && one) select(pointed_.track->event(pointed_.piece.first));
        if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) open_pointed(one);
        const bool over = mark::pointer_over(area_);
        if (over && ui::enter_pressed() && panel_.selection.event != no_event) panel_.jump_to = panel_.selection.event + 1;
    }

    void select(EventIndex event) {
        panel_.selection = select_event(panel_.world, panel_.history, event);
        view_.sighted = event;
        panel_.needs_frame = true;
    }

    void open_pointed(bool one) {
        if (one) {
            panel_.jump_to = pointed_.track->event(pointed_.piece.first) + 1;
        } else if (pointed_.track) {
            const auto stretch_ns = static_cast<double>(pointed_.piece.end_ns - pointed_.piece.begin_ns);
            const double span_ns = std::max(stretch_ns * 1.2, least_span_ns);
            view_.window = {static_cast<double>(pointed_.piece.begin_ns) - (span_ns - stretch_ns) / 2, span_ns};
            view_.follow = false;
            panel_.needs_frame = true;
        } else {
            panel_.jump_to = event_after(scale_.ns_at(ImGui::GetIO().MousePos.x));
        }
    }

    /** The first event that is later than this; times of events hardly ever go back. */
    EventIndex event_after(std::uint64_t at_ns) const {
        EventIndex low = 0, high = panel_.history.size();
        while (low < high) {
            const EventIndex middle = low + (high - low) / 2;
            if (index_.since_began(panel_.history.event(middle).time) > at_ns)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    std::string story_at_pointer() const {
        if (pointed_.track) {
            const SeenTrack seen = seen_track(*pointed_.track, moment_, pointed_.calls);
            const SpanTrack none;
            const SeenTrack waits = seen_track(pointed_.waits ? *pointed_.waits : none, moment_);
            if (pointed_.piece.folded())
                return fold_story(index_, moment_, *pointed_.lane, seen, waits, pointed_.piece) + "\nDouble-click: nearer";
            return span_story(index_, moment_, *pointed_.lane, seen, waits, pointed_.piece.first);
        }
        const ImVec2 pointer = ImGui::GetIO().MousePos;
        return gap_at(pointer);
    }

    std::string gap_at(ImVec2 pointer) const {
        for (const PlacedLane& placed : places_.lanes) {
            const float y = body_.y + placed.y - view_.scroll_y;
            if (pointer.y < y || pointer.y >= y + placed.h) continue;
            return gap_story(index_, moment_, index_.lanes()[placed.lane], scale_.ns_at(pointer.x));
        }
        return {};
    }

    /** What is open grows, and the time that is shown goes on, as often as that can be seen. */
    void keep_moving() const {
        if (panel_.past || live_actor_count(panel_.world) == 0) return;
        if (!view_.follow && static_cast<double>(moment_.now_ns) > view_.window.to_ns()) return;
        ui::wake_in(std::max(scale_.ns_per_px() * 4e-9, shortest_tick_s));
    }

    PanelContext& panel_;
    TimelineView& view_;
    TimelineIndex& index_;
    Rect area_, axis_, body_, plot_;
    TimelineMoment moment_;
    TimeScale scale_;
    TimelineIndex::Place chosen_;
    TimelinePointed pointed_;
    bool pointer_in_ = false, lane_in_sight_ = false;
    LanePlaces places_;
};

}  // namespace

void draw_timeline(PanelContext& panel, TimelineView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    TimelinePainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
