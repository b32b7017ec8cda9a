// Drawing by hand: text that never shows a box for an unknown character, badges, cards.
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/ui_state.h"

namespace synoptic::ui {
namespace {

bool plain_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= 0x20 && c < 0x7f); });
}

/** Decodes one character of UTF-8 (RFC 3629); returns its length, 0 if the bytes are none. */
std::size_t decode(std::string_view text, unsigned& codepoint) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
        codepoint = first;
        return 1;
    }
    const std::size_t length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (length == 0 || first >= 0xf5 || text.size() < length) return 0;
    codepoint = first & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        codepoint = codepoint << 6 | (byte(i) & 0x3f);
    }
    const bool overlong = (length == 3 && codepoint < 0x800) || (length == 4 && codepoint < 0x10000);
    const bool surrogate = codepoint >= 0xd800 && codepoint < 0xe000;
    return overlong || surrogate || codepoint > 0x10ffff ? 0 : length;
}

/** What stands for a sign of our own texts where a font lacks it; null for all others. */
const char* plain_sign(unsigned codepoint) {
    switch (codepoint) {
        case 0x2026:
            return "...";  // …
        case 0x2192:
            return "->";
        case 0x2190:
            return "<-";
        case 0x2010:
        case 0x2011:
        case 0x2013:
        case 0x2212:
            return "-";  // hyphens, en dash, minus
        case 0x2018:
        case 0x2019:
            return "'";
        case 0x201c:
        case 0x201d:
            return "\"";
        case 0x2022:
        case 0x25cf:
            return "*";
        default:
            return nullptr;
    }
}

float width_of(ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(imgui::font_size(font), FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

/** The longest beginning of `text` that is no wider than `width`, cut between characters. */
std::string_view fitting(ImFont* font, std::string_view text, float width) {
    const char* rest = text.data();
    font->CalcTextSizeA(imgui::font_size(font), width, 0, text.data(), text.data() + text.size(), &rest);
    return text.substr(0, static_cast<std::size_t>(rest - text.data()));
}

void put(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text) {
    canvas().AddText(font, imgui::font_size(font), at, colour, text.data(), text.data() + text.size());
}

}  // namespace

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

std::string showable(ImFont* font, std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        unsigned codepoint = 0;
        const std::size_t length = decode(text.substr(at), codepoint);
        if (length == 0) {
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
            ++at;
            continue;
        }
        if (codepoint == '\n') {
            result += "\\n";
        } else if (codepoint == '\t') {
            result += "\\t";
        } else if (codepoint < 0x20 || codepoint == 0x7f) {
            result += fmt::format("\\x{:02x}", codepoint);
        } else if (codepoint < 0x80 || imgui::has_glyph(font, codepoint)) {
            result += text.substr(at, length);
        } else if (const char* sign = plain_sign(codepoint)) {
            result += sign;
        } else {
            result += fmt::format("\\u{{{:x}}}", codepoint);
        }
        at += length;
    }
    return result;
}

float text_width(ImFont* font, std::string_view text) {
    if (plain_ascii(text)) return width_of(font, text);
    return width_of(font, showable(font, text));
}

std::string shortened(ImFont* font, std::string_view text, float most_width) {
    std::string shown = showable(font, text);
    if (width_of(font, shown) <= most_width + 0.5f) return shown;
    const char* ellipsis = imgui::has_glyph(font, 0x2026) ? "…" : "...";
    std::string_view part = fitting(font, shown, std::max(0.0f, most_width - width_of(font, ellipsis)));
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    return std::string(part) + ellipsis;
}

float draw_text(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float most_width) {
    std::string shown;
    if (!plain_ascii(text)) {
        shown = showable(font, text);
        text = shown;
    }
    float width = width_of(font, text);
    if (most_width > 0 && width > most_width + 0.5f) {
        shown = shortened(font, text, most_width);
        text = shown;
        width = width_of(font, text);
    }
    put(font, {std::floor(at.x), std::floor(at.y)}, colour, text);
    return width;
}

float wrapped_height(ImFont* font, std::string_view text, float width) {
    return font->CalcTextSizeA(imgui::font_size(font), FLT_MAX, width, text.data(), text.data() + text.size()).y;
}

float draw_wrapped(ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, float width) {
    canvas().AddText(font, imgui::font_size(font), {std::floor(at.x), std::floor(at.y)}, colour, text.data(), text.data() + text.size(),
                     width);
    return wrapped_height(font, text, width);
}

Rect draw_badge(ImVec2 at, std::string_view label, ImU32 colour, bool filled, bool right_aligned) {
    ImFont* font = fonts().small_text;
    const float line = imgui::font_size(font);
    const float width = std::ceil(text_width(font, label)) + px(16), height = std::floor(line + px(4));
    const Rect rect{std::floor(right_aligned ? at.x - width : at.x), std::floor(at.y), width, height};
    if (filled) {
        canvas().AddRectFilled(rect.min(), rect.max(), colour, height / 2);
    } else {
        canvas().AddRectFilled(rect.min(), rect.max(), faded(colour, 0.10f), height / 2);
        imgui::stroke_rect(canvas(), rect.min(), rect.max(), colour, height / 2, std::max(1.0f, px(1)));
    }
    draw_text(font, {rect.x + px(8), rect.y + (height - line) / 2}, filled ? theme().on_accent : colour, label);
    return rect;
}

void badge(const char* label, ImU32 colour, bool filled) {
    const Rect rect = draw_badge(ImGui::GetCursorScreenPos(), label, colour, filled);
    ImGui::Dummy({rect.w, rect.h});
    frame().last = rect;
}

void draw_card(const Rect& rect, ImU32 fill, ImU32 outline, ImU32 left_bar) {
    const float rounding = px(6);
    canvas().AddRectFilled(rect.min(), rect.max(), fill, rounding);
    if (left_bar != 0) {
        canvas().AddRectFilled(rect.min(), {rect.x + px(5), rect.bottom()}, left_bar, rounding, ImDrawFlags_RoundCornersLeft);
    }
    imgui::stroke_rect(canvas(), rect.min(), rect.max(), outline, rounding, std::max(1.0f, std::floor(px(1))));
}

}  // namespace synoptic::ui
