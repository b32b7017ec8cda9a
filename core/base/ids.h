// Identities. Descriptor numbers, ports and pids are reused by the kernel; these are not (DESIGN.md, "Identity").
#pragma once

#include <cstdint>

namespace synoptic {

enum class ActorId : std::uint32_t { none = 0 };        // a thread of some process: ring slot (low 12 bits) and generation
enum class ProgramId : std::uint32_t { none = 0 };      // a started server or client, whatever it forks
enum class ProcessId : std::uint32_t { none = 0 };      // a process that lived once; its pid may live again in another
enum class DescriptionId : std::uint32_t { none = 0 };  // an open file description: what descriptors point to
enum class SocketId : std::uint64_t { none = 0 };       // SO_COOKIE, which is sock_diag's idiag_cookie
enum class ConnectionId : std::uint32_t { none = 0 };   // two sockets that talk to each other

inline constexpr std::uint32_t actor_slot_bits = 12;

constexpr ActorId make_actor_id(std::uint32_t slot, std::uint32_t generation) {
    return ActorId{(generation << actor_slot_bits) | slot};
}
constexpr std::uint32_t actor_slot(ActorId id) {
    return static_cast<std::uint32_t>(id) & ((1u << actor_slot_bits) - 1);
}

}  // namespace synoptic
