// Words of the Ladder, and which connection it shows. Pure functions; they draw nothing.
#pragma once

#include <string>
#include <vector>

#include "gui/panels/ladder_index.h"

namespace synoptic {

struct PanelContext;

struct Selection;

/** A connection for the chooser: "client 3 – server 1, port 40112". */
std::string ladder_title(const Ladder& ladder);

/** "seq 1, ack 1, window 64,240"; without the window where there is no room for it. */
std::string segment_numbers(const LadderSegment& segment, bool with_window);
/** What happened to it: "dropped by a rule", "held", "delayed", "copy made by hand"; empty where nothing did. */
std::string segment_fate(const LadderSegment& segment, EventIndex limit);
/** All of it, for its tooltip. */
std::string segment_story(const LadderIndex& index, const History& history, const LadderSegment& segment, EventIndex limit);

struct LadderCallWords {
    std::string call;    // "connect(3, {10.77.0.2:6666}, 16)"
    std::string begun;   // the same as it was entered: "recv(4, …, 100, 0)"
    std::string name;    // "connect"
    std::string result;  // "= 0"; empty while open
    bool failed = false;
    bool open = false;
    bool never = false;    // it never returns: its maker has ended
    bool blocked = false;  // it sleeps, or slept
};
LadderCallWords ladder_call_words(const History& history, const LadderCall& call, EventIndex limit);
/** All of it, for its tooltip: the call, when and how long, and where it slept. */
std::string call_story(const History& history, const LadderCall& call, EventIndex limit);

/** "12.345678": seconds since the history began, as in the call list. */
std::string ladder_time(const History& history, EventIndex event);

/** The server of ours that listens there; null if none does. */
const Program* server_at(const World& world, const Address& address, bool on_wire);
/** Who waits in accept on the listener that this connection goes to, while none has returned it; null if nobody does. */
const Actor* waiting_accept(const World& world, const Ladder& ladder);

/** The ladder that a selection means; LadderIndex::none if it means none of them. `world` is the one that is shown. */
std::size_t ladder_of(const LadderIndex& index, const World& world, const Selection& selection);
/** "No connection yet.", and of a lesson that earlier runs do not count. */
std::string no_connection_yet(const PanelContext& panel, EventIndex limit);
/** The connection that began last before `limit`, and not before `from`; none if there is none. */
std::size_t latest_ladder(const LadderIndex& index, EventIndex limit, EventIndex from = 0);
/** True if anything of it had happened before `limit`. */
bool has_begun(const Ladder& ladder, EventIndex limit);

/** Connections to choose from, the latest first. */
struct OfferedConnections {
    std::vector<std::size_t> ladders;
    std::vector<std::string> titles;
    int chosen = -1;  // the place of the one that is shown
};
/** Those that had begun before `limit`, 30 of them at most; the one that is shown is among them, however old it is. */
OfferedConnections offered_connections(const LadderIndex& index, EventIndex limit, std::size_t shown);

}  // namespace synoptic
