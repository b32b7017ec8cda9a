// How source is fitted into a narrow place without losing a character: what all lines are indented by goes, and lines that are still too long are folded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace synoptic {

/** Without the blanks with which every line begins; lines of blanks alone don't count. */
std::string without_common_indent(std::string_view code);

/** A part of a line that has a line of its own. */
struct CodePiece {
    std::size_t begin = 0, end = 0;  // bytes of the line
    std::size_t indent = 0;          // columns before it
};

/** Folds a line into pieces of at most so many columns (at least 8), behind a blank, a comma or a bracket where there is one, between characters of UTF-8
 *  else. What is folded stands four columns farther in than the line. One piece where the line fits; an empty line is one empty piece. */
std::vector<CodePiece> folded(std::string_view line, std::size_t columns);

/** Columns of a text: its characters of UTF-8. */
std::size_t columns_of(std::string_view text);

}  // namespace synoptic
