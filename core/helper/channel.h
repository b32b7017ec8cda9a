// Channel: messages between the app and its helper, each one JSON object on a SOCK_SEQPACKET socket, with a descriptor beside it where one is due.
//
//   app ─▶ helper   {"do": "start", "program": 7, "name": "echo_fork", "address": "", "port": "6666", "backlog": 3, "descriptors": 0, "host": -1}  [stdin]
//                   {"do": "namespace", "which": 0}  [the lab's user namespace; 1 the client host's network namespace, 2 the server host's]
//   helper ─▶ app   {"said": "started", "program": 7, "pid": 4101}
//                   {"said": "refused", "program": 7, "call": "fork", "errno": 11}
//                   {"said": "reaped", "pid": 4102, "status": 9}
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/result.h"

namespace synoptic {

inline constexpr std::size_t message_limit_bytes = 8192;

/** Sends one message, with descriptor `fd` beside it if that is not negative. EPIPE if the other end is gone, EMSGSIZE if it is too long, EAGAIN if
    there is no room and `flags` has MSG_DONTWAIT. */
Status send_message(int channel, const nlohmann::json& message, int fd = -1, int flags = 0);

struct ChannelMessage {
    nlohmann::json body;
    int fd = -1;  // the receiver's, to be closed by it
};

/** Receives one message; waits for it unless `flags` has MSG_DONTWAIT. Nothing at the end, or if there is none now (errno EAGAIN). */
std::optional<ChannelMessage> receive_message(int channel, int flags = 0);

}  // namespace synoptic
