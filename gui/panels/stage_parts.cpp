// What all cards of the stage share: see stage_parts.h.
#include "gui/panels/stage_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>

#include "gui/icons.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_words.h"

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
    const std::string does = doing(*actor);
    if (lines.empty()) return does;
    return does + "\n" + (process->is_app ? actor_label(world, *actor) + " uses" : fmt::format("process {} holds", process->pid)) + lines;
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

float code_width(std::string_view text) {
    return ui::text_width(ui::fonts().code, text);
}

namespace {

constexpr const char* starts = "starts";  // of an actor that has made no call yet
constexpr float gate_w = 18, clock_w = 20, clock_alone_w = 13;

/** A call's words in so much room, and the room of the signs before and behind them. */
struct CallShown {
    ShortCall call;
    std::string text;
    float icon = 0, clock = 0;
    float width = 0;  // of all
};
CallShown shown_call(const StageDraw& draw, const Actor& actor, float room) {
    CallShown shown{short_call(draw.panel.world, draw.panel.history, actor), {}};
    if (actor.state == Actor::State::arrives || actor.state == Actor::State::rests) shown.icon = px(gate_w);
    if (actor.state == Actor::State::blocked) shown.clock = px(clock_w);
    if (shown.call.text.empty()) {
        shown.width = ui::text_width(ui::fonts().text, starts);
        if (shown.width > room) shown.width = 0;
        return shown;
    }
    shown.text = call_words(shown.call, room - shown.icon - shown.clock, code_width);
    if (shown.text.empty() && shown.clock > 0) shown.clock = px(clock_alone_w);
    shown.width = code_width(shown.text) + shown.icon + shown.clock;
    if (shown.width > room) shown = {shown.call, {}, 0, 0, 0};  // not even the sign: the tooltip says it
    return shown;
}

}  // namespace

CallWidths call_widths(const StageDraw& draw, const Actor* actor) {
    if (!actor) return {};
    const CallShown whole = shown_call(draw, *actor, FLT_MAX);
    if (whole.call.text.empty()) return {whole.width, whole.width};
    return {code_width(least_words(whole.call)) + whole.icon + whole.clock, whole.width};
}

float draw_call(const StageDraw& draw, const Actor* actor, float x, float mid_y, float most_width, float opacity, bool right_aligned) {
    if (!actor) return 0;
    const Theme& theme = ui::theme();
    const auto& [call, text, icon, clock, width] = shown_call(draw, *actor, most_width);
    const bool blocked = actor->state == Actor::State::blocked, after = actor->state == Actor::State::rests;
    ImU32 colour = call.open ? theme.text : theme.text_dim;
    if (blocked)
        colour = theme.blocked;
    else if (call.failed)
        colour = theme.trouble;
    else if (after)
        colour = theme.text;
    const float left = right_aligned ? x - width : x;
    if (call.text.empty() && width > 0) mark::text(ui::fonts().text, left, mid_y, faded(theme.text_faint, opacity), starts);
    if (icon > 0) mark::gate({left + px(6), mid_y}, px(10), faded(theme.accent, opacity), after);
    if (!text.empty()) mark::text(ui::fonts().code, left + icon, mid_y, faded(colour, opacity), text);
    if (clock > 0) mark::clock({left + width - px(7), mid_y}, px(5.5f), faded(colour, opacity));
    return width;
}

float draw_badge_or_dot(const Badge& badge, float right, float mid_y, float room, float opacity) {
    if (badge.text.empty()) return 0;
    if (mark::chip_width(badge.text) <= room)
        return mark::chip(right, mid_y, badge.text, faded(badge.colour, opacity), badge.filled, true).w;
    const ImVec2 centre{right - px(5), mid_y};
    if (badge.filled)
        ui::canvas().AddCircleFilled(centre, px(4.5f), faded(badge.colour, opacity), 16);
    else
        ui::canvas().AddCircle(centre, px(4.5f), faded(badge.colour, opacity), 16, px(1.5f));
    return px(12);
}

Touch touch(const StageDraw& draw, const std::string& id, const Rect& rect, const std::string& label, const Selection& about,
            const Actor* actor, const std::string& about_it) {
    Touch result;
    result.over = mark::pointer_over(mark::clipped(rect, draw.area));
    const std::string tip = !result.over ? std::string() : about_it.empty() ? tip_of(draw, actor) : about_it;
    result.clicked = ui::hit(id.c_str(), rect, label, nullptr, tip.c_str());
    if (result.clicked) draw.panel.selection = about;
    if (!result.over) return result;
    // What its menu is used for is looked at in all panes, as after a click.
    const auto open_menu = [&] {
        draw.panel.selection = about;
        open_stage_menu(draw.view, about);
    };
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Right)) open_menu();
    // What is hit last lies on top.
    const Rect dots{rect.right() - px(36), rect.y + px(2), px(32), px(24)};
    if (ui::hit((id + ".menu").c_str(), dots, "menu", &result.over_menu, "what can be done with it (right button)")) open_menu();
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
