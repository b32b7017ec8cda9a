#include "gui/panels/markdown_paint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

// At zoom 1.
constexpr float indent = 20, block_gap = 10, item_gap = 5, line_share = 1.38f;

/** A word, or a part of one, in one font. */
struct Piece {
    std::string text;
    ImFont* font = nullptr;
    bool code = false, strong = false;
    std::string link;
    float width = 0;
};

/** Pieces without a space between them: never broken, unless too wide for a line. */
struct Word {
    std::vector<Piece> pieces;
    bool breaks = false;  // a line ends before it
    float width = 0;
};

ImFont* font_of(const MarkdownSpan& span, ImFont* base) {
    const Fonts& fonts = ui::fonts();
    if (span.code) return fonts.code;
    if (span.strong) return fonts.strong;
    if (span.emphasis && fonts.italic) return fonts.italic;
    return base;
}

class Words {
   public:
    explicit Words(ImFont* base, float most) : base_(base), most_(most) {}

    std::vector<Word> of(const MarkdownSpans& spans) {
        for (const MarkdownSpan& span : spans) add(span);
        end_word();
        return std::move(words_);
    }

   private:
    void add(const MarkdownSpan& span) {
        if (span.breaks) {
            end_word();
            breaks_ = true;
            return;
        }
        ImFont* font = font_of(span, base_);
        // Code stays together where it fits: `os.accept(listenfd, …)` is read as one.
        if (span.code && ui::text_width(font, span.text) <= most_ * 0.85f) return put(span, font, span.text);
        std::size_t at = 0;
        while (at < span.text.size()) {
            const std::size_t space = std::min(span.text.find(' ', at), span.text.size());
            if (space > at) put(span, font, span.text.substr(at, space - at));
            if (space < span.text.size()) end_word();
            at = space + 1;
        }
    }
    /** Adds a part of a word; one that is wider than a line, such as a link's address, goes on in the next. */
    void put(const MarkdownSpan& span, ImFont* font, const std::string& text) {
        const float frame = span.code ? 2 * px(3) : 0;
        // A word of several looks is broken between them where it must be.
        if (word_.width + ui::text_width(font, text) + frame > most_) end_word();
        if (ui::text_width(font, text) + frame <= most_) return put_whole(span, font, text);
        for (const std::string_view part :
             parts_that_fit(text, [&](std::string_view some) { return ui::text_width(font, some) + frame <= most_; })) {
            end_word();
            put_whole(span, font, std::string(part));
        }
    }
    void put_whole(const MarkdownSpan& span, ImFont* font, std::string text) {
        Piece piece{std::move(text), font, span.code, span.strong, span.link, 0};
        piece.width = ui::text_width(font, piece.text) + (piece.code ? 2 * px(3) : 0);
        word_.width += piece.width;
        word_.pieces.push_back(std::move(piece));
    }
    void end_word() {
        if (word_.pieces.empty()) return;
        word_.breaks = std::exchange(breaks_, false);
        words_.push_back(std::exchange(word_, {}));
    }

    ImFont* base_;
    float most_;
    Word word_;
    bool breaks_ = false;
    std::vector<Word> words_;
};

class Painter {
   public:
    explicit Painter(const MarkdownLook& look) : look_(look), theme_(ui::theme()), colour_(look.colour ? look.colour : theme_.text) {}

    /** Text in lines of a width; its height. */
    float flow(const MarkdownSpans& spans, ImVec2 at, float width, ImFont* base) {
        const float height = std::ceil(imgui::font_size(base) * line_share), space = ui::text_width(base, " ");
        float x = 0, y = 0;
        for (const Word& word : Words(base, width).of(spans)) {
            const float before = x > 0 ? space : 0;
            if (x > 0 && (word.breaks || x + before + word.width > width)) {
                x = 0;
                y += height;
            } else {
                x += before;
            }
            for (const Piece& piece : word.pieces) {
                if (look_.draws) draw(piece, {at.x + x, at.y + y}, height, width - x);
                x += piece.width;
            }
        }
        return y + height;
    }

    float block(const MarkdownBlock& block, ImVec2 at, float width) {
        const float left = static_cast<float>(block.depth) * px(indent);
        const ImVec2 inner{at.x + left, at.y};
        const float room = std::max(px(40), width - left);
        float height = 0;
        switch (block.kind) {
            case MarkdownBlock::Kind::paragraph:
                height = flow(block.spans, inner, room, ui::fonts().text);
                break;
            case MarkdownBlock::Kind::heading:
                height = flow(block.spans, inner, room, block.level <= 2 ? ui::fonts().title : ui::fonts().strong);
                break;
            case MarkdownBlock::Kind::code: {
                const bool source = block.language == "c" || block.language == "cpp";
                const std::string id = fmt::format("{}.code.{}", look_.id, ++boxes_);
                height = draw_code_box({.code = block.code, .is_source = source, .id = id.c_str()}, inner, room, look_.draws);
                break;
            }
            case MarkdownBlock::Kind::rule:
                height = px(9);
                if (look_.draws) ui::canvas().AddLine({inner.x, inner.y + px(4)}, {inner.x + room, inner.y + px(4)}, theme_.outline_strong);
                break;
            case MarkdownBlock::Kind::table:
                height = table(block, inner, room);
                break;
        }
        if (look_.draws) decorate(block, at, inner, height);
        return height;
    }

