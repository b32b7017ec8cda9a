// The stage's wires, the tree that joins a server to its workers, and the dots of those that have no card.
#include <fmt/format.h>

#include <algorithm>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

void draw_flow(const mark::Curve& curve, bool to_server, float lit) {
    if (lit <= 0) return;
    const Theme& theme = ui::theme();
    mark::draw_curve(curve, faded(theme.alive, 0.35f * lit), px(7));
    mark::draw_arrow(curve, to_server ? 0.56f : 0.44f, to_server, theme.alive, px(11));
}

void draw_flows(const StageDraw& draw, const mark::Curve& curve, const Connection& connection) {
    draw_flow(curve, true, glow(draw, connection.last_to_server_ns, flow_ns));
    draw_flow(curve, false, glow(draw, connection.last_to_client_ns, flow_ns));
}

void draw_plug(ImVec2 at, ImU32 colour) {
    ui::canvas().AddCircleFilled(at, px(3.5f), colour, 16);
}

void draw_bundle(const StageDraw& draw, const StageWire& wire, const mark::Curve& curve) {
    const bool waits = wire.to == StageWire::To::queue;
    const ImU32 colour = waits ? ui::theme().client : ui::theme().alive;
    const float lit = std::max(glow(draw, wire.last_to_server_ns, flow_ns), glow(draw, wire.last_to_client_ns, flow_ns));
    if (lit > 0) mark::draw_curve(curve, faded(colour, 0.3f * lit), px(16));
    for (int strand = -1; strand <= 1; ++strand) {
        const float shift = px(4) * static_cast<float>(strand);
        const auto moved = [shift](ImVec2 point) { return ImVec2{point.x, point.y + shift}; };
        const mark::Curve one{moved(curve.from), moved(curve.from_control), moved(curve.to_control), moved(curve.to)};
        if (waits)
            mark::draw_dashed(one, faded(colour, 0.75f), px(1.5f), px(7), px(6));
        else
            mark::draw_curve(one, faded(colour, 0.75f), px(1.5f));
    }
    draw_note(curve.at(0.5f), fmt::format("× {}", wire.bundled), colour, 1, px(90));
}

/** A wire to where one cannot see: only its beginning, that fades, lest hundreds of them cover each other. */
void draw_stub(const StageDraw& draw, const StageWire& wire, ImVec2 from, ImVec2 to) {
    const bool sees_client = from.y >= draw.area.y && from.y <= draw.area.bottom();
    const bool sees_server = to.y >= draw.area.y && to.y <= draw.area.bottom();
    if (sees_client == sees_server) return;
    const ImVec2 at = sees_client ? from : to;
    const float towards = sees_client ? 1.0f : -1.0f, down = (to.y > from.y) == sees_client ? 1.0f : -1.0f;
    const ImU32 colour = wire.to == StageWire::To::queue ? ui::theme().client : ui::theme().alive;
    constexpr int pieces = 8;
    const auto point = [&](int piece) {
        const float share = static_cast<float>(piece) / pieces;
        return ImVec2{at.x + towards * px(34) * share, at.y + down * px(12) * share * share};
    };
    for (int piece = 0; piece < pieces; ++piece) {
        ui::canvas().AddLine(point(piece), point(piece + 1), faded(colour, 0.85f * (1 - static_cast<float>(piece) / pieces)), px(2));
    }
    draw_plug(at, colour);
}

}  // namespace

void draw_wire(const StageDraw& draw, const StageWire& wire) {
    const Theme& theme = ui::theme();
    const ImVec2 from = draw.place(wire.from), to = draw.place(wire.at);
    if (std::max(from.y, to.y) < draw.area.y - px(20) || std::min(from.y, to.y) > draw.area.bottom() + px(20)) return;
    const mark::Curve curve = mark::curve_between({from.x + px(1), from.y}, to);
    if (std::min(from.y, to.y) < draw.area.y - px(40) || std::max(from.y, to.y) > draw.area.bottom() + px(40))
        return draw_stub(draw, wire, from, to);
    if (wire.bundled > 1) return draw_bundle(draw, wire, curve);
    const World& world = draw.panel.world;
    const Connection* connection = find(world, wire.connection);
    if (!connection) {  // connect has not returned
        mark::draw_dashed(curve, faded(theme.blocked, 0.8f), px(1.5f), px(2), px(6));
        return draw_plug(from, theme.blocked);
    }
    const Socket* client = find(world, connection->client);
    const Socket* server = find(world, connection->server);
    const bool reset = (client && client->reset) || (server && server->reset);
    const bool selected = concerns(world, draw.panel.selection, *connection);
    const float wide = px(selected ? 3.5f : 2.0f);
    const bool queued = wire.to == StageWire::To::queue;
    ImU32 colour = theme.alive;
    if (queued) colour = theme.client;
    if (reset) colour = theme.trouble;
    if (reset) {
        mark::draw_dashed(curve, colour, wide, px(9), px(6));
        const ImVec2 middle = curve.at(0.5f);
        ui::canvas().AddCircleFilled(middle, px(9), theme.panel, 20);
        mark::cross(middle, px(10), colour);
    } else if (connection->state == Connection::State::closing || connection->state == Connection::State::closed) {
        colour = faded(theme.trouble, connection->state == Connection::State::closed ? 0.4f : 0.85f);
        mark::draw_dashed(curve, colour, px(1.6f), px(8), px(6));
    } else if (queued) {
        mark::draw_dashed(curve, colour, wide, px(7), px(6));
    } else {
        mark::draw_curve(curve, selected ? colour : faded(colour, 0.85f), wide);
    }
    draw_plug(from, colour);
    draw_plug(to, colour);
    draw_flows(draw, curve, *connection);
}

