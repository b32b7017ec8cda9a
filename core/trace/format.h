// Events as a person reads them: calls as strace prints them, with the man page's constants.
//
// Formats of the manifest's {field:format}: none: a decimal number · domain: AF_INET · socktype: SOCK_STREAM · protocol: 0, IPPROTO_TCP ·
// level: SOL_SOCKET · option: SO_REUSEADDR (needs level) · optval: [1] · size: the payload's bytes, [4] where the call writes it ·
// address: {127.0.0.1:6666} · peer: the peer of an AddressPair · length: [16], NULL for -1 · bytes: "hi\n" · msgflags: 0, MSG_PEEK ·
// how: SHUT_WR · text1, text2: the first and second of two NUL-separated strings, NULL for an empty one · addresses: [{…}, {…}] ·
// aihints, niflags: flags · waitflags: WNOHANG · status: exited 0, killed by SIGPIPE · thread: pthread_t ·
// datagram: the bytes behind an Address · whence: SEEK_SET.
// An argument that the call fills in is … until it has; ? is one that was lost for want of room in the trace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/address.h"
#include "core/trace/event.h"

namespace synoptic {

using Payload = std::string_view;

/** One end of a call: the event and its payload. */
struct Told {
    const Event& event;
    Payload payload;
};

/** "accept(3, {127.0.0.1:52684}, [16])"; arguments that only the exit knows are "…" while `exit` is null. */
std::string print_call(const Told& enter, const Told* exit, std::size_t most_bytes = 48);

/** " = 4", " = -1 ECONNRESET (Connection reset by peer)", " = ?" for a call that never returns; "" while open. */
std::string print_result(const Event& enter, const Event* exit);

/** A fact in one line, "process 4102 ended: killed by SIGKILL". */
std::string print_fact(const Told& fact);

/** Why a call failed: an errno; of getaddrinfo and getnameinfo their own code (EAI_NONAME), which is negative. 0 if it worked. */
int failure_of(const Event& exit);

const char* error_name(int err);           // of what failure_of() tells: "EADDRINUSE"; "errno 200" style texts for unknown ones
std::string error_text(int err);           // "Address already in use"
std::string wait_status_text(int status);  // "exited 0", "killed by SIGPIPE", "status unknown" for -1

/** What an error of this call, as failure_of() tells it, means to the user and what to do; empty where nothing useful is known. */
std::string advice(EventKind kind, int err);

Address payload_address(Payload payload);                   // of bind, connect, getsockname, …: an Address
AddressPair payload_pair(Payload payload);                  // of accept's and connect's exit
std::vector<std::string> payload_strings(Payload payload);  // each ended by a NUL; the last one's may be missing

/** docs/events.md: the manifest as Markdown tables. */
std::string events_manual();

}  // namespace synoptic
