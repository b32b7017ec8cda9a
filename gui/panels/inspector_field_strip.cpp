// The fields of a packet that are pointed at or chosen, in words, at the inspector's foot.
#include <fmt/format.h>

#include <algorithm>

#include "gui/panels/inspector_packet.h"
#include "gui/panels/marks.h"

namespace synoptic {

using ui::px;
using ui::Rect;

void draw_field_strip(const PacketPage& page, const PacketView& view, const ui::Rect& area) {
    const FieldRange& range = view.shown();
    if (range.empty() || range.last >= page.fields.size()) return;
    const Theme& theme = ui::theme();
    const Fonts& fonts = ui::fonts();
    const float left = area.x + px(16), width = area.w - px(34), line = mark::line_height(fonts.text) * 1.3f;
    // Of fields that share a byte each has a line; of one alone its meaning may need more.
    const std::size_t count = range.last - range.first + 1;
    const auto words = [&](const HeaderField& field) {
        return field.value + (field.meaning.empty() ? "" : ": " + field.meaning) +
               fmt::format("  ({}; {})", field.section, place_text(field));
    };
    const auto name_w = [&](const HeaderField& field) { return ui::text_width(fonts.strong, field.name) + px(10); };
    float height = px(14);
    std::vector<float> heights;
    for (std::size_t at = range.first; at <= range.last; ++at) {
        const HeaderField& field = page.fields[at];
        const float h = mark::paragraph(fonts.text, {0, 0}, 0, words(field), width - name_w(field), count == 1 ? 3 : 1, false);
        heights.push_back(std::max(h, line));
        height += heights.back();
    }
    height = std::min(height, area.h * 0.6f);
    const Rect strip{area.x, area.bottom() - height, area.w, height};
    ui::canvas().AddRectFilled(strip.min(), strip.max(), theme.card_raised);
    ui::canvas().AddLine(strip.min(), {strip.right(), strip.y}, theme.outline_strong, px(1));
    float y = strip.y + px(7);
    for (std::size_t at = range.first; at <= range.last; ++at) {
        const HeaderField& field = page.fields[at];
        ui::draw_text(fonts.strong, {left, y}, theme.text, field.name);
        mark::paragraph(fonts.text, {left + name_w(field), y}, theme.text, words(field), width - name_w(field), count == 1 ? 3 : 1);
        y += heights[at - range.first];
    }
    ui::record("inspector.strip", strip, page.fields[range.first].name, words(page.fields[range.first]));
}

}  // namespace synoptic
