#include "gui/panels/timeline_names.h"

#include "gui/panels/marks.h"
#include "gui/panels/timeline_layout.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

bool is_of_selection(const PanelContext& panel, const TimelineLane& lane) {
    const Selection& chosen = panel.selection;
    if (lane.kind != TimelineLane::Kind::actor || chosen.empty()) return false;
    const Actor* actor = find(panel.world, lane.actor);
    return actor ? concerns(panel.world, chosen, *actor) : chosen.actor == lane.actor;
}

}  // namespace

void paint_timeline_name(PanelContext& panel, const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane,
                         const Rect& rect, float right) {
    const Theme& theme = ui::theme();
    const std::string label = lane_label(index, lane);
    const Rect name{rect.x, rect.y, right - rect.x, rect.h};
    const std::string story = mark::pointer_over(name) ? lane_story(index, moment, lane) : std::string();
    bool over = false;
    if (ui::hit(("timeline.name." + id_part(label)).c_str(), name, label, &over, story.c_str()) && lane.kind == TimelineLane::Kind::actor)
        panel.selection = select_actor(panel.world, lane.actor);
    const bool lived = panel.is_new(lane.began) || panel.is_new(lane.ended) || panel.is_new(lane.zombie) || panel.is_new(lane.reaped);
    if (lived) {
        mark::lit(rect);
        ui::record("timeline.name." + id_part(label) + ".new", name, label);
    } else if (is_of_selection(panel, lane)) {
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.09f));
        ui::canvas().AddRectFilled(rect.min(), {rect.x + px(3), rect.bottom()}, theme.accent);
    } else if (over) {
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.text, 0.05f));
    }
    ui::canvas().AddRectFilled({rect.x, rect.bottom() - 1}, rect.max(), faded(theme.outline, 0.6f));
    const bool of_server = lane.kind == TimelineLane::Kind::actor && index.makers().maker(lane.actor).is_server;
    const bool ended = lane.ended < moment.limit;
    ImU32 colour = lane.kind != TimelineLane::Kind::actor ? theme.text_dim : of_server ? theme.server : theme.client;
    if (ended) colour = mixed(colour, theme.text_faint, 0.7f);
    const RowPlace row = place_row(lane, 0, ui::scale());
    const float left = rect.x + px(14) + (lane.indented ? px(12) : 0);
    ImFont* font = lane.indented || lane.kind != TimelineLane::Kind::actor ? ui::fonts().small_text : ui::fonts().strong;
    mark::text(font, left, rect.y + row.y + row.h / 2, colour, label, right - left - px(6));
}

}  // namespace synoptic
