// "Be the kernel" by pointing: what is selected on the stage, as a choice of the question that is asked.
#pragma once

#include <optional>

#include "core/lesson/player.h"
#include "gui/panel.h"

namespace synoptic {

/** The choice whose fact names what is selected; none if no choice does, or more than one. */
std::optional<std::size_t> choice_pointed_at(const Player& player, const QuestionBlock& question, const World& world,
                                             const Selection& selection);

/** What a lesson's `show` wants selected; none while it is not there. `player` knows the lesson's names. */
std::optional<Selection> selection_of(const Player& player, const World& world, const ShowBlock::Selected& wanted);

}  // namespace synoptic
