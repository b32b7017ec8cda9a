// The code pane's content as plain data: the lines of a source, how they differ from the corrected program's, and how they are broken into rows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/world.h"

namespace synoptic {

struct CodeLine {
    enum class Change : std::uint8_t { none, only_here, only_corrected };
    int number = 0;  // in the file shown; 0 for a line that only the corrected program has
    std::string_view text;
    Change change = Change::none;
    int other = 0;                  // its number in the corrected program; 0: it is not there
    std::size_t partner = no_line;  // of a changed line: the index of what stands in its place in the other program
    std::vector<std::pair<std::size_t, std::size_t>> changed;  // of one with a partner: the bytes that are not the same there
    static constexpr std::size_t no_line = ~std::size_t{0};
};

std::vector<CodeLine> code_lines(std::string_view source);
/** Both programs as one text, by their longest common subsequence of lines. Where a line was changed, not added, its two versions stand one below the
    other and know what of them differs, word by word. */
std::vector<CodeLine> compared_lines(std::string_view source, std::string_view corrected);
/** The indexes of lines at which a stretch of differences begins. */
std::vector<std::size_t> differences(const std::vector<CodeLine>& lines);

/** A stretch of a line that fits into the pane's width. */
struct CodeRow {
    std::size_t line = 0;  // index of the CodeLine
    std::size_t begin = 0, end = 0;
    std::size_t indent = 0;  // letters before a continued line
    bool first = true;
};
/** A comment that draws: broken, its columns would no longer stand below each other. */
bool is_picture(std::string_view text);
/** Breaks a line at spaces into rows of at most `letters`; the first has `less` of them, for what stands at its end. A picture stays whole. */
void break_line(std::vector<CodeRow>& rows, std::size_t line, std::string_view text, std::size_t letters, std::size_t less);

/** A row of the pane: a line's stretch; beside it, where programs are compared side by side, the corrected program's. */
struct PaneRow {
    std::optional<CodeRow> here, there;
};
/** Breaks all lines into rows. `less` says how many letters the pills of a line take. */
std::vector<PaneRow> rows_of(const std::vector<CodeLine>& lines, std::size_t letters,
                             const std::function<std::size_t(const CodeLine&)>& less);
/** The same with both programs side by side, each with so many letters in a row. */
std::vector<PaneRow> rows_side_by_side(const std::vector<CodeLine>& lines, std::size_t letters,
                                       const std::function<std::size_t(const CodeLine&)>& less);

/** The corrected program's file for that of a defective variant; empty if there is none. */
std::string corrected_file(std::string_view file);

/** Files worth offering: those of the programs that live first, then all that are taught. */
std::vector<std::string> files_to_show(const World& world);

}  // namespace synoptic
