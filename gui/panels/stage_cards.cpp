// The stage's cards: see stage_cards.h.
#include "gui/panels/stage_cards.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/trace/format.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

struct ClientWords {
    std::string label, number, descriptor;
    Badge badge;
    std::string trouble;
};

ClientWords client_words(const StageDraw& draw, const ClientCard& card, const Actor* actor) {
    const World& world = draw.panel.world;
    ClientWords words;
    const Program* program = find(world, card.program);
    const Socket* socket = find(world, card.socket);
    const Connection* connection = find(world, card.connection);
    if (!program) {
        // Another program of this machine is named as what it is, where /proc tells.
        const TcpEnd* end = connection ? tcp_ends_of(world, *connection).first : nullptr;
        const bool named = end && !end->owner.empty();
        words.label = named ? end->owner : "outside";
        words.number = connection ? connection->client_address.text() : "";
        words.descriptor = named ? fmt::format("not started here, pid {}", end->owner_pid) : "another program";
        return words;
    }
    words.label = program->label;
    if (actor) words.number = actor_number(world, *actor);
    words.badge = badge_of(world, socket, connection);
    words.trouble = program->trouble;
    const int fd = socket && actor ? descriptor_number(world, actor->process, *socket) : -1;
    if (fd >= 0) words.descriptor = fmt::format("fd {}", fd);
    if (!words.trouble.empty())
        words.badge = {"FAILED", ui::theme().trouble, true};
    else if (program->state == Program::State::ended)
        words.badge = {"ENDED", ui::theme().text_dim, false};
    return words;
}

/** The badge, or where it has no room a dot in its colour. Returns its width. */
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

}  // namespace

void draw_client(const StageDraw& draw, const ClientCard& card) {
    const Rect rect = draw.place(card.rect);
    if (!draw.visible(rect)) return;
    const World& world = draw.panel.world;
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const Actor* actor = find(world, card.actor);
    const ClientWords words = client_words(draw, card, actor);
    const float opacity = card.opacity * (card.program == ProgramId::none ? 0.75f : 1.0f);

    Selection about = select_program(world, card.program);
    if (card.program == ProgramId::none) about.connection = card.connection;
    const std::string id = card.program == ProgramId::none ? "stage.outside." + words.number : "stage." + id_part(words.label);
    const Touch touched = touch(draw, id, rect, words.label, about, actor, words.trouble);
    const Selection& chosen = draw.panel.selection;
    const bool by_line = chosen.source.line > 0 && actor && concerns(world, chosen, *actor);
    const bool selected = card.program != ProgramId::none ? by_line || chosen.program == card.program : chosen.connection == card.connection;
    const ImU32 fill = mixed(theme.card, theme.highlight, freshness(draw, actor));
    draw_frame(rect, fill, opacity, selected, touched.over,
               faded(card.program == ProgramId::none ? theme.outline_strong : theme.client, opacity));

    const float left = rect.x + px(15), right = rect.right() - px(12), inner = right - left;
    const ImU32 text = faded(theme.text, opacity), dim = faded(theme.text_dim, opacity), faint = faded(theme.text_faint, opacity);
    if (draw.layout.shape == CardShape::full) {
        const float one = rect.y + px(18), two = rect.y + px(38), three = rect.y + px(60);
        const float label = mark::text(fonts.strong, left, one, text, words.label, inner);
        if (touched.over)
            draw_menu_dots(rect, touched);
        else if (!words.trouble.empty())
            draw_badge_or_dot(words.badge, right, one, inner - label - px(8), opacity);
        else if (ui::text_width(fonts.code_small, words.number) <= inner - label - px(10))
            mark::text_right(fonts.code_small, right, one, faint, words.number);
        if (!words.trouble.empty()) {
            mark::paragraph(fonts.small_text, {left, rect.y + px(32)}, faded(theme.trouble, opacity), words.trouble, inner, 2);
            return;
        }
        draw_call(draw, actor, left, two, inner, opacity);
        const float badge = draw_badge_or_dot(words.badge, right, three, inner, opacity);
        if (ui::text_width(fonts.code_small, words.descriptor) <= inner - badge - px(6))
            mark::text(fonts.code_small, left, three, dim, words.descriptor);
    } else if (draw.layout.shape == CardShape::medium) {
        const float one = rect.y + px(16), two = rect.y + px(36);
        const float label = mark::text(fonts.strong, left, one, text, words.label, inner);
        if (touched.over)
            draw_menu_dots(rect, touched);
        else
            draw_badge_or_dot(words.badge, right, one, inner - label - px(8), opacity);
        const bool numbered = inner > px(170);
        if (numbered) mark::text_right(fonts.code_small, right, two, faint, words.number);
        draw_call(draw, actor, left, two, inner - (numbered ? ui::text_width(fonts.code_small, words.number) + px(10) : 0), opacity);
    } else {
        const float mid = rect.y + rect.h / 2;
        const float label = std::max(mark::text(fonts.strong, left, mid, text, words.label, inner) + px(10), px(72));
        float end = right;
        if (touched.over) {
            draw_menu_dots(rect, touched);
            end = rect.right() - px(36);
        } else if (words.badge.text != "CONNECTED" && words.badge.text != name_of(TcpState::established) && !words.badge.text.empty() && inner > px(210)) {
            end = mark::chip(right, mid, words.badge.text, faded(words.badge.colour, opacity), words.badge.filled, true).x - px(8);
        }
        draw_call(draw, actor, left + label, mid, end - left - label, opacity);
    }
}

