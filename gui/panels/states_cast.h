// Who is on the state diagram: both ends of the chosen connection, how they came there, and how many others are where. No drawing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gui/panel.h"
#include "gui/panels/states_layout.h"

namespace synoptic {

/** The connection that an end belongs to. */
EndPair pair_of(const World& world, const TcpEnd& end);
/** All of which a table or a segment has told, by the client's address. */
std::vector<EndPair> end_pairs(const World& world);
/** The connection that the selection means: directly, or the latest of the one who is selected. */
std::optional<EndPair> selected_pair(const World& world, const TcpPaths& paths, const Selection& selection);
/** The one that began last, of none: nothing. */
std::optional<EndPair> latest_pair(const World& world, const TcpPaths& paths, std::span<const EndPair> pairs);
/** "client 3 ⇄ server 1"; addresses where they are none of ours. */
std::string pair_label(const World& world, const EndPair& pair);

struct StatesEnd {
    std::string who;              // "client 3"
    const TcpEnd* end = nullptr;  // null: nothing is known of it, or it is a listener
    TcpState state = TcpState::none;
    StateNode node = StateNode::closed;
    Known known = Known::unknown;
    std::uint64_t since_ns = 0;  // 0: not known
    std::vector<Taken> way;
    EventIndex entered = no_event;  // the event that brought it here
    bool shown() const { return state != TcpState::none; }
};

struct StatesCast {
    StatesEnd client, server;
    std::size_t others[state_node_count] = {};
};
/** `pair` may be none: then all are others. */
StatesCast cast_states(const World& world, const TcpPaths& paths, const std::optional<EndPair>& pair);

/** "ESTABLISHED, observed, for 3.2 s; retransmission in 0.4 s". */
std::string end_text(const StatesEnd& end, std::uint64_t now_ns);

}  // namespace synoptic
