// Who stands where in a source file, as plain data for the code pane.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/history.h"
#include "core/model/world.h"

namespace synoptic {

/** A pill at the end of a line: an actor that stands there, or several of a kind. */
struct LineMark {
    std::string label;            // "server 1", "4103", "clients × 12"
    std::vector<ActorId> actors;  // at least one
    bool server = false;
    bool blocked = false;        // all of them are
    bool at_gate = false;        // all of them are
    bool at_breakpoint = false;  // one of them is, at least
};

/** Who stands in a file, by line. Where more than `most` of one role stand, they are counted. */
std::map<int, std::vector<LineMark>> marks_in(const World& world, const History& history, std::string_view file, std::size_t most = 2);

/** Whom a pill means and what they do, for its tooltip: "client 1, client 2, client 3 and 9 more: 11 blocked in recv, 1 about to call send". */
std::string mark_text(const World& world, const LineMark& mark);

/** How many stand on a line in or at a call, as against those that have left it and compute. */
std::size_t at_line_now(const World& world, const std::vector<LineMark>& marks);

/** The number under which the History knows a source file; 0 while nobody has told of it. */
std::uint16_t file_number(const History& history, std::string_view file);

}  // namespace synoptic
