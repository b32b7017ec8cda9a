#include "gui/panels/states_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/panels/marks.h"
#include "gui/panels/tcp_words.h"
#include "gui/widgets.h"

namespace synoptic {

using ui::px;
using ui::Rect;

void paint_states_legend(const StatesLayout& layout, const Rect& room) {
    const Theme& theme = ui::theme();
    const Rect& free = layout.free;
    constexpr const char* hint = "Point at an arrow: what it means";
    const bool scrolls = layout.height > room.h || layout.width > room.w;  // the corner is not free then
    if (!layout.labelled && !scrolls) {
        ImFont* small = ui::fonts().small_text;
        const float width = std::min(ui::text_width(small, hint), room.w - px(16)), line = mark::line_height(small);
        const Rect at{room.x + px(8), room.bottom() - line - px(10), width, line};
        ui::canvas().AddRectFilled({at.x - px(4), at.y}, {at.right() + px(4), at.bottom()}, theme.panel, px(4));
        mark::text(small, at.x, at.y + at.h / 2, theme.text_dim, hint, width + 1);
        ui::record("states.hint", at, hint);
    }
    if (!layout.labelled || free.w < px(96) || free.h < px(64)) return;
    ImFont* font = ui::fonts().small_text;
    const float line = mark::line_height(font) * 1.3f;
    float mid = free.bottom() - line * 3.5f;
    const auto entry = [&](const char* text, ImU32 colour, bool dashed) {
        const mark::Curve stroke{{free.x, mid}, {free.x + px(8), mid}, {free.x + px(16), mid}, {free.x + px(24), mid}};
        if (dashed)
            mark::draw_dashed(stroke, colour, px(1.8f), px(6), px(4));
        else
            mark::draw_curve(stroke, colour, px(1.8f));
        mark::text(font, free.x + px(32), mid, theme.text_dim, text, free.w - px(32));
        mid += line;
    };
    entry("usual client", theme.client, false);
    entry("usual server", theme.server, true);
    const Rect band{free.x, mid - px(4), px(24), px(8)};
    ui::canvas().AddRectFilled(band.min(), {band.x + band.w / 2, band.bottom()}, faded(theme.client, taken_seen));
    ui::canvas().AddRectFilled({band.x + band.w / 2, band.y}, band.max(), faded(theme.client, taken_unseen));
    constexpr const char* paler = "pale: inferred";
    mark::text(font, free.x + px(32), mid, theme.text_dim, paler, free.w - px(32));
    ui::record("states.legend.inferred", band, paler);
    mid += line;
    mark::text(font, free.x, mid, theme.text_faint, "RFC 9293, Fig. 5", free.w);
}

namespace {

std::string way_out_text(TcpState state) {
    std::string text;
    for (const Transition& transition : transitions()) {
        if (state_of(transition.from) != state) continue;
        text += fmt::format("{}{}{}{} → {}", text.empty() ? "" : "\n", transition.event, *transition.action ? " / " : "", transition.action,
                            name_of(state_of(transition.to)));
    }
    return text;
}

}  // namespace

void paint_state_meaning(StatesView& view, const StatesLayout& layout, const Rect& room) {
    const TcpState state = view.asked;
    if (state == TcpState::none) return;
    if (ui::escape_pressed()) view.asked = TcpState::none;
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const float width = std::min(px(380), room.w - px(24)), inner = width - px(24);
    const std::string edges = way_out_text(state);
    const auto height_of = [&](ImFont* font, std::string_view text) { return mark::paragraph(font, {0, 0}, 0, text, inner, 12, false); };
    const float height = px(44) + height_of(fonts.text, meaning_of(state)) + px(6) + height_of(fonts.text, way_out_of(state)) + px(6) +
                         height_of(fonts.code_small, edges) + px(8);
    const Rect& box = layout.node[static_cast<std::size_t>(node_of(state))];
    const bool left = box.x + box.w / 2 > room.x + room.w / 2;
    const Rect card{left ? room.x + px(12) : room.right() - width - px(12), room.y + std::max(px(4), (room.h - height) / 2), width, height};
    if (ui::hit("states.meaning", card, name_of(state), nullptr, "click to close (Escape)")) view.asked = TcpState::none;
    ui::draw_card(card, theme.card_raised, theme.accent);
    float y = card.y + px(10);
    const float x = card.x + px(12);
    const float name_w = ui::draw_text(fonts.strong, {x, y}, theme.text, name_of(state));
    ui::draw_text(fonts.small_text, {x + name_w + px(10), y + px(2)}, theme.text_dim, "RFC 9293, 3.3.2");
    y += px(26);
    y += mark::paragraph(fonts.text, {x, y}, theme.text, meaning_of(state), inner, 12) + px(6);
    y += mark::paragraph(fonts.text, {x, y}, theme.text_dim, way_out_of(state), inner, 12) + px(6);
    mark::paragraph(fonts.code_small, {x, y}, theme.text_dim, edges, inner, 12);
}

}  // namespace synoptic
