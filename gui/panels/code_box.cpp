// Code and drawings made of characters, in a box: see markdown_paint.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/code_fit.h"
#include "gui/imgui_versions.h"
#include "gui/panels/markdown_paint.h"
#include "gui/panels/marks.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

// Source is folded instead; a drawing must not be, and can be smaller before it has to be moved.
constexpr float least_source = 0.9f, least_drawing = 0.78f;  // of the font's size

/** Lines without their newlines; at least one. */
std::vector<std::string_view> lines_of(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    std::vector<std::string_view> lines;
    for (std::size_t at = 0;;) {
        const std::size_t end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        if (end == std::string_view::npos) return lines;
        at = end + 1;
    }
}

class CodeBox {
   public:
    CodeBox(const CodeText& text, ImVec2 at, float width)
        : text_(text), at_(at), width_(width), code_(without_common_indent(text.code)), lines_(lines_of(code_)) {
        ImFont* font = ui::fonts().code;
        const float whole = imgui::font_size(font);
        if (text.first_line > 0) gutter_ = ui::text_width(font, fmt::format("{}  ", text.first_line + static_cast<int>(lines_.size())));
        for (const std::string_view line : lines_) widest_ = std::max(widest_, ui::text_width(font, line));
        room_ = std::max(px(24), width - 2 * pad() - gutter_);
        scale_ = std::clamp(room_ / widest_, text.is_source ? least_source : least_drawing, 1.0f);
        size_ = whole * scale_;
        line_height_ = std::ceil(size_ * 1.25f);
        const float letter = ui::text_width(font, "m") * scale_;
        const auto columns = static_cast<std::size_t>(room_ / letter);
        rows_ = 0;
        for (const std::string_view line : lines_) {
            pieces_.push_back(text.is_source ? folded(line, columns) : std::vector<CodePiece>{{0, line.size(), 0}});
            rows_ += pieces_.back().size();
        }
    }

    bool moves() const { return !text_.is_source && widest_ * scale_ > room_ + 0.5f; }
    float height() const { return line_height_ * static_cast<float>(rows_) + 2 * px(8) + (moves() ? px(6) : 0); }

    void draw() {
        const Theme& theme = ui::theme();
        const ui::Rect rect{at_.x, at_.y, width_, height()};
        ui::canvas().AddRectFilled(rect.min(), rect.max(), theme.card, px(6));
        imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), theme.outline, px(6), std::max(1.0f, std::floor(px(1))));
        const float moved = moves() ? move(rect) : 0;
        float y = std::floor(at_.y + px(8));
        bool in_comment = false;
        ui::canvas().PushClipRect({at_.x + pad() / 2, at_.y}, {rect.right() - pad() / 2, rect.bottom()}, true);
        for (std::size_t line = 0; line < lines_.size(); ++line) {
            const std::string_view text = lines_[line];
            if (gutter_ > 0)
                ui::draw_text(ui::fonts().code_small, {at_.x + pad(), y}, theme.text_faint,
                              std::to_string(text_.first_line + static_cast<int>(line)));
            const std::vector<Span> spans = text_.is_source ? highlight(text, in_comment) : std::vector<Span>{{0, text.size(), Ink::plain}};
            for (const CodePiece& piece : pieces_[line]) {
                draw_piece(text, spans, piece, {at_.x + pad() + gutter_ - moved, y});
                y += line_height_;
            }
        }
        ui::canvas().PopClipRect();
    }

   private:
    static float pad() { return px(10); }

    /** How far the drawing is moved to the left, which its box remembers. */
    float move(const ui::Rect& rect) const {
        if (text_.id == nullptr || *text_.id == 0) return 0;
        float& moved = *ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID(text_.id));
        moved = mark::scroll_sideways(text_.id, moved, widest_ * scale_, room_, rect);
        return std::floor(moved);
    }

    void draw_piece(std::string_view line, const std::vector<Span>& spans, const CodePiece& piece, ImVec2 at) const {
        ImFont* font = ui::fonts().code;
        float x = std::floor(at.x) + static_cast<float>(piece.indent) * ui::text_width(font, "m") * scale_;
        for (const Span& span : spans) {
            const std::size_t begin = std::max(span.begin, piece.begin), end = std::min(span.end, piece.end);
            if (begin >= end) continue;
            const std::string text = ui::showable(font, line.substr(begin, end - begin));
            ui::canvas().AddText(font, size_, {x, at.y}, colour_of(span.ink), text.data(), text.data() + text.size());
            x += ui::text_width(font, text) * scale_;
        }
    }

    const CodeText& text_;
    const ImVec2 at_;
    const float width_;
    const std::string code_;
    const std::vector<std::string_view> lines_;  // of code_
    std::vector<std::vector<CodePiece>> pieces_;
    std::size_t rows_ = 0;
    float gutter_ = 0, widest_ = 1, room_ = 0, scale_ = 1, size_ = 0, line_height_ = 0;
};

}  // namespace

ImU32 colour_of(Ink ink) {
    const Theme& theme = ui::theme();
    switch (ink) {
        case Ink::plain:
            return theme.text;
        case Ink::keyword:
            return mixed(theme.text_dim, theme.accent, 0.55f);
        case Ink::comment:
            return theme.text_faint;
        case Ink::string:
            return mixed(theme.text_dim, theme.alive, 0.75f);
        case Ink::number:
        case Ink::constant:
            return mixed(theme.text_dim, theme.user, 0.75f);
        case Ink::call:
            return theme.accent;
        case Ink::directive:
            return theme.text_dim;
    }
    return theme.text;
}

float draw_code_box(const CodeText& text, ImVec2 at, float width, bool draws) {
    CodeBox box(text, at, width);
    if (draws) box.draw();
    return box.height();
}

}  // namespace synoptic
