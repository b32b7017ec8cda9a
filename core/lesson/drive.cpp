#include "core/lesson/drive.h"

#include <algorithm>

#include "core/base/clock.h"

namespace synoptic {

bool gets_on(const Player& player) {
    switch (player.state()) {
        case Player::State::prepares:
        case Player::State::does:
        case Player::State::expects:
        case Player::State::reveals:
            return true;
        case Player::State::asks:
        case Player::State::stands:
        case Player::State::failed:
        case Player::State::ended:
        case Player::State::impossible:
            break;
    }
    return false;
}

bool drive(const Session& session, Player& player, int limit_ms, const std::function<void(const World&)>& looked) {
    const std::uint64_t limit_ns = session.now_ns() + static_cast<std::uint64_t>(limit_ms) * ms_ns;
    const auto look = [&](const World& world) {
        player.poll(world, session.now_ns());
        if (looked) looked(world);
        return !gets_on(player);
    };
    while (session.now_ns() < limit_ns) {
        const std::uint64_t now = session.now_ns(), next = std::min(player.next_poll_ns(), limit_ns);
        const int wait_ms = next > now ? static_cast<int>((next - now) / ms_ns) + 1 : 1;
        if (session.wait_for(look, wait_ms)) return true;
    }
    return false;
}

}  // namespace synoptic
