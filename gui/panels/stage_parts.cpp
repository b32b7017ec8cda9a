// What all cards of the stage share: see stage_parts.h.
#include "gui/panels/stage_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/icons.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {

using ui::px;
using ui::Rect;

namespace {

constexpr std::uint64_t fresh_ns = 500'000'000;

/** The descriptors that an actor can use, shown while the pointer rests on its card. In the app all threads share one table: only its program's count. */
std::string tip_of(const StageDraw& draw, const Actor* actor) {
    constexpr int most = 12;
    const World& world = draw.panel.world;
    const Process* process = actor ? find(world, actor->process) : nullptr;
    if (!process) return {};
    std::string lines;
    int count = 0;
    for (const auto& [fd, description] : process->fds) {
        const Socket* socket = socket_behind(world, process->id, fd);
        if (!socket || (process->is_app && socket->program != actor->program)) continue;
        if (++count > most) {
            lines += "\n…";
            break;
        }
        lines += fmt::format("\n{}  {}  {}", fd, descriptor_role(world, *socket), socket_badge(*socket));
        if (socket->peer.known()) lines += "  " + socket->peer.text();
        const auto inherited = process->inherited.find(fd);
        if (inherited != process->inherited.end() && inherited->second) lines += ", inherited by fork";
    }
    if (lines.empty()) return {};
    return (process->is_app ? actor_label(world, *actor) + " uses" : fmt::format("process {} holds", process->pid)) + lines;
}

}  // namespace

float freshness(const StageDraw& draw, const Actor* actor) {
    if (!actor) return 0;
    if (draw.panel.world.last_moved == actor->id) return 1;
    if (draw.panel.past) return draw.panel.has_changed(actor->id) ? 0.6f : 0.0f;
    const std::uint64_t age_ns = draw.panel.now_ns > actor->state_since_ns ? draw.panel.now_ns - actor->state_since_ns : 0;
    if (age_ns >= fresh_ns) return 0;
    draw.panel.needs_frame = true;
    return 0.6f * (1 - static_cast<float>(age_ns) / static_cast<float>(fresh_ns));
}

namespace {

/** The call's words, and the room of the signs before and behind them. */
struct CallShown {
    ShortCall call;
    std::string text;
    float icon = 0, clock = 0;
};
CallShown shown_call(const StageDraw& draw, const Actor& actor) {
    CallShown shown{short_call(draw.panel.world, draw.panel.history, actor), {}};
    shown.text = shown.call.result.empty() ? shown.call.text : shown.call.text + " " + shown.call.result;
    if (actor.state == Actor::State::arrives || actor.state == Actor::State::rests) shown.icon = px(18);
    if (actor.state == Actor::State::blocked) shown.clock = px(20);
    return shown;
}

}  // namespace

float call_width(const StageDraw& draw, const Actor* actor, float most_width) {
    if (!actor) return 0;
    const CallShown shown = shown_call(draw, *actor);
    if (shown.call.text.empty()) return ui::text_width(ui::fonts().text, "starts");
    const float signs = shown.icon + shown.clock;
    return std::min(ui::text_width(ui::fonts().code, shown.text), std::max(most_width - signs, px(10))) + signs;
}

float draw_call(const StageDraw& draw, const Actor* actor, float x, float mid_y, float most_width, float opacity, bool right_aligned) {
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().code;
    if (!actor) return 0;
    const CallShown shown = shown_call(draw, *actor);
    const ShortCall& call = shown.call;
    if (call.text.empty()) {
        const char* text = "starts";
        const float width = ui::text_width(ui::fonts().text, text);
        mark::text(ui::fonts().text, right_aligned ? x - width : x, mid_y, faded(theme.text_faint, opacity), text);
        return width;
    }
    const bool blocked = actor->state == Actor::State::blocked, after = actor->state == Actor::State::rests;
    ImU32 colour = call.open ? theme.text : theme.text_dim;
    if (blocked)
        colour = theme.blocked;
    else if (call.failed)
        colour = theme.trouble;
    else if (after)
        colour = theme.text;
    const auto& [_, text, icon, clock] = shown;
    const float room = std::max(most_width - icon - clock, px(10));
    const float width = std::min(ui::text_width(font, text), room);
    const float left = right_aligned ? x - width - icon - clock : x;
    if (icon > 0) mark::gate({left + px(6), mid_y}, px(10), faded(theme.accent, opacity), after);
    mark::text(font, left + icon, mid_y, faded(colour, opacity), text, room);
    if (clock > 0) mark::clock({left + icon + width + px(12), mid_y}, px(5.5f), faded(colour, opacity));
    return width + icon + clock;
}

