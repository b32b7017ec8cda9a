#include "gui/panels/inspector_packet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float row_h = 34, flag_row_h = 58, byte_row_h = 19, least_diagram_w = 420, most_diagram_w = 760;

ImU32 colour_of(HeaderField::Part part) {
    const Theme& theme = ui::theme();
    switch (part) {
        case HeaderField::Part::ip:
        case HeaderField::Part::ip_extension:
            return theme.text_faint;
        case HeaderField::Part::tcp:
            return theme.accent;
        case HeaderField::Part::tcp_option:
            return theme.listening;
        case HeaderField::Part::payload:
            break;
    }
    return theme.alive;
}

class PacketPainter {
   public:
    PacketPainter(const PacketPage& page, PacketView& view, ImVec2 at, float width, const Rect& area)
        : page_(page), view_(view), left_(at.x), width_(width), y_(at.y), area_(area), marked_(view.shown()) {}

    void paint() {
        const float top = y_, left = left_, width = width_;
        letter_w_ = ui::text_width(ui::fonts().code_small, "m");
        // Where both fit, the bytes stand beside the diagram: then the one shows the other without scrolling.
        const float bytes_w = letter_w_ * dump_letters(16) + px(12), gap = px(24);
        const bool beside = width - bytes_w - gap > px(least_diagram_w);
        if (beside) width_ = std::min(width - bytes_w - gap, px(most_diagram_w));
        for (const HeaderBlock& block : header_blocks(page_.fields)) paint_block(block);
        if (page_.fields.empty()) paint_note("The bytes can't be read as a segment.");
        const float below = y_;
        if (beside) {
            left_ += width_ + gap;
            width_ = bytes_w;
            y_ = top;
        }
        paint_bytes();
        height_ = std::max(y_, below) - top;
        left_ = left;
    }
    float height() const { return height_; }
    const FieldRange& over() const { return over_; }

   private:
    bool seen(float y, float height) const { return y + height > area_.y && y < area_.bottom(); }

    void paint_note(const std::string& text) {
        y_ += mark::paragraph(ui::fonts().text, {left_, y_}, ui::theme().text_dim, text, width_) + px(4);
    }
    void paint_title(const std::string& title) {
        y_ += px(10);
        if (seen(y_, px(20))) ui::draw_text(ui::fonts().strong, {left_, y_}, ui::theme().text, title, width_);
        y_ += px(24);
    }

    // ---- the diagram -----------------------------------------------------------------------------------------------------------------------
    void paint_block(const HeaderBlock& block) {
        paint_title(block.title);
        bit_w_ = std::min(width_, px(most_diagram_w)) / 32;
        const bool payload = page_.fields[block.cells.front().field].part == HeaderField::Part::payload;
        if (!payload) paint_ruler();
        // A row with fields of one bit is higher: their names stand upright.
        std::vector<float> tops;
        float y = y_;
        for (int row = 0; row < block.rows; ++row) {
            tops.push_back(y);
            const bool flags = std::any_of(block.cells.begin(), block.cells.end(),
                                           [row](const HeaderCell& cell) { return cell.row == row && cell.bits == 1; });
            y += px(flags ? flag_row_h : row_h);
        }
        tops.push_back(y);
        for (const HeaderCell& cell : block.cells) {
            const float top = tops[static_cast<std::size_t>(cell.row)], bottom = tops[static_cast<std::size_t>(cell.row + cell.rows)];
            const float x = std::floor(left_ + static_cast<float>(cell.bit) * bit_w_);
            const float right = std::floor(left_ + static_cast<float>(cell.bit + cell.bits) * bit_w_);
            if (seen(top, bottom - top)) paint_cell(cell, {x, top, right - x, bottom - top});
        }
        y_ = y + px(4);
    }

    /** The numbers of the bits, as above the RFCs' diagrams. */
    void paint_ruler() {
        ImFont* font = ui::fonts().code_small;
        const float height = mark::line_height(font);
        if (seen(y_, height)) {
            for (const int bit : {0, 4, 8, 12, 16, 20, 24, 28, 31}) {
                const std::string text = std::to_string(bit);
                const float middle = left_ + (static_cast<float>(bit) + 0.5f) * bit_w_;
                ui::draw_text(font, {middle - ui::text_width(font, text) / 2, y_}, ui::theme().text_faint, text);
            }
        }
        y_ += height + px(2);
    }

