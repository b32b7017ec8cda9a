// Who is on the stage: the first half of its layout. Sorts programs, workers and connections of a World into groups, without any geometry.
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

/** Moves what has no room for a card into the group's MoreCards: at most so many clients and workers keep theirs. */
void group_the_rest(const World& world, StageGroup& group, std::size_t most_clients, std::size_t most_workers, ProgramId selected);

}  // namespace synoptic
