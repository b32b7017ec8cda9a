// The stage's cards: see stage_cards.h.
#include "gui/panels/stage_cards.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/trace/format.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_words.h"

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

/** A client in one line: its name, what it does, and its state if that is another than connected. */
void draw_client_row(const StageDraw& draw, const Rect& rect, const ClientWords& words, const Actor* actor, const Touch& touched,
                     float opacity) {
    const float left = rect.x + px(15), right = rect.right() - px(12), mid = rect.y + rect.h / 2;
    const float label = mark::text(ui::fonts().strong, left, mid, faded(ui::theme().text, opacity), words.label, right - left);
    // Calls stand below each other where there is room for that.
    const float from = left + (right - left > px(130) ? std::max(label + px(10), px(72)) : label + px(6));
    float end = right;
    if (touched.over) {
        draw_menu_dots(rect, touched);
        end = rect.right() - px(36);
    } else if (words.badge.text != "CONNECTED" && words.badge.text != name_of(TcpState::established)) {
        const float room = end - from - call_widths(draw, actor).least - px(8);
        const float badge = draw_badge_or_dot(words.badge, right, mid, room, opacity);
        end -= badge + (badge > 0 ? px(8) : 0);
    }
    draw_call(draw, actor, from, mid, end - from, opacity);
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
    const bool selected =
        card.program != ProgramId::none ? by_line || chosen.program == card.program : chosen.connection == card.connection;
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
        const float call = draw_call(draw, actor, left, two, inner, opacity);
        if (ui::text_width(fonts.code_small, words.number) <= inner - call - px(10))
            mark::text_right(fonts.code_small, right, two, faint, words.number);
    } else {
        draw_client_row(draw, rect, words, actor, touched, opacity);
    }
}

}  // namespace synoptic