Touch touch(const StageDraw& draw, const std::string& id, const Rect& rect, const std::string& label, const Selection& about,
            const Actor* actor, const std::string& trouble) {
    Touch result;
    result.over = mark::pointer_over(mark::clipped(rect, draw.area));
    const std::string tip = !result.over ? std::string() : trouble.empty() ? tip_of(draw, actor) : trouble;
    result.clicked = ui::hit(id.c_str(), rect, label, nullptr, tip.c_str());
    if (result.clicked) draw.panel.selection = about;
    if (!result.over) return result;
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Right)) open_stage_menu(draw.view, about);
    // What is hit last lies on top.
    const Rect dots{rect.right() - px(36), rect.y + px(2), px(32), px(24)};
    if (ui::hit((id + ".menu").c_str(), dots, "menu", &result.over_menu, "what can be done with it (right button)"))
        open_stage_menu(draw.view, about);
    return result;
}

void draw_frame(const Rect& rect, ImU32 fill, float opacity, bool selected, bool over, ImU32 bar) {
    const Theme& theme = ui::theme();
    const ImU32 line = over ? theme.outline_strong : theme.outline;
    ui::draw_card(rect, faded(fill, opacity), faded(line, opacity), bar);
    if (selected) mark::outline(rect, faded(theme.accent, opacity), px(2));
}

void draw_menu_dots(const Rect& rect, const Touch& touched) {
    const ImVec2 centre{rect.right() - px(20), rect.y + px(14)};
    if (touched.over_menu)
        ui::canvas().AddRectFilled({centre.x - px(14), centre.y - px(10)}, {centre.x + px(14), centre.y + px(10)},
                                   faded(ui::theme().text, 0.14f), px(5));
    draw_icon(ui::canvas(), Icon::more, centre, px(15), ui::theme().text);
}

/** What the kernel's table says of a connected socket; empty where it has not said. A state that only a segment lets expect is outlined. */
Badge table_badge(const World& world, const Socket& socket) {
    const TcpEnd* end = tcp_end(world, socket.id);
    if (!end || end->state == TcpState::none) return {};
    const Theme& theme = ui::theme();
    Badge badge{name_of(end->state), theme.text_dim, false};
    if (end->state == TcpState::established)
        badge = {badge.text, theme.alive, true};
    else if (end->state == TcpState::syn_sent || end->state == TcpState::syn_rcvd)
        badge.colour = theme.blocked;
    if (end->known == Known::inferred) badge = {badge.text + "?", badge.colour, false};
    return badge;
}

Badge badge_of(const World& world, const Socket* socket, const Connection* connection) {
    const Theme& theme = ui::theme();
    if (!socket) return {};
    Badge badge{socket_badge(*socket), theme.alive, true};
    if (socket->reset || socket->state == Socket::State::failed)
        badge.colour = theme.trouble;
    else if (connection && connection->state == Connection::State::queued && socket->state == Socket::State::connected)
        return {connection->queued_known == Known::observed ? "IN QUEUE" : "NOT ACCEPTED", theme.client, false};
    else if (Badge told = table_badge(world, *socket); !told.text.empty() && socket->state != Socket::State::closed)
        return told;
    else if (socket->state == Socket::State::listening)
        badge.colour = theme.listening;
    else if (socket->state == Socket::State::connecting)
        badge = {badge.text, theme.blocked, false};
    else if (socket->state != Socket::State::connected || socket->end_of_file)
        badge = {badge.text, theme.text_dim, false};
    return badge;
}

}  // namespace synoptic
