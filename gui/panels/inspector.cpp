// The inspector: what is selected, in words and numbers. The facts are gathered first (inspector_facts.h), then drawn.
#include "core/base/utf8.h"
#include "gui/panels/inspector_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/icons.h"
#include "gui/panels/inspector_packet.h"
#include "gui/panels/marks.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

ImU32 colour_of(Tone tone) {
    const Theme& theme = ui::theme();
    switch (tone) {
        case Tone::normal:
            return theme.text;
        case Tone::dim:
            return theme.text_dim;
        case Tone::client:
            return theme.client;
        case Tone::server:
            return theme.server;
        case Tone::blocked:
            return theme.blocked;
        case Tone::alive:
            return theme.alive;
        case Tone::listening:
            return theme.listening;
        case Tone::trouble:
            return theme.trouble;
    }
    return theme.text;
}

/** Facts that the page of the moment before has not, or with another value. Without such a page nothing is marked: all of it would be new. */
void mark_changes(InspectorPage& page, const InspectorPage& before) {
    if (before.title != page.title) return;
    for (FactSection& section : page.sections) {
        const auto same =
            std::find_if(before.sections.begin(), before.sections.end(), [&](const FactSection& s) { return s.title == section.title; });
        for (Fact& fact : section.facts) {
            const bool was = same != before.sections.end() && std::any_of(same->facts.begin(), same->facts.end(), [&](const Fact& f) {
                                 return f.name == fact.name && f.value == fact.value;
                             });
            fact.changed = !was;
        }
    }
}

class InspectorPainter {
   public:
    InspectorPainter(PanelContext& panel, InspectorView& view, const Rect& area) : panel_(panel), view_(view), area_(area) {
        page_ = inspect(panel.world, panel.history, panel.selection, panel.now_ns);
        if (panel.before) mark_changes(page_, inspect(*panel.before, panel.history, panel.selection, panel.now_ns));
        left_ = area.x + px(16);
        right_ = area.right() - px(18);
        name_w_ = std::min(px(108), (right_ - left_) * 0.34f);
    }

    void paint() {
        if (!(view_.shown == panel_.selection)) {
            view_.shown = panel_.selection;
            view_.scroll = 0;
            view_.say.clear();
            view_.packet = {};
        }
        y_ = area_.y + px(14) - view_.scroll;
        paint_head();
        y_ += draw_inspector_actions(panel_, view_, page_, {left_, y_, right_ - left_, area_.bottom() - y_});
        paint_facts_and_packet();
        view_.content = y_ + view_.scroll - area_.y + px(14);
        view_.scroll = mark::scroll("inspector.scroll", view_.scroll, view_.content, area_);
        if (!page_.packet.empty()) draw_field_strip(page_.packet, view_.packet, area_);
    }

   private:
    /** The packet stands below the facts, or beside them where there is room. */
    void paint_facts_and_packet() {
        const bool packet = !page_.packet.empty();
        const float top = y_, right = right_, beside = left_ + px(420);
        const bool wide = packet && right_ - left_ > px(960);
        if (wide) right_ = beside - px(24);
        for (std::size_t at = 0; at < page_.sections.size(); ++at) paint_section(page_.sections[at], at);
        if (page_.infers) {
            y_ += px(4);
            const char* note = "What is marked inferred was concluded from calls and segments; all else was observed.";
            y_ += mark::paragraph(ui::fonts().small_text, {left_, y_}, ui::theme().text_faint, note, right_ - left_);
        }
        right_ = right;
        if (!packet) return;
        const ImVec2 at = wide ? ImVec2{beside, top - px(10)} : ImVec2{left_, y_ + px(4)};
        // The strip may lie over the last bytes: there is room behind them.
        const float bottom = at.y + draw_packet(page_.packet, view_.packet, at, right_ - at.x, area_, panel_.needs_frame) + px(56);
        y_ = std::max(y_, bottom);
    }

    bool seen(float y, float height) const { return y + height > area_.y && y < area_.bottom(); }

    void paint_head() {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const float mid = y_ + px(13);
        float end = right_;
        if (!panel_.selection.empty()) {
            ui::Face copy;
            copy.icon = Icon::copy;
            copy.look = ui::Look::quiet;
            copy.height = 26;
            end -= ui::button_width(copy);
            ImGui::SetCursorScreenPos({end, y_});
            if (ui::button("inspector.copy", copy, "copy all of this as text")) {
                ImGui::SetClipboardText(page_text(page_).c_str());
                ui::toast("Copied what the inspector shows");
            }
        }
        const float badge_w = page_.badge.empty() ? 0 : mark::chip_width(page_.badge) + px(10);
        const float width = mark::text(fonts.title, left_, mid, theme.text, page_.title, std::max(end - left_ - badge_w - px(6), px(60)));
        ui::record("inspector.title", {left_, y_, width, px(26)}, page_.title, page_.badge);
        if (badge_w > 0)
            mark::chip(left_ + width + px(10), mid, page_.badge, colour_of(page_.badge_tone),
                       page_.badge_tone != Tone::dim && page_.badge_tone != Tone::normal);
        y_ += px(32);
        if (!page_.subtitle.empty()) y_ += mark::paragraph(fonts.text, {left_, y_}, theme.text_dim, page_.subtitle, right_ - left_) + px(4);
        y_ += px(4);
    }

