// Text for people. Everything here must take any bytes at all: messages come from users, peers and defective programs.
#include "core/base/text.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "core/base/printable.h"
#include "core/base/utf8.h"

namespace synoptic {
namespace {

/** The length in bytes of the well-formed UTF-8 character (RFC 3629) at the start of `bytes`, and its code point; 0 if there is none. */
std::size_t utf8_length(std::string_view bytes, char32_t& code_point) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    const unsigned char first = byte(0);
    std::size_t length = 0;
    if (first < 0x80) {
        code_point = first;
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        code_point = first & 0x1Fu;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        code_point = first & 0x0Fu;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        code_point = first & 0x07u;
    }
    if (length == 0 || bytes.size() < length) return 0;
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xC0) != 0x80) return 0;
        code_point = (code_point << 6) | (byte(at) & 0x3Fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    return code_point < least[length] || surrogate || code_point > 0x10FFFF ? 0 : length;
}

/** Characters that would not be seen, or would move what is around them: controls, line separators, marks that reverse the direction. */
bool is_invisible(char32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || (code_point >= 0x200B && code_point <= 0x200F) ||
           (code_point >= 0x2028 && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xFEFF;
}

/** Characters on which a terminal acts, or after which text reads otherwise than it stands there. Unlike is_invisible() not those that only join letters. */
bool is_obeyed(char32_t code_point) {
    if (code_point == '\n' || code_point == '\t') return false;
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

void append_escaped_byte(std::string& text, unsigned char byte) {
    switch (byte) {
        case '\n':
            text += "\\n";
            return;
        case '\r':
            text += "\\r";
            return;
        case '\t':
            text += "\\t";
            return;
        case '\0':
            text += "\\0";
            return;
        case '\\':
            text += "\\\\";
            return;
        case '"':
            text += "\\\"";
            return;
        default:
            for (const char part : {'\\', 'x', "0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]}) text += part;
            return;
    }
}

int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

std::string with_separators(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
    return digits;
}

}  // namespace

namespace {

/** The bytes of each character for which `stays` says no are escaped, and those of none. */
template <class Stays>
std::string escaped_but(std::string_view bytes, Stays stays) {
    std::string text;
    text.reserve(bytes.size() + 8);
    while (!bytes.empty()) {
        char32_t code_point = 0;
        const std::size_t length = utf8_length(bytes, code_point);
        const bool as_it_is = length != 0 && stays(code_point);
        const std::size_t taken = std::max<std::size_t>(length, 1);
        if (as_it_is) {
            text += bytes.substr(0, taken);
        } else {
            for (std::size_t at = 0; at < taken; ++at) append_escaped_byte(text, static_cast<unsigned char>(bytes[at]));
        }
        bytes.remove_prefix(taken);
    }
    return text;
}

}  // namespace

std::string escaped(std::string_view bytes) {
    return escaped_but(bytes, [](char32_t each) { return !is_invisible(each) && each != '\\' && each != '"'; });
}

std::string printable(std::string_view text) {
    return escaped_but(text, [](char32_t each) { return !is_obeyed(each); });
}

std::string in_quotes(std::string_view bytes, std::size_t most_bytes) {
    std::string_view shown = bytes.substr(0, most_bytes);
    const bool is_cut = shown.size() < bytes.size();
    if (is_cut) {
        // A character that the cut goes through would be shown as rubbish that was never sent: leave it out.
        std::size_t back = 0;
        while (back < 3 && back < shown.size() && continues_character(bytes[shown.size() - back])) ++back;
        char32_t code_point = 0;
        if (back > 0 && utf8_length(bytes.substr(shown.size() - back), code_point) > back) shown.remove_suffix(back);
    }
    return '"' + escaped(shown) + (is_cut ? "\"…" : "\"");
}

std::string unescaped(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            bytes += text[at];
            continue;
        }
        switch (text[at + 1]) {
            case 'n':
                bytes += '\n';
                break;
            case 'r':
                bytes += '\r';
                break;
            case 't':
                bytes += '\t';
                break;
            case '0':
                bytes += '\0';
                break;
            case '\\':
                bytes += '\\';
                break;
            case '"':
                bytes += '"';
                break;
            case 'x':
                if (at + 3 < text.size() && hex_digit(text[at + 2]) >= 0 && hex_digit(text[at + 3]) >= 0) {
                    bytes += static_cast<char>(hex_digit(text[at + 2]) * 16 + hex_digit(text[at + 3]));
                    at += 2;
                    break;
                }
                [[fallthrough]];
            default:
                bytes += text.substr(at, 2);
                break;
        }
        ++at;
    }
    return bytes;
}

std::size_t letters_apart(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t at = 0; at <= other.size(); ++at) row[at] = at;
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i - 1] != other[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

std::string duration(std::uint64_t ns) {
    constexpr struct {
        double ns;
        const char* name;
    } units[] = {{1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}};
    if (ns < 1000) return std::to_string(ns) + " ns";
    const double value = static_cast<double>(ns);
    for (const auto& unit : units) {
        // 999.95 would be printed as 1000.0: it belongs to the next unit.
        if (value >= unit.ns * 999.95 && unit.ns != 1e9) continue;
        char text[40];
        std::snprintf(text, sizeof text, "%.1f %s", value / unit.ns, unit.name);
        return text;
    }
    return {};
}

std::string byte_count(std::uint64_t count) {
    return with_separators(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace synoptic
