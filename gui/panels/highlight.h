// A small C++ highlighter for the code pane: enough for the taught programs. Pure text, no drawing.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace synoptic {

enum class Ink : unsigned char {
    plain,
    keyword,  // int, for, return, sockaddr_in …
    comment,
    string,
    number,
    constant,   // AF_INET, SO_REUSEADDR
    call,       // accept in os.accept(…)
    directive,  // #include
};

/** A stretch of a line in one colour. The spans of a line cover all of it, in order. */
struct Span {
    std::size_t begin = 0, end = 0;
    Ink ink = Ink::plain;
};

/** Splits one line. `in_comment` says whether a block comment is open, before and after. */
std::vector<Span> highlight(std::string_view line, bool& in_comment);

}  // namespace synoptic