void draw_worker(const StageDraw& draw, const WorkerCard& card) {
    const Rect rect = draw.place(card.rect);
    if (!draw.visible(rect)) return;
    const World& world = draw.panel.world;
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const Actor* actor = find(world, card.actor);
    const Process* process = find(world, card.process);
    const std::string name = actor && !actor->name.empty() ? actor->name : card.inside ? "worker" : "child";
    const std::string number = actor ? actor_number(world, *actor) : process ? fmt::format("pid {}", process->pid) : "";
    const int tid = actor ? actor->tid : process ? process->pid : 0;
    const bool gone = card.zombie || card.opacity < 1;
    const float opacity = card.zombie ? 0.8f : card.opacity;

    const Selection about = card.zombie ? select_process(world, card.process) : select_actor(world, card.actor);
    const Touch touched = touch(draw, fmt::format("stage.worker.{}", tid), rect, name + " " + number, about, actor);
    const bool selected =
        card.zombie ? draw.panel.selection.process == card.process : concerns(world, draw.panel.selection, actor ? *actor : Actor{});
    if (card.zombie) {
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.card, 0.35f), px(7));
        mark::dashed_rect(rect, selected ? theme.accent : theme.trouble, px(7));
    } else {
        const ImU32 base = card.inside ? theme.card_raised : theme.card;
        draw_frame(rect, mixed(base, theme.highlight, freshness(draw, actor)), opacity, selected, touched.over, 0);
    }

    const bool two_lines = rect.h > px(40);
    const float left = rect.x + px(12), right = rect.right() - px(12), inner = right - left;
    const float one = two_lines ? rect.y + px(17) : rect.y + rect.h / 2, two = rect.y + px(38);
    float x = left + mark::text(fonts.strong, left, one, faded(theme.text, opacity), name);
    if (inner > px(215)) x += px(8) + mark::text(fonts.code_small, x + px(8), one, faded(theme.text_dim, opacity), number);
    if (touched.over) draw_menu_dots(rect, touched);
    const float top_right = touched.over ? rect.right() - px(36) : right;
    if (card.zombie) {
        const Rect badge = mark::chip(top_right, one, "ZOMBIE", theme.trouble, true, true);
        const std::string why =
            fmt::format("{}, not yet waited for", process && process->wait_status >= 0 ? wait_status_text(process->wait_status) : "ended");
        if (two_lines)
            mark::text(fonts.text, left, two, theme.text_dim, why, inner);
        else if (badge.x - x > px(70))
            mark::text(fonts.text, x + px(12), one, theme.text_dim, why, badge.x - x - px(22));
        return;
    }
    const Socket* socket = find(world, card.socket);
    const Connection* connection = find(world, card.connection);
    std::string peer = connection ? client_of(world, *connection) : "";
    const int fd = socket ? descriptor_number(world, card.process, *socket) : -1;
    const std::string descriptor = fd >= 0 ? fmt::format("{} connfd", fd) : "";
    if (gone && actor) {
        mark::text_right(fonts.text, top_right, one, faded(theme.text_dim, opacity),
                         process && process->wait_status >= 0 && !card.inside ? wait_status_text(process->wait_status) : "ended");
        return;
    }
    const float peer_w = peer.empty() ? 0 : ui::text_width(fonts.text, "→ " + peer);
    if (two_lines) {
        draw_call(draw, actor, top_right, one, std::max(top_right - x - px(12), px(20)), opacity, true);
        float at = left + mark::text(fonts.code, left, two, faded(theme.text_dim, opacity), descriptor);
        if (!descriptor.empty()) at += px(10);
        mark::text(fonts.text, at, two, faded(theme.text_dim, opacity),
                   peer.empty() ? (descriptor.empty() ? "serves nobody" : "") : "→ " + peer, right - at);
        if (socket && (socket->reset || socket->end_of_file || socket->state != Socket::State::connected)) {
            const Badge badge = badge_of(world, socket, connection);
            if (!badge.text.empty()) mark::chip(right, two, badge.text, faded(badge.colour, opacity), badge.filled, true);
        }
        return;
    }
    // The menu's dots take their room from the call: what stands left of it stays as it is below the pointer.
    const float call = call_width(draw, actor, std::max((right - x) * (peer.empty() ? 0.95f : 0.58f), px(40)));
    draw_call(draw, actor, top_right, one, std::max(call - (right - top_right), px(20)), opacity, true);
    const float room = right - call - px(12) - (x + px(12));
    const std::string served = descriptor.empty() ? "→ " + peer : descriptor + " → " + peer;
    if (peer.empty()) return;
    if (room > ui::text_width(fonts.text, served))
        mark::text(fonts.text, x + px(12), one, faded(theme.text_dim, opacity), served, room);
    else if (room > px(40))
        mark::text(fonts.text, x + px(12), one, faded(theme.text_dim, opacity), "→ " + peer, std::max(std::min(room, peer_w + 1), px(30)));
}

}  // namespace synoptic