    // ---- facts ---------------------------------------------------------------------------------------------------------------------------
    void paint_section(const FactSection& section, std::size_t number) {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        if (!section.title.empty()) {
            y_ += px(10);
            ui::canvas().AddLine({left_, y_}, {right_, y_}, theme.outline, px(1));
            y_ += px(8);
            y_ += mark::paragraph(fonts.strong, {left_, y_}, section.tone == Tone::trouble ? theme.trouble : theme.text, section.title,
                                  right_ - left_) +
                  px(2);
        }
        if (!section.text.empty())
            y_ += mark::paragraph(fonts.text, {left_, y_}, colour_of(section.tone), section.text, right_ - left_) + px(4);
        if (!section.lines.empty()) paint_lines(section.lines, theme.text);
        if (!section.bytes.empty()) {
            const float letter = ui::text_width(fonts.code_small, "m");
            // An offset of 5, then 3 letters and 1 for each byte, and 2 between.
            const bool wide = (right_ - left_ - px(20)) / letter > 5 + 16 * 4 + 2;
            paint_lines(hex_lines(section.bytes, wide ? 16 : 8), theme.text_dim);
        }
        for (std::size_t at = 0; at < section.facts.size(); ++at)
            paint_fact(section.facts[at], fmt::format("inspector.fact.{}.{}", number, at));
    }

    void paint_lines(const std::vector<std::string>& lines, ImU32 colour) {
        const Fonts& fonts = ui::fonts();
        const float inner = right_ - left_ - px(20);
        float height = px(12);
        for (const std::string& line : lines) height += code_height(line, inner);
        const Rect box{left_, y_, right_ - left_, height};
        ui::canvas().AddRectFilled(box.min(), box.max(), ui::theme().card, px(6));
        float y = y_ + px(6);
        for (const std::string& line : lines) {
            const float line_h = code_height(line, inner);
            if (seen(y, line_h)) draw_code(fonts.code_small, {left_ + px(10), y}, colour, line, inner);
            y += line_h;
        }
        y_ = box.bottom() + px(6);
    }

    /** Code is broken anywhere: it may have no spaces. */
    static std::size_t letters_in(float width) {
        return static_cast<std::size_t>(std::max(width / ui::text_width(ui::fonts().code_small, "m"), 8.0f));
    }
    static std::vector<std::string_view> broken(std::string_view line, float width) {
        const std::size_t most = letters_in(width);
        std::vector<std::string_view> parts;
        while (line.size() > most) {
            std::size_t end = line.rfind(' ', most);
            if (end == std::string_view::npos || end < most / 2) end = most;
            while (end < line.size() && continues_character(line[end])) ++end;  // not inside a character
            parts.push_back(line.substr(0, end));
            line.remove_prefix(end);
        }
        parts.push_back(line);
        return parts;
    }
    static float code_height(std::string_view line, float width) {
        return static_cast<float>(broken(line, width).size()) * mark::line_height(ui::fonts().code_small) * 1.35f;
    }
    static void draw_code(ImFont* font, ImVec2 at, ImU32 colour, std::string_view line, float width) {
        for (const std::string_view part : broken(line, width)) {
            ui::draw_text(font, at, colour, part, width);
            at.y += mark::line_height(font) * 1.35f;
        }
    }

    void paint_fact(const Fact& fact, const std::string& id) {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const bool linked = !fact.link.empty();
        const float x = left_ + name_w_;
        const float inferred_w = fact.known == Known::inferred ? mark::chip_width("inferred") + px(8) : 0;
        const float width = right_ - x - inferred_w;
        ImFont* font = fact.code ? fonts.code : fonts.text;
        const float text_h = mark::paragraph(font, {x, y_}, 0, fact.value, width, 6, false);
        const float height = std::max(text_h, px(18)) + px(4);
        const Rect rect{left_ - px(6), y_ - px(1), right_ - left_ + px(12), height};
        if (seen(y_, height)) {
            bool over = false;
            if (linked) {
                if (ui::hit(id.c_str(), rect, fact.name + ": " + fact.value, &over)) panel_.selection = fact.link;
            } else {
                ui::record(id, rect, fact.name + ": " + fact.value);
            }
            if (fact.changed) {
                ui::canvas().AddRectFilled(rect.min(), rect.max(), theme.highlight, px(5));
                ui::canvas().AddRectFilled(rect.min(), {rect.x + px(3), rect.bottom()}, theme.user, px(2));
            }
            if (over) ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.text, 0.07f), px(5));
            ui::draw_text(fonts.text, {left_, y_}, theme.text_dim, fact.name, name_w_ - px(8));
            mark::paragraph(font, {x, y_}, colour_of(fact.tone), fact.value, width, 6);
            if (linked) {
                const float chevron = std::min(x + ui::text_width(font, fact.value) + px(12), right_ - inferred_w - px(2));
                draw_icon(ui::canvas(), Icon::chevron_right, {chevron, y_ + px(9)}, px(8), over ? theme.text : theme.text_faint);
            }
            if (inferred_w > 0) mark::chip(right_, y_ + px(9), "inferred", theme.text_faint, false, true);
        }
        y_ += height;
    }

    PanelContext& panel_;
    InspectorView& view_;
    Rect area_;
    InspectorPage page_;
    float left_ = 0, right_ = 0, name_w_ = 0, y_ = 0;
};

}  // namespace

void draw_inspector(PanelContext& panel, InspectorView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    InspectorPainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
