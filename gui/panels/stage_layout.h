// The stage's layout as plain data: which cards there are, where they stand, and which wires join them. Computed from a World alone and drawn by
// stage.cpp, so that a test can ask it for overlaps without a window.
//
//   ┌ clients ─────┐                    ┌ server ─────────────────┐
//   │ client 1     │────────╮           │ 3 listenfd  ▯▯▯▯ ◀ ─ ─ ─│─ ─ queued connections
//   ├──────────────┤        │           └──────────────────────┐──┘
//   │ client 2     │────╮   ╰───────────▶ child 4102 ──────────┤   workers hang on the server's right edge, so that no wire
//   └──────────────┘    ╰───────────────▶ child 4103 ──────────┘   crosses the tree; threads stand inside the server's card
//
// One group for each server, one below the other. Everything is in pixels, from the top left corner of the stage's content.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/world.h"
#include "gui/ui.h"

namespace synoptic {

/** How much room a card has. All cards of a stage have the same shape. */
enum class CardShape : std::uint8_t {
    full,     // clients three lines, workers two
    medium,   // two lines
    row,      // one line
    grouped,  // one line, and those that do not fit are counted instead of shown
};

struct ClientCard {
    ProgramId program{};  // none: a client from outside the app
    ActorId actor{};      // none where it is not known, or has ended
    SocketId socket{};
    ConnectionId connection{};
    ui::Rect rect;
    float opacity = 1;
};

struct WorkerCard {
    ActorId actor{};  // the first actor of `process` if that is a zombie
    ProcessId process{};
    SocketId socket{};
    ConnectionId connection{};
    bool zombie = false;
    bool inside = false;  // a thread: it stands inside its server's card
    ui::Rect rect;
    float opacity = 1;
};

/** What a dot of a MoreCard says by its colour; the words are beside it. */
enum class DotTint : std::uint8_t { moves, blocked, waits, trouble };

struct Dot {
    ProgramId program{};  // of a client
    ActorId actor{};
    ProcessId process{};  // of a worker
    ConnectionId connection{};
    DotTint tint = DotTint::moves;
};

/** Those of a column that have no card: counted, and a dot for each. */
struct MoreCard {
    std::vector<Dot> dots;
    std::vector<std::pair<std::string, std::size_t>> doing;  // "blocked in recv" → 70, the most first
    ui::Rect rect, grid;
    std::size_t columns = 1;
    float pitch = 0;  // from dot to dot; the dot itself is a little smaller

    ui::Rect dot_rect(std::size_t index) const;
    /** The dot under a point of the content, or dots.size(). */
    std::size_t dot_at(ImVec2 point) const;
};

struct QueueSlot {
    ConnectionId connection{};  // none: free
    ui::Rect rect;
};

struct RequestSlot {
    TcpEndKey end;  // the server's; its peer is the client. Unknown addresses: free
    ui::Rect rect;
    bool filled() const { return end.peer.known(); }
};

struct ServerCard {
    ProgramId program{};  // none: a server outside the app
    Address outside;      // its address then
    ActorId actor{};      // the main actor
    SocketId listener{};
    bool listens = false;       // it has an accept queue
    ConnectionId connection{};  // that the main actor serves itself (an iterative server)
    ui::Rect rect;              // with the threads inside
    ui::Rect head;              // the card's own lines
    float left = 0, right = 0;  // where the words of its lines begin and end
    ui::Rect queue;             // the line of the accept queue; empty if there is none
    std::vector<QueueSlot> slots;
    std::string queue_name, queue_shown;  // before and behind the slots, as far as they have room
    std::string queue_note;               // all of it: "backlog 3 (+1)"
    std::size_t queued = 0;               // by our count, also those beyond the slots shown
    std::int64_t capacity = 0;            // accept_queue_room()
    Known queued_known = Known::observed;
    bool shows_requests = false;  // on the wire, where a handshake can be stopped half-way
    ui::Rect syn_queue;           // the line of the SYN queue
    std::vector<RequestSlot> requests;
    std::string syn_name, syn_shown;
    std::string syn_note;             // "2 of 4"
    std::size_t turned_away = 0;      // clients whose SYN was not taken
    float title_y = 0, listen_y = 0;  // the middles of the first two lines
    float served_y = 0;               // the middle of the line of the client that it serves itself; 0 if there is none
    float trouble_y = 0;              // the top of what went wrong; 0 if nothing did
    int trouble_lines = 0;
    float opacity = 1;
};

struct StageGroup {
    bool has_server = false;  // false: clients that have found no server
    ServerCard server;
    std::vector<ClientCard> clients;
    std::vector<WorkerCard> workers;
    MoreCard more_clients, more_workers;
    bool threads_inside = false;
    std::size_t clients_total = 0, workers_total = 0, zombies_total = 0;
    ui::Rect add_client;  // empty where no client can join
    float top = 0, bottom = 0;
};

/** A client without a card of its own, whose segments go over the wire of the MoreCard. */
struct Carried {
    ProgramId client{};
    ConnectionId connection{};  // none: it is still connecting
};

struct StageWire {
    enum class To : std::uint8_t { worker, server, queue, nowhere };
    ConnectionId connection{};  // none: the client is still connecting
    ProgramId client{};
    To to = To::server;
    ImVec2 from, at;                                             // from the client's right edge to the left edge of what serves it
    std::size_t bundled = 1;                                     // connections that this wire stands for
    std::vector<Carried> carries;                                // whose, where it is a MoreCard's; empty for a card's own wire
    std::uint64_t last_to_server_ns = 0, last_to_client_ns = 0;  // the latest of those
};

struct StageMeasure {
    float width = 0, height = 0;  // of what can be seen at once
    float scale = 1;
    std::uint64_t now_ns = 0;
    bool show_all = false;                              // nothing is grouped
    bool can_add = true;                                // room for "+ client"
    ProgramId selected{};                               // is shown even if its like are grouped
    const std::vector<ProgramId>* dismissed = nullptr;  // ended ones that the user has put away
    std::uint64_t run_began_ns = 0;                     // of a lesson: what had ended by then belongs to an earlier run, and is not shown
};

struct StageLayout {
    CardShape shape = CardShape::full;
    std::vector<StageGroup> groups;
    std::vector<StageWire> wires;
    float height = 0;                 // of the whole content
    bool fading = false;              // something that ended is going: the next frame looks different
    std::uint64_t changes_in_ns = 0;  // when, without any event, something will begin to go; 0: never
    bool empty() const { return groups.empty(); }
};

/** How long a program or worker that ended is still seen, in ns; one that ended with trouble stays longer. */
inline constexpr std::uint64_t ended_shown_ns = 1'500'000'000;
inline constexpr std::uint64_t failed_shown_ns = 20'000'000'000;

/** A stage narrower than this, px at zoom 1, has smaller margins, so that the words have what there is. */
inline constexpr float narrow_stage = 400;
/** About how wide the small text is, px at zoom 1: the layout knows no fonts. Its digits are wider than its letters usually are. */
float small_text_w(std::string_view text);

StageLayout stage_layout(const World& world, const StageMeasure& measure);

}  // namespace synoptic
