// Driving a player without a window: whenever something has happened, and when its time has come.
#pragma once

#include <functional>

#include "core/lesson/player.h"
#include "core/session/session.h"

namespace synoptic {

/** True while the player gets on by itself. */
bool gets_on(const Player& player);
/** Polls until the player waits for the user, has failed or has ended; `looked` is called after each look with the World. False after `limit_ms`. */
bool drive(const Session& session, Player& player, int limit_ms, const std::function<void(const World&)>& looked = {});

}  // namespace synoptic
