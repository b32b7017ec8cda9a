// What the app and the lab process say to each other: fixed records on a SOCK_SEQPACKET socket, descriptors beside them (SCM_RIGHTS).
//
//   lab ─▶ app   LabReply, once it stands: [user ns, client's net ns, server's net ns, client's TUN, server's TUN]; or the step that failed
//   app ─▶ lab   LabRequest
//   lab ─▶ app   LabReply for each request, in order; [socket] beside it if one was asked for
//
// The lab process is linked into synoptic-helper, which maps libc and nothing else: nothing here formats or allocates.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace synoptic {

inline constexpr const char* lab_argument = "lab";  // synoptic-helper lab TUN_PATH
inline constexpr int lab_channel_fd = 3;
inline constexpr int lab_lifeline_fd = 4;
inline constexpr int lab_last_fd = 4;

/** What the lab process does, in its order, so that a failure names its place. */
enum class LabStep : std::uint8_t {
    none,
    lifeline,
    user_namespace,  // unshare(CLONE_NEWUSER)
    user_map,        // /proc/self/uid_map and its like
    net_namespace,   // unshare(CLONE_NEWNET)
    tun_open,        // open(/dev/net/tun)
    tun_device,      // TUNSETIFF
    address4,
    link_up,
    address6,
    sysctl,
    socket,
    route,
    request,  // one that the lab process does not know
};

/** The call that each step fails in, as its man page is named. */
const char* call_of(LabStep step);

enum class LabOrder : std::uint8_t { open_socket, set_rto_min };

struct LabRequest {
    LabOrder order = LabOrder::open_socket;
    std::uint8_t host = 0;
    std::int32_t domain = 0, type = 0, protocol = 0;  // open_socket
    std::uint32_t rto_min_ms = 0;                     // set_rto_min; 0: the kernel's own
};
static_assert(std::is_trivially_copyable_v<LabRequest>);

/** A sysctl that could not be set although the lab can do without it; or why there is no IPv6. */
struct LabShortcoming {
    LabStep step = LabStep::none;
    std::int32_t error = 0;
    char what[56] = {};  // a path below /proc/sys/net
};

struct LabReply {
    LabStep failed_step = LabStep::none;    // none: done
    std::int32_t error = 0;                 // errno of the step that failed
    std::int32_t net_ns_fds[2] = {-1, -1};  // the lab process's own numbers, for nsenter(1); in the first reply only
    std::uint8_t shortcoming_count = 0;
    LabShortcoming shortcomings[16];
};
static_assert(std::is_trivially_copyable_v<LabReply>);

enum LabDescriptor { lab_user_ns, lab_client_net_ns, lab_server_net_ns, lab_client_tun, lab_server_tun, lab_descriptor_count };

/** Descriptors that came or go beside a message. */
struct PassedDescriptors {
    std::array<int, lab_descriptor_count> fd{-1, -1, -1, -1, -1};
    int count = 0;
};

/** Sends one record of `size` bytes with these descriptors. False with errno. */
bool send_record(int channel, const void* record, std::size_t size, const PassedDescriptors& descriptors = {});

/** Receives one record of exactly `size` bytes. False with errno; 0 if the other end is gone, EPROTO if it was no such record. */
bool receive_record(int channel, void* record, std::size_t size, PassedDescriptors& descriptors);

}  // namespace synoptic
