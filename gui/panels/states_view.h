// How the States panel looks at a connection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/tcp_state.h"
#include "core/model/wire_world.h"
#include "gui/panels/tcp_paths.h"

namespace synoptic {

/** Both ends of a connection, by their addresses: it has them before any call tells of it. */
struct EndPair {
    TcpEndKey client, server;
    friend bool operator==(const EndPair&, const EndPair&) = default;
    friend bool operator<(const EndPair& l, const EndPair& r) { return l.client < r.client; }
};

struct StatesView {
    float scroll_x = 0, scroll_y = 0;
    std::optional<EndPair> chosen;                // by hand, until something else is selected
    std::array<std::uint64_t, 5> chosen_while{};  // what was selected then
    TcpState asked = TcpState::none;              // whose meaning is shown
    TcpPaths paths;
};

}  // namespace synoptic
