// What the stage's cards say where there is little room: shorter wordings, not letters that are cut off; and which of its words a row leaves out.
// Plain text and widths, no drawing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gui/panels/words.h"

namespace synoptic {

/** The width of a text in its font, px. */
using WidthOf = std::function<float(std::string_view)>;

/** The first of these wordings, the longest first, that is no wider than `room` (px); "" if none is. */
std::string fitting(const std::vector<std::string>& wordings, float room, const WidthOf& width_of);

/**
 * A call in `room` px: "send(4, \"hello\") = 5", "send(4, \"hel…) = 5", "send(…) = 5", "send". Of one that failed the error stays longest: it is the
 * news. "" where not even the name has room: the clock or the gate then says that there is one.
 */
std::string call_words(const ShortCall& call, float room, const WidthOf& width_of);
/** The least that call_words says of it, if anything. */
std::string least_words(const ShortCall& call);

/** Widths of what stands in a worker's row behind its name, px; 0: there is no such thing. */
struct RowWidths {
    float number = 0;      // "pid 4102"
    float peer = 0;        // "→ client 3"
    float descriptor = 0;  // "4 connfd"
    float call_least = 0, call_whole = 0;
};
/** Which of them have room, each with a gap before it; `call`: what is left for the call, px. */
struct RowChoice {
    bool number = false, peer = false, descriptor = false;
    float call = 0;
};
/** The call's name comes first, then who is served, then the whole call, then the rest. */
RowChoice choose_row(const RowWidths& widths, float room, float gap);

}  // namespace synoptic
