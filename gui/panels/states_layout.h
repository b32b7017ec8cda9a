// RFC 9293's connection state diagram (3.3.2, Figure 5), turned so that it is wide: what it shows, and where. No drawing.
//
//            ┌─▶ SYN_SENT ──┐          ┌─▶ CLOSE_WAIT ─▶ LAST_ACK ─▶ CLOSED        the usual client's path: SYN_SENT, ESTABLISHED, FIN_WAIT_1 …
//   CLOSED ──┴─▶ LISTEN ─┐  ├─▶ ESTAB ─┤               CLOSING ──▶ TIME_WAIT       the usual server's: LISTEN, SYN_RCVD, ESTABLISHED, CLOSE_WAIT …
//                     SYN_RCVD         └─▶ FIN_WAIT_1 ─▶ FIN_WAIT_2 ──┘
//
// CLOSED stands at both ends, as in the RFC.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/known.h"
#include "core/base/tcp_state.h"
#include "gui/ui.h"

namespace synoptic {

/** A box of the diagram; CLOSED has two. */
enum class StateNode : std::uint8_t {
    closed,
    listen,
    syn_sent,
    syn_rcvd,
    established,
    fin_wait_1,
    close_wait,
    fin_wait_2,
    closing,
    last_ack,
    time_wait,
    closed_again,
    count
};
inline constexpr std::size_t state_node_count = static_cast<std::size_t>(StateNode::count);

TcpState state_of(StateNode node);
/** The box of a state; CLOSED is the last one after a connection, the first where none was established. */
StateNode node_of(TcpState state, bool after_connection = false);

/** Whose usual way a transition is. */
enum class Path : std::uint8_t { client, server, other, rare };  // rare: not in the RFC's figure (its note 2); drawn where it was taken

struct Transition {
    StateNode from, to;
    Path path;
    const char* event;   // "rcv SYN"
    const char* action;  // "snd SYN,ACK"; "" for none (the RFC's x)
};
std::span<const Transition> transitions();
/** The number of the transition between two boxes; transitions().size() if there is none. */
std::size_t transition_between(StateNode from, StateNode to);

/** A cubic Bézier curve. */
struct StateCurve {
    ImVec2 from, from_control, to_control, to;
    ImVec2 at(float share) const;
};
struct StateLabel {
    std::string text;
    ImVec2 at;  // its top left corner
    float width = 0;
};
struct StateEdge {
    StateCurve curve;
    std::vector<StateLabel> labels;  // one for each line
};

struct StatesLayout {
    ui::Rect node[state_node_count];
    std::vector<StateEdge> edges;  // by number of transition
    float name_scale = 1;          // of the names' letters: smaller ones in a narrow room
    bool labelled = false;         // there is room for labels
    bool all_labelled = false;     // for all of them
    float width = 0, height = 0;   // what it takes; more than the room where that is too small
    ui::Rect free;                 // the corner that nothing is drawn in
};

/** Sizes are in pixels; `scale` is how many of them one at zoom 1 is. */
struct StatesMeasure {
    float scale = 1;
    std::function<float(std::string_view)> label_width;
    float label_height = 14;
    std::function<float(std::string_view)> name_width;
};
/** The number of the transition whose line passes nearest to a point, no farther than `reach`; transitions().size() if there is none. */
std::size_t edge_near(const StatesLayout& layout, ImVec2 point, float reach);
StatesLayout lay_out_states(const ui::Rect& room, const StatesMeasure& measure);

/** A state that an end has come through. */
struct Passed {
    TcpState state{};
    Known known = Known::observed;
};
/** A transition that an end has made. */
struct Taken {
    std::size_t transition = 0;
    bool seen = true;  // by a kernel's table; else inferred from a segment, or it must have been made unseen
    friend bool operator==(const Taken&, const Taken&) = default;
};
/** The way through these states, from CLOSED on. What lies between two states that are no neighbours is the usual way, and was not seen. */
std::vector<Taken> way_through(std::span<const Passed> states, bool is_client);

}  // namespace synoptic
