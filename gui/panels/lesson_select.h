// What a lesson's `show` wants selected, in the running session.
#pragma once

#include <optional>

#include "core/lesson/player.h"
#include "gui/panel.h"

namespace synoptic {

/** Nothing while it is not there. `player` knows the lesson's names. */
std::optional<Selection> selection_of(const Player& player, const World& world, const ShowBlock::Selected& wanted);

}  // namespace synoptic
