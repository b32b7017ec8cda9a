// The stage: servers with their workers, clients, and the wires between them. The layout is computed first (stage_layout.h), then drawn.
#include <algorithm>
#include <cmath>

#include "gui/icons.h"
#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

/** `lesson`: one is open, and starts by itself what it needs. */
void draw_empty(const ui::Rect& area, bool lesson) {
    const std::string_view text = lesson ? "Nothing runs now. The lesson starts what it needs."
                                         : "No server yet. Start one in the toolbar; clients can then join it.";
    ui::record("stage.empty", area, text);
    const float width = std::min(ui::text_width(ui::fonts().text, text), area.w - px(32)) + 1;
    const float height = mark::paragraph(ui::fonts().text, {}, 0, text, width, 4, false);
    const ImVec2 at{std::floor(area.x + (area.w - width) / 2), std::floor(area.y + (area.h - height) / 2)};
    mark::paragraph(ui::fonts().text, at, ui::theme().text_dim, text, width, 4);
}

/** The dashed place below a server's clients where the next one goes. */
void draw_add_client(const StageDraw& draw, const StageGroup& group) {
    const Program* server = find(draw.panel.world, group.server.program);
    if (group.add_client.h <= 0 || !server) return;
    const ui::Rect rect = draw.place(group.add_client);
    if (!draw.visible(rect)) return;
    const Theme& theme = ui::theme();
    bool over = false;
    const std::string id = "stage.add." + id_part(server->label);
    const std::string tip = "another client joins " + server->label;
    if (ui::hit(id.c_str(), rect, "client", &over, tip.c_str())) add_clients_to(draw.panel, server->id, 1);
    if (over) ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.12f), px(6));
    mark::dashed_rect(rect, over ? theme.accent : theme.outline_strong, px(6));
    const float width = ui::text_width(ui::fonts().text, "client") + px(18);
    const float x = rect.x + (rect.w - width) / 2, mid = rect.y + rect.h / 2;
    const ImU32 colour = over ? theme.accent : theme.text_dim;
    draw_icon(ui::canvas(), Icon::plus, {x + px(6), mid}, px(11), colour);
    mark::text(ui::fonts().text, x + px(18), mid, colour, "client");
}

constexpr float fewer_h = 36;  // px at zoom 1, below the cards

/** Stands below the cards, in a strip of its own: a narrow stage has no room for it between them. */
void draw_show_fewer(const StageDraw& draw) {
    const std::string_view text = "show fewer";
    ImFont* font = ui::fonts().small_text;
    const float width = ui::text_width(font, text) + px(20);
    const ui::Rect rect{draw.area.x + (draw.area.w - width) / 2, draw.area.bottom() + px(6), width, px(24)};
    bool over = false;
    if (ui::hit("stage.show_fewer", rect, text, &over, "group the clients again")) draw.view.show_all_clients = false;
    ui::canvas().AddRectFilled(rect.min(), rect.max(), ui::theme().card_raised, px(12));
    imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), over ? ui::theme().accent : ui::theme().outline_strong, px(12), px(1));
    mark::text(font, rect.x + px(10), rect.y + rect.h / 2, over ? ui::theme().text : ui::theme().accent, text);
}

void draw_group(const StageDraw& draw, const StageGroup& group) {
    if (group.bottom + draw.origin.y < draw.area.y || group.top + draw.origin.y > draw.area.bottom()) return;
    if (!group.has_server) {
        const ui::Rect first = group.clients.empty() ? ui::Rect{} : draw.place(group.clients.front().rect);
        mark::text(ui::fonts().text, first.right() + px(24), first.y + first.h / 2, ui::theme().text_faint, "no server");
    }
    draw_tree(draw, group);
    draw_server(draw, group);
    for (const WorkerCard& card : group.workers) draw_worker(draw, card);
    draw_more(draw, group, group.more_workers, group.threads_inside ? "threads" : "workers");
    for (const ClientCard& card : group.clients) draw_client(draw, card);
    draw_more(draw, group, group.more_clients, "clients");
    draw_add_client(draw, group);
}

}  // namespace

void draw_stage(PanelContext& panel, StageView& view, const ui::Rect& pane) {
    const ui::Rect area{pane.x, pane.y, pane.w, pane.h - (view.show_all_clients ? px(fewer_h) : 0)};
    ImGui::PushClipRect(area.min(), area.max(), true);
    StageMeasure measure;
    measure.width = area.w;
    measure.height = area.h;
    measure.scale = ui::scale();
    measure.now_ns = panel.now_ns;
    measure.show_all = view.show_all_clients;
    measure.can_add = !panel.past;
    measure.selected = panel.selection.program;
    measure.dismissed = &view.dismissed;
    // A moment before the run is shown as it was.
    measure.run_began_ns = panel.run && panel.run->began <= panel.world.events ? panel.run->began_ns : 0;
    const StageLayout layout = stage_layout(panel.world, measure);
    if (layout.fading && !panel.past) panel.needs_frame = true;
    if (layout.changes_in_ns > 0 && !panel.past) ui::wake_in(static_cast<double>(layout.changes_in_ns) / 1e9);
    if (layout.empty()) {
        view.show_all_clients = false;
        draw_empty(area, panel.run != nullptr);
    }

    view.scroll = std::clamp(view.scroll, 0.0f, std::max(layout.height - area.h, 0.0f));
    const StageDraw draw{panel, view, layout, area, {area.x, area.y - view.scroll}};
    // A click beside the cards lets go of what is selected; cards are hit later and lie on top.
    if (ui::hit("stage.background", area)) panel.selection = Selection{};
    for (const StageGroup& group : layout.groups) draw_group(draw, group);
    for (const StageWire& wire : layout.wires) draw_wire(draw, wire);
    for (const StageWire& wire : layout.wires) draw_wire_notes(draw, wire);
    draw_segments(draw);
    view.scroll = mark::scroll("stage.scroll", view.scroll, layout.height, area);
    ImGui::PopClipRect();
    if (view.show_all_clients) draw_show_fewer(draw);
    draw_stage_menu(panel, view);
}

}  // namespace synoptic
