// The stage's layout in parts: who is on it (sorted into groups, without any geometry), and where wires lead once the cards have their places.
#pragma once

#include <vector>

#include "gui/panels/stage_layout.h"

namespace synoptic {

struct StageCast {
    std::vector<StageGroup> groups;
    bool fading = false;
    std::uint64_t changes_in_ns = 0;
};

/** Every server with its workers and clients, in order of appearance; clients without a server come last. */
StageCast cast_stage(const World& world, const StageMeasure& measure);

/** stage_more.cpp: moves what has no room for a card into the group's MoreCards: at most so many clients and workers keep theirs. */
void group_the_rest(const World& world, StageGroup& group, std::size_t most_clients, std::size_t most_workers, ProgramId selected);

/** The wires of a group whose cards have their places (stage_wiring.cpp). */
void lay_wires(const World& world, const StageGroup& group, std::vector<StageWire>& wires);

}  // namespace synoptic
