// Event: the one record of everything that happens, in the rings and in the History alike.
//
// A call is up to five events of its actor:
//
//     arrive ── gate ── go ── enter ── kernel ── exit ── rest ── gate ── go ──▶ the program goes on
//     └── only if the gate is not open ──┘                └── only if the gate is not open ──┘
//
// `enter` is published before the system call and `exit` after it. Only "enter of the cause before exit of the effect" is promised, in
// order of the History (see collector.h); two exits may stand in either order.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/base/ids.h"

namespace synoptic {

enum class EventKind : std::uint16_t {
    none = 0,
#define SYN_CALL(name, section, arguments, help) name,
#define SYN_FACT(name, fields, help) name,
#include "core/trace/events.def"
#undef SYN_CALL
#undef SYN_FACT
    count
};

enum class Phase : std::uint8_t {
    happened,  // a fact, not a call
    arrive,    // stands at the gate, about to make the call
    go,        // was let through the gate
    enter,     // the system call is made now
    exit,      // it has returned
    rest,      // stands at the gate after the call
};

enum EventFlags : std::uint8_t {
    event_payload_cut = 1,   // payload is the first part of more bytes
    event_payload_lost = 2,  // the ring had no room for it
    event_in_signal = 4,     // made by a signal handler, inside another call
    event_at_breakpoint = 8,  // of arrive: its line has a breakpoint, and its actor's gate is closed from now on
};

/** What a ring can carry of one message; longer ones are cut, and say so. */
inline constexpr std::uint32_t payload_limit_bytes = 4096;

struct Event {
    std::uint64_t time = 0;  // in a ring: ticks; in the History: CLOCK_MONOTONIC ns
    ActorId actor{};         // in a ring: the commit word (ring.h)
    EventKind kind{};
    Phase phase{};
    std::uint8_t flags = 0;
    std::uint16_t file = 0;  // 1-based index of the names table of source files; 0 is unknown
    std::uint16_t line = 0;
    std::int32_t fd = -1;
    std::int64_t value = 0;      // at exit: the result, as the man page has it; at enter: a third argument
    std::uint64_t socket = 0;    // SO_COOKIE, at the exit of socket and accept
    std::int64_t a = 0;          // arguments and results as events.def says
    std::int64_t b = 0;
    std::uint32_t payload_at = 0;  // in the History: position in units of 8 bytes; in a ring the payload lies behind its record
    std::uint16_t payload_bytes = 0;
    std::uint16_t error = 0;  // errno at exit, 0 if the call succeeded
};
static_assert(sizeof(Event) == 64);
static_assert(std::is_trivially_copyable_v<Event>);

inline constexpr std::uint32_t trace_version = 4;  // of Event, the rings and the manifest

struct KindInfo {
    const char* name;       // "accept"
    int section;            // of the man page; 0 for a fact
    const char* arguments;  // template of a call's arguments, or the meaning of a fact's fields
    const char* help;
};

const KindInfo& kind_info(EventKind kind);
inline bool is_call(EventKind kind) { return kind_info(kind).section != 0; }
EventKind kind_by_name(std::string_view name);  // none if unknown

}  // namespace synoptic