   private:
    void draw(const Piece& piece, ImVec2 at, float line, float room) {
        const float size = imgui::font_size(piece.font), top = at.y + (line - size) / 2;
        ImU32 colour = piece.link.empty() ? colour_ : theme_.accent;
        if (piece.code) {
            const ImVec2 low{std::floor(at.x), std::floor(at.y + px(1))}, high{at.x + std::min(piece.width, room), at.y + line - px(1)};
            ui::canvas().AddRectFilled(low, high, theme_.card_raised, px(4));
            at.x += px(3);
        }
        const float width = ui::draw_text(piece.font, {at.x, top}, colour, piece.text, room);
        if (piece.link.empty()) return;
        ui::canvas().AddLine({at.x, top + size}, {at.x + width, top + size}, faded(colour, 0.6f));
        const std::string id = fmt::format("{}.link.{}", look_.id, ++links_);
        if (ui::hit(id.c_str(), {at.x, top, width, size}, piece.text, nullptr, ("Copy " + piece.link).c_str())) {
            ImGui::SetClipboardText(piece.link.c_str());
            ui::toast("Copied " + piece.link);
        }
    }

    void decorate(const MarkdownBlock& block, ImVec2 at, ImVec2 inner, float height) {
        const float line = std::ceil(imgui::font_size(ui::fonts().text) * line_share);
        if (block.quotes > 0) {
            const float x = at.x + px(4);
            ui::canvas().AddRectFilled({x, at.y - px(2)}, {x + px(3), at.y + height + px(2)}, theme_.outline_strong, px(2));
        }
        if (block.marker.empty()) return;
        const float top = at.y + (line - imgui::font_size(ui::fonts().text)) / 2, w = ui::text_width(ui::fonts().text, block.marker);
        ui::draw_text(ui::fonts().text, {inner.x - w - px(6), top}, theme_.text_dim, block.marker);
    }

    /** As wide as its words, each column at least a little; columns share what is missing. */
    std::vector<float> columns_of(const MarkdownBlock& block, float room) const {
        std::size_t count = 0;
        for (const auto& row : block.rows) count = std::max(count, row.size());
        std::vector<float> widths(count, px(24));
        for (const auto& row : block.rows) {
            for (std::size_t column = 0; column < row.size(); ++column) {
                float width = 2 * px(8) + px(2);
                for (const Word& word : Words(ui::fonts().text, room).of(row[column]))
                    width += word.width + ui::text_width(ui::fonts().text, " ");
                widths[column] = std::max(widths[column], width);
            }
        }
        float whole = 0;
        for (const float width : widths) whole += width;
        if (whole <= room) return widths;
        // The narrow ones stay as they are, the others give way.
        const float fair = room / static_cast<float>(count);
        float narrow = 0, wide = 0;
        for (const float width : widths) (width <= fair ? narrow : wide) += width;
        for (float& width : widths) {
            if (width > fair) width = (room - narrow) * width / wide;
        }
        return widths;
    }

    float table(const MarkdownBlock& block, ImVec2 at, float room) {
        const std::vector<float> widths = columns_of(block, room);
        float whole = 0, y = 0;
        for (const float width : widths) whole += width;
        for (std::size_t number = 0; number < block.rows.size(); ++number) {
            const auto& row = block.rows[number];
            ImFont* font = number == 0 ? ui::fonts().strong : ui::fonts().text;
            float x = 0, height = 0;
            for (std::size_t column = 0; column < row.size(); ++column) {
                height = std::max(height, flow(row[column], {at.x + x + px(8), at.y + y + px(4)}, widths[column] - 2 * px(8), font));
                x += widths[column];
            }
            y += height + 2 * px(4);
            if (look_.draws)
                ui::canvas().AddLine({at.x, at.y + y}, {at.x + whole, at.y + y}, number == 0 ? theme_.outline_strong : theme_.outline);
        }
        return y;
    }

    const MarkdownLook& look_;
    const Theme& theme_;
    ImU32 colour_;
    int links_ = 0, boxes_ = 0;
};

}  // namespace

float draw_markdown(const std::vector<MarkdownBlock>& blocks, ImVec2 at, float width, const MarkdownLook& look) {
    Painter painter(look);
    float y = 0;
    const MarkdownBlock* before = nullptr;
    for (const MarkdownBlock& block : blocks) {
        if (before != nullptr) y += px(!block.marker.empty() && before->depth == block.depth ? item_gap : block_gap);
        y += painter.block(block, {at.x, at.y + y}, width);
        before = &block;
    }
    return y;
}

float draw_markdown(std::string_view text, ImVec2 at, float width, const MarkdownLook& look) {
    return draw_markdown(read_markdown(text), at, width, look);
}

}  // namespace synoptic