    void paint_cell(const HeaderCell& cell, const Rect& rect) {
        const Theme& theme = ui::theme();
        const HeaderField& field = page_.fields[cell.field];
        const std::string id = fmt::format("inspector.field.{}.{}", cell.field, cell.row);
        const std::string tip = field_text(field);
        bool over = false;
        if (ui::hit(id.c_str(), rect, field.name + ": " + field.value, &over, tip.c_str())) choose({cell.field, cell.field});
        if (over) over_ = {cell.field, cell.field};
        const bool marked = marked_.has(cell.field);
        const ImU32 colour = colour_of(field.part);
        const bool set = field.bit_length == 1 && field.value != "0";
        ui::canvas().AddRectFilled(rect.min(), rect.max(), theme.card);
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(colour, marked ? 0.42f : set ? 0.30f : 0.08f));
        imgui::stroke_rect(ui::canvas(), rect.min(), {rect.right() + 1, rect.bottom() + 1}, marked ? colour : theme.outline_strong, 0,
                           std::max(1.0f, std::floor(px(marked ? 2 : 1))));
        if (!cell.named) return;
        if (cell.bits == 1)
            paint_bit(field, rect, set);
        else
            paint_words(field, rect);
    }

    /** Name above value, both in the middle. What has no room is left to the pointer. */
    void paint_words(const HeaderField& field, const Rect& rect) const {
        const Theme& theme = ui::theme();
        ImFont* small = ui::fonts().small_text;
        ImFont* code = ui::fonts().code_small;
        const float room = rect.w - px(4), middle = rect.y + rect.h / 2;
        const auto put = [&](ImFont* font, float mid_y, ImU32 colour, std::string_view text) {
            const float width = std::min(ui::text_width(font, text), room);
            mark::text(font, rect.x + (rect.w - width) / 2, mid_y, colour, text, room);
        };
        const bool named = ui::text_width(small, field.name) <= room || room >= px(30);
        if (named) put(small, middle - px(8), theme.text_dim, field.name);
        // An option's kind is a number; its name says more, where there is room.
        const std::string words = field.value + " " + field.meaning;
        const bool kind = field.part == HeaderField::Part::tcp_option && field.name == "Kind" && ui::text_width(code, words) <= room;
        put(code, middle + (named ? px(8) : 0), theme.text, kind ? words : field.value);
    }

    /** One letter below the other, as there is no room for more. */
    void paint_bit(const HeaderField& field, const Rect& rect, bool set) const {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().code_small;
        const float line = std::min(px(11.5f), (rect.h - px(4)) / 4), middle = rect.x + rect.w / 2;
        const std::string_view name = std::string_view(field.name).substr(0, 3);
        if (rect.w < ui::text_width(font, "0")) return;
        const bool upright = name != "Res";
        float y = rect.y + px(2) + line / 2;
        for (std::size_t at = 0; upright && at < name.size(); ++at, y += line) {
            const std::string_view letter = name.substr(at, 1);
            mark::text(font, middle - ui::text_width(font, letter) / 2, y, set ? theme.text : theme.text_dim, letter);
        }
        mark::text(set ? ui::fonts().code : font, middle - ui::text_width(font, field.value) / 2, rect.bottom() - px(3) - line / 2,
                   set ? theme.text : theme.text_faint, field.value);
    }

    void choose(const FieldRange& range) { view_.chosen = view_.chosen == range ? FieldRange{} : range; }

    // ---- the bytes -------------------------------------------------------------------------------------------------------------------------
    void paint_bytes() {
        const std::size_t count = page_.bytes.size();
        paint_title(page_.cut() ? fmt::format("Bytes: the first {} of {}", count, page_.whole_bytes) : fmt::format("Bytes, {}", count));
        if (page_.cut()) paint_note("The trace keeps the first part of a packet this large.");
        columns_ = width_ - px(12) >= letter_w_ * dump_letters(16) ? 16 : 8;
        const ByteRange marked = bytes_of(page_.fields, marked_);
        const std::size_t rows = (count + columns_ - 1) / columns_;
        const float row = px(byte_row_h);
        const Rect box{left_, y_, width_, static_cast<float>(rows) * row + px(10)};
        ui::canvas().AddRectFilled(box.min(), box.max(), ui::theme().card, px(6));
        y_ += px(5);
        const auto first = static_cast<std::size_t>(std::max((area_.y - y_) / row, 0.0f));
        for (std::size_t at = first; at < rows && y_ + static_cast<float>(at) * row < area_.bottom(); ++at)
            paint_byte_row(at * columns_, y_ + static_cast<float>(at) * row, marked);
        y_ = box.bottom() + px(6);
    }

    /** An offset of 6 letters, 3 for each byte and 1 more, a gap in the middle, and 1 between. */
    static float dump_letters(std::size_t columns) { return static_cast<float>(6 + columns * 4 + 2); }
    float hex_x(std::size_t column) const {
        const float gap = columns_ == 16 && column >= 8 ? 1 : 0;
        return left_ + px(6) + letter_w_ * (6 + static_cast<float>(column) * 3 + gap);
    }
    float letter_x(std::size_t column) const { return hex_x(columns_) + letter_w_ * (1 + static_cast<float>(column)); }

    void paint_byte_row(std::size_t begin, float y, const ByteRange& marked) {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().code_small;
        const std::size_t end = std::min(begin + columns_, page_.bytes.size());
        const float row = px(byte_row_h), middle = y + row / 2;
        point_at(begin, end, {left_, y, width_, row});
        mark::text(font, left_ + px(6), middle, theme.text_faint, fmt::format("{:04x}", begin));
        for (std::size_t at = begin; at < end; ++at) {
            const std::size_t column = at - begin;
            const FieldRange fields = fields_at_byte(page_.fields, at);
            const ImU32 part = fields.empty() ? theme.text_dim : colour_of(page_.fields[fields.first].part);
            const auto byte = static_cast<unsigned char>(page_.bytes[at]);
            const bool is_marked = marked.has(at), prints = byte >= 0x20 && byte < 0x7f;
            if (is_marked) {
                const ImU32 fill = faded(part, 0.42f);
                const float half = letter_w_ / 2, end_x = hex_x(column) + letter_w_ * 2;
                ui::canvas().AddRectFilled({hex_x(column) - half, y + px(1)}, {end_x + half, y + row - px(1)}, fill);
                ui::canvas().AddRectFilled({letter_x(column), y + px(1)}, {letter_x(column + 1), y + row - px(1)}, fill);
            }
            const ImU32 ink = is_marked ? theme.text : mixed(theme.text, part, 0.45f);
            mark::text(font, hex_x(column), middle, ink, fmt::format("{:02x}", byte));
            const char letter = static_cast<char>(byte);
            mark::text(font, letter_x(column), middle, is_marked ? theme.text : theme.text_dim,
                       prints ? std::string_view(&letter, 1) : std::string_view("·"));
        }
    }

    /** The byte under the pointer, by its number or its letter. */
    void point_at(std::size_t begin, std::size_t end, const Rect& rect) {
        const float x = ImGui::GetIO().MousePos.x;
        std::size_t byte = end;
        for (std::size_t at = begin; at < end; ++at) {
            const float hex = hex_x(at - begin) - letter_w_ / 2, letter = letter_x(at - begin);
            if ((x >= hex && x < hex + letter_w_ * 3) || (x >= letter && x < letter + letter_w_)) byte = at;
        }
        const FieldRange range = byte < end ? fields_at_byte(page_.fields, byte) : FieldRange{};
        const std::string tip = range.empty() ? "" : field_text(page_.fields[range.first]);
        const std::string id = fmt::format("inspector.bytes.{}", begin);
        bool over = false;
        const bool clicked = ui::hit(id.c_str(), rect, hex_label(begin, end), &over, tip.empty() ? nullptr : tip.c_str());
        if (over && !range.empty()) over_ = range;
        if (clicked && !range.empty()) choose(range);
    }
    std::string hex_label(std::size_t begin, std::size_t end) const {
        std::string text;
        for (std::size_t at = begin; at < end; ++at)
            text += fmt::format("{}{:02x}", at == begin ? "" : " ", static_cast<unsigned char>(page_.bytes[at]));
        return text;
    }

    const PacketPage& page_;
    PacketView& view_;
    float left_, width_, y_, height_ = 0, bit_w_ = 0, letter_w_ = 0;
    Rect area_;
    FieldRange marked_, over_;
    std::size_t columns_ = 16;
};

}  // namespace

float draw_packet(const PacketPage& page, PacketView& view, ImVec2 at, float width, const ui::Rect& area, bool& moved) {
    const FieldRange before = view.shown();
    PacketPainter painter(page, view, at, width, area);
    painter.paint();
    view.over = painter.over();
    if (!(view.shown() == before)) moved = true;
    return painter.height();
}

}  // namespace synoptic
