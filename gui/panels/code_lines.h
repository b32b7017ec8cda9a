// The code pane's content as plain data: the lines of a source, who stands where in it, and how a defective variant differs from the corrected program.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/history.h"
#include "core/model/world.h"

namespace synoptic {

struct CodeLine {
    enum class Change : std::uint8_t { none, only_here, only_corrected };
    int number = 0;  // in the file shown; 0 for a line that only the corrected program has
    std::string_view text;
    Change change = Change::none;
};

std::vector<CodeLine> code_lines(std::string_view source);
/** Both programs as one text, by their longest common subsequence of lines. */
std::vector<CodeLine> compared_lines(std::string_view source, std::string_view corrected);

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

/** The corrected program's file for that of a defective variant; empty if there is none. */
std::string corrected_file(std::string_view file);

/** A pill at the end of a line: an actor that stands there, or several of a kind. */
struct LineMark {
    std::string label;  // "server 1", "4103", "12 clients"
    ActorId actor{};    // the first of them
    std::size_t count = 1;
    bool server = false;
    bool blocked = false;  // all of them are
    bool at_gate = false;
};

/** Who stands in a file, by line. Where more than `most` of one role stand, they are counted. */
std::map<int, std::vector<LineMark>> marks_in(const World& world, const History& history, std::string_view file, std::size_t most = 2);

/** Files worth offering: those of the programs that live first, then all that are taught. */
std::vector<std::string> files_to_show(const World& world);

}  // namespace synoptic
