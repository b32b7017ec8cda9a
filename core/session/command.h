// Commands: what a front end asks of the session. Each becomes a `command` event, and what became of it another.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "core/base/ids.h"
#include "core/programs/registry.h"
#include "core/trace/ring.h"
#include "core/wire/host.h"
#include "core/wire/rules.h"
#include "core/wire/waiting.h"

namespace synoptic {

struct StartServer {
    std::string program;    // "echo_fork"
    Place place = Place::in_app;  // own_process where the program allows no other
    std::string address;    // "" is all interfaces
    std::string port;       // "0" lets the kernel choose
    int backlog = -1;       // below 0: the program's default
    int descriptor_limit = 0;  // RLIMIT_NOFILE of an own process; 0 leaves it
    Network network = Network::loopback;
    std::string database = {};  // of a key-value server: its file; "": database.txt in the folder where the app was started
    ServerLimits limits = {};   // likewise
    std::string label = {};     // what it is called, "server"; "": "server 4", as the session counts
};
struct StopServer { ProgramId program{}; };  // also ends one that failed; its workers end, too
struct AddClients {
    std::string program = "echo_client";
    std::string host, port;  // whom to connect to
    int count = 1;
    Place place = Place::in_app;
    int chatter_ms = 0;      // 0: silent until told to say something
    Network network = Network::loopback;
    std::string label = {};  // what it is called, "Ann"; of several their number is added; "": "client 4", as the session counts
};
struct Say { ProgramId client{}; std::string text; };  // one line; a newline is added where it has none
struct Chatter { ProgramId client{}; int every_ms = 0; };  // none: all clients there are; 0 stops it
struct CloseClient { ProgramId client{}; };           // its input ends: it closes its socket and ends by itself. none: all
struct KillProcess { pid_t pid = 0; int signal = 9; };  // a process of this session only
struct SetGate {
    ActorId actor{};  // none: all, and all that begin later
    GateMode mode{};
    std::uint32_t ms = 0;
    bool holds_wire = false;  // of all: segments wait on the wire, too, until the next such command without it
};
/** Who comes to a call on this line stops before it, as at a closed gate, until a step or a SetGate lets it go. */
struct SetBreakpoint {
    std::string file;  // as call sites tell it: "core/programs/echo.cpp"
    int line = 0;      // one of call_lines()
    bool on = true;
};
enum class StepOver : std::uint8_t { both, calls, segments };
struct Step {
    ActorId actor{};  // none: the actor or segment that has waited longest
    StepOver over = StepOver::both;
    WireId segment{};  // this one, which must wait, and nobody else
};
struct StartLab {};  // the two hosts of the wire; anew, if there are some: programs in them are ended
struct SetRules { Rules rules; };
enum class SegmentMove : std::uint8_t {
    deliver,       // it and, with_copies, those that repeat it
    deliver_once,  // and drop those that repeat it: the receiver has no use for them
    drop,
    duplicate,
    hold,      // stops the clock of a delayed one
    overtake,  // before all others of its direction
};
struct MoveSegment { WireId segment{}; SegmentMove move{}; Stack stack = Stack::only_this; };
struct DeliverAll {};
struct CaptureLoopback { bool on = true; };  // the segments of servers on loopback; needs CAP_NET_RAW
struct RestartHelper {};

using Command = std::variant<StartServer, StopServer, AddClients, Say, Chatter, CloseClient, KillProcess, SetGate, Step, RestartHelper, StartLab, SetRules,
                             MoveSegment, DeliverAll, CaptureLoopback, SetBreakpoint>;

/** A program's label is a word on a card: what is longer, or holds what can't be shown in a line, is refused. In bytes. */
inline constexpr std::size_t most_label_bytes = 40;

/** Why a program can't start as a process of its own; RestartHelper mends it. */
inline constexpr const char* helper_is_missing = "the helper, which starts processes, does not run: restart it";

/** Why nothing new can start on a wire whose lab has ended; StartLab mends it. */
inline constexpr const char* wire_has_ended = "the wire has ended: restart it";

/** What a program is called, "client 5"; "" of one that there never was. */
using NameOfProgram = std::function<std::string(ProgramId)>;
/** "start echo_fork on 127.0.0.1:6666", "say \"hi\" as client 5", as the history shows it. */
std::string command_text(const Command& command, const NameOfProgram& name_of);

}  // namespace synoptic