void draw_tree(const StageDraw& draw, const StageGroup& group) {
    if (group.threads_inside || group.workers.empty()) return;
    const ImU32 colour = faded(ui::theme().server, 0.55f);
    const Rect head = draw.place(group.server.head);
    const float x = head.right() - px(9), line = px(1.5f);
    float last = head.bottom();
    const auto branch = [&](const Rect& rect) {
        const float mid = rect.y + rect.h / 2;
        ui::canvas().AddLine({rect.right(), mid}, {x, mid}, colour, line);
        last = mid;
    };
    for (const WorkerCard& card : group.workers) {
        if (!card.inside) branch(draw.place(card.rect));
    }
    if (!group.more_workers.dots.empty()) branch(draw.place(group.more_workers.rect));
    ui::canvas().AddLine({x, head.bottom()}, {x, last}, colour, line);
}

namespace {

ImU32 colour_of(DotTint tint) {
    const Theme& theme = ui::theme();
    switch (tint) {
        case DotTint::moves:
            return theme.alive;
        case DotTint::blocked:
            return mixed(theme.card_raised, theme.blocked, 0.5f);  // most are: that is no news
        case DotTint::waits:
            return theme.accent;
        case DotTint::trouble:
            return theme.trouble;
    }
    return theme.text_faint;
}

void select_dot(const StageDraw& draw, const Dot& dot) {
    const World& world = draw.panel.world;
    if (dot.program != ProgramId::none)
        draw.panel.selection = select_program(world, dot.program);
    else if (find(world, dot.actor))
        draw.panel.selection = select_actor(world, dot.actor);
    else
        draw.panel.selection = select_process(world, dot.process);
}

std::string dot_tip(const StageDraw& draw, const Dot& dot) {
    const World& world = draw.panel.world;
    const Program* program = find(world, dot.program);
    const Actor* actor = find(world, dot.actor);
    const std::string who = program ? program->label : actor ? actor_label(world, *actor) : "";
    if (program && !program->trouble.empty()) return who + ": " + program->trouble;
    return actor ? fmt::format("{}: {}", who, doing(*actor)) : who;
}

}  // namespace

void draw_more(const StageDraw& draw, const StageGroup& group, const MoreCard& more, const char* what) {
    if (more.dots.empty()) return;
    const Rect rect = draw.place(more.rect);
    if (!draw.visible(rect)) return;
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const bool clients = &more == &group.more_clients;
    const Program* server = find(draw.panel.world, group.server.program);
    const std::string id = fmt::format("stage.more.{}.{}", clients ? "clients" : "workers", server ? id_part(server->label) : "none");
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const std::size_t under = more.dot_at({mouse.x - draw.origin.x, mouse.y - draw.origin.y});
    const bool on_dot = under < more.dots.size() && mark::pointer_over(draw.area);

    const float inner = rect.w - px(24);
    const std::string link = inner > px(160) ? "show all" : "all";
    const float link_w = clients ? ui::text_width(fonts.small_text, link) + px(10) : 0;
    const float one = rect.y + px(14), two = rect.y + px(32);
    const Rect link_rect{rect.right() - px(8) - link_w, one - px(10), link_w + px(2), px(20)};
    std::string text = fmt::format("+ {} more {}", more.dots.size(), what), states;
    for (const auto& [state, count] : more.doing) states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, state);
    const std::string tip = on_dot ? dot_tip(draw, more.dots[under]) : text + ": " + states;
    if (ui::hit(id.c_str(), rect, text + ": " + states, nullptr, tip.c_str()) && on_dot) select_dot(draw, more.dots[under]);
    bool over_link = false;
    if (clients && ui::hit("stage.show_all", link_rect, link, &over_link, "a line for each client")) draw.view.show_all_clients = true;

    ui::draw_card(rect, clients || !group.threads_inside ? theme.card : theme.card_raised, theme.outline, 0);
    const auto strong_width = [&](std::string_view words) { return ui::text_width(fonts.strong, words); };
    const std::string count = fmt::format("+ {}", more.dots.size());
    mark::text(fonts.strong, rect.x + px(12), one, theme.text, fitting({text, count + " more", count}, inner - link_w, strong_width));
    if (clients) mark::text(fonts.small_text, link_rect.x + px(6), one, over_link ? theme.text : theme.accent, link);
    mark::text(fonts.small_text, rect.x + px(12), two, theme.text_dim, states, inner);
    for (std::size_t at = 0; at < more.dots.size(); ++at) {
        const Rect dot = draw.place(more.dot_rect(at));
        if (!draw.visible(dot)) continue;
        ui::canvas().AddRectFilled(dot.min(), dot.max(), colour_of(more.dots[at].tint), dot.w * 0.25f);
        if (on_dot && at == under)
            imgui::stroke_rect(ui::canvas(), {dot.x - 2, dot.y - 2}, {dot.right() + 2, dot.bottom() + 2}, theme.text, dot.w * 0.4f,
                               px(1.5f));
    }
}

}  // namespace synoptic
