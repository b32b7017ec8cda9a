// "Be the kernel" by pointing: the queues, processes, states and segments on screen that stand for the choices of the question that is asked. They are
// outlined with the choice's number where they are drawn; a click on one answers.
#pragma once

#include <string>
#include <vector>

#include "gui/app_state.h"

namespace synoptic {

class Player;
struct QuestionBlock;

/** For each choice the ids of what may stand for it on screen, the closest first; those that could mean two choices are left out. */
std::vector<std::vector<std::string>> places_of_choices(const Player& player, const QuestionBlock& question, const World& world);

/** Each frame, before panes are drawn: what can be pointed at. */
void begin_points(AppState& state);
/** Behind a pane's contents, in its window: outlines what stands there for a choice, and takes the click. */
void draw_points(AppState& state, const ui::Rect& pane);

}  // namespace synoptic
