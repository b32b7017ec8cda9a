// A call on a datagram socket (UDP) in a sentence: it moves one datagram, whole, and there is no connection that it could begin or end. Pure; draws nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/world.h"

namespace synoptic {

inline constexpr std::size_t most_quoted_bytes = 24;  // of what was received, in a sentence

struct DatagramCall {
    const Event& event;  // its enter or its exit
    std::string_view payload;
    const Socket& socket;
    const std::string& who;  // "client 1"
    std::string descriptor;  // "descriptor 4 in process 4101"
};

/** True of SOCK_DGRAM, also with SOCK_NONBLOCK or SOCK_CLOEXEC. */
bool is_datagram_type(std::int64_t type);
/** What was asked for. `is_last`: no other descriptor points to the socket once this call has freed its own. Empty where it means the same as with TCP. */
std::string begun_words(const DatagramCall& call, bool is_last);
/** What became of it, of one that has not failed. Empty where it means the same as with TCP. */
std::string over_words(const DatagramCall& call);

}  // namespace synoptic
