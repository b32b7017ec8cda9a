// Which events belong to which connection, kept beside a History as it grows: the calls on its two sockets, its segments, and the states of its two ends.
//
//   a client's connect ──▶ ladder of that socket ─┐
//                                                 ├──▶ one ladder, once the kernel's table, or connect's return, says whose port it is
//   a SYN on the wire  ──▶ ladder of that flow ───┘
//
// It folds a World of its own, event by event, for only the World of that very moment knows what a descriptor pointed to. Each event is looked at once.
// The window's thread only. It reads what History::size() covers.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/model/history.h"
#include "gui/panels/ladder_rows.h"

namespace synoptic {

/** One connection, or an attempt at one. */
struct Ladder {
    LadderRows rows;
    FlowId flow{};  // none: no segment of it was seen
    ConnectionId connection{};
    SocketId client{}, server{}, listener{};  // none where that end is not ours, or not known yet
    ProgramId client_program{}, server_program{};
    Address client_address, server_address;
    std::string client_label, server_label;  // "client 3"; empty where not ours
    bool on_wire = false;                    // between the lab's hosts
    LadderState state[2];                    // the latest
    std::size_t merged_into = SIZE_MAX;      // another ladder, which has all of it
    bool is_merged() const { return merged_into != SIZE_MAX; }
};

class LadderIndex {
   public:
    static constexpr std::size_t none = SIZE_MAX;

    /** Folds what was appended since, for at most `budget_ns`. True if nothing is left to do. */
    bool update(const History& history, std::uint64_t budget_ns = 4'000'000);

    const std::vector<Ladder>& ladders() const { return ladders_; }
    /** The ladder that has taken this one over, or itself. */
    std::size_t resolved(std::size_t ladder) const;
    const std::string& text(std::uint32_t number) const { return texts_[number]; }

    std::size_t of_socket(SocketId id) const;
    std::size_t of_connection(ConnectionId id) const;
    std::size_t of_flow(FlowId id) const;

   private:
    /** A call that has not returned. */
    struct OpenCallRef {
        EventIndex enter = no_event, blocked = no_event;
        EventKind kind{};
        SocketId socket{};
        std::size_t ladder = none;
        std::uint32_t call = 0;
    };
    struct SegmentRef {
        std::size_t ladder = none;
        std::uint32_t segment = 0;
    };

    void take(const History& history, EventIndex index);
    void enter(const Event& event, EventIndex index, std::string_view payload);
    void exit(const History& history, const Event& event, EventIndex index);
    void happened(const History& history, const Event& event, EventIndex index);
    void segment_begins(const Event& event, EventIndex index);
    void segment_moves(const Event& event, EventIndex index);
    void end_calls_of_the_dead(const Event& event, EventIndex index);
    void call_returned(const History& history, const Event& event, EventIndex index, const OpenCallRef& ref);
    void keep_or_attach(const History& history, SocketId socket, const LadderCall& call);
    void attach(const History& history, std::size_t ladder, const LadderCall& call);
    SocketId socket_of(ActorId actor, std::int64_t fd) const;
    LadderCall call_of(EventIndex enter, const Event& event) const;

    std::size_t make();
    bool may_be_one(std::size_t one, std::size_t other) const;
    std::size_t merge(std::size_t one, std::size_t other);
    std::size_t ladder_of_client(SocketId socket);
    std::size_t ladder_of_flow(const WireFlow& flow);
    std::size_t join(const History& history, ConnectionId id, const Event& event, EventIndex index);
    void adopt(const History& history, std::size_t ladder, SocketId socket, LadderSide side);
    void know_ends(std::size_t ladder);
    void look_at_states(std::size_t ladder, const Event& event, EventIndex index);
    std::uint32_t number_of(const std::string& text);

    const History* of_ = nullptr;
    EventIndex next_ = 0;
    World world_;
    std::vector<Ladder> ladders_;
    std::unordered_map<ActorId, std::vector<OpenCallRef>> open_;
    std::unordered_map<SocketId, std::vector<LadderCall>> before_;  // calls on sockets that have no ladder yet
    std::unordered_map<SocketId, std::size_t> of_socket_;
    std::unordered_map<FlowId, std::size_t> of_flow_;
    std::unordered_map<ConnectionId, std::size_t> of_connection_;
    std::map<TcpEndKey, std::pair<std::size_t, LadderSide>> of_end_;  // the latest with these addresses
    std::unordered_map<WireId, SegmentRef> moving_;
    std::vector<std::string> texts_{std::string()};
    std::unordered_map<std::string, std::uint32_t> text_numbers_{{std::string(), 0}};
};

}  // namespace synoptic
