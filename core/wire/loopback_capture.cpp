#include "core/wire/loopback_capture.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace synoptic {
namespace {

constexpr std::size_t largest_packet = 65'576 + 64;  // loopback's MTU is 65536, and segments are not cut to it before they are sent (GSO)
constexpr int receive_buffer_bytes = 8 << 20;
constexpr std::size_t most_on_their_way = 4096;  // a firewall may take some on their way: they never arrive

constexpr int packets_between_looks = 64;  // at whether all ends
constexpr std::uint64_t longest_way_ns = 1'000'000'000;
constexpr std::size_t most_filtered_ports = 100;  // a jump of the filter reaches 255 instructions

/** Lets TCP to or from these ports through, as a socket of SOCK_DGRAM sees it: from the IP header on (socket(7), SO_ATTACH_FILTER). IPv6 extension headers
    are not followed: TCP on loopback has none. */
std::vector<sock_filter> filter_for(const std::set<std::uint16_t>& ports) {
    if (ports.empty()) return {BPF_STMT(BPF_RET | BPF_K, 0)};
    const auto n = static_cast<std::uint8_t>(ports.size());
    const auto drop = static_cast<std::uint8_t>(12 + 2 * n), accept = static_cast<std::uint8_t>(drop + 1);
    const auto to = [](std::uint8_t target, std::size_t from) { return static_cast<std::uint8_t>(target - from - 1); };
    std::vector<sock_filter> code = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),  // version and header length
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 4, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),  // IPv4: protocol
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, to(drop, 4)),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_JMP | BPF_JA, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),  // IPv6: next header
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, to(drop, 8)),
        BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 40),
    };
    for (const std::uint32_t port_at : {0u, 2u}) {
        code.push_back(BPF_STMT(BPF_LD | BPF_H | BPF_IND, port_at));
        for (const std::uint16_t port : ports) code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, to(accept, code.size()), 0));
    }
    code.push_back(BPF_STMT(BPF_RET | BPF_K, 0));
    code.push_back(BPF_STMT(BPF_RET | BPF_K, ~0u));
    return code;
}

void set_filter(int fd, const std::set<std::uint16_t>& ports) {
    if (ports.size() > most_filtered_ports) {
        setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, nullptr, 0);  // take() looks at the ports, too
        return;
    }
    std::vector<sock_filter> code = filter_for(ports);
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

std::uint64_t realtime_ns() {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/** When the kernel saw the packet (CLOCK_REALTIME ns); 0 if it does not say. */
std::uint64_t stamp_of(msghdr& message) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec at;
        std::memcpy(&at, CMSG_DATA(part), sizeof at);
        return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(at.tv_nsec);
    }
    return 0;
}

}  // namespace

Result<std::unique_ptr<LoopbackCapture>> LoopbackCapture::start(const LoopbackCaptureSetup& setup) {
    std::unique_ptr<LoopbackCapture> capture(new LoopbackCapture(setup));
    if (const Status opened = capture->open(); !opened) return opened.error();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    capture->thread_ = std::thread([self = capture.get()] { self->run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return capture;
}

Status LoopbackCapture::open() {
    // Without a protocol nothing is queued before the socket is bound to its device.
    fd_ = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return errno_error("socket", "AF_PACKET");
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) return errno_error("eventfd", "the capture");
    sockaddr_ll loopback{};
    loopback.sll_family = AF_PACKET;
    loopback.sll_protocol = htons(ETH_P_ALL);
    loopback.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    if (loopback.sll_ifindex == 0) return errno_error("if_nametoindex", "lo");
    const int on = 1;
    // The forced size asks for CAP_NET_ADMIN; the other is capped by net.core.rmem_max.
    if (setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes, sizeof receive_buffer_bytes) < 0)
        setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    if (setsockopt(fd_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) return errno_error("setsockopt", "SO_TIMESTAMPNS");
    set_filter(fd_, {});
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) < 0) return errno_error("bind", "lo");
    buffer_.resize(largest_packet);
    return Done{};
}

LoopbackCapture::~LoopbackCapture() {
    if (thread_.joinable()) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
        thread_.join();
    }
    for (const int fd : {fd_, wake_}) {
        if (fd >= 0) close(fd);
    }
}

void LoopbackCapture::watch(std::set<std::uint16_t> ports) {
    const std::lock_guard lock(ports_mutex_);
    ports_ = std::move(ports);
    set_filter(fd_, ports_);
}

void LoopbackCapture::run() {
    for (;;) {
        pollfd waiting[2] = {{fd_, POLLIN, 0}, {wake_, POLLIN, 0}};
        poll(waiting, 2, on_their_way_.empty() ? -1 : static_cast<int>(longest_way_ns / 1'000'000));
        if (waiting[1].revents != 0) return;
        for (int packets = 0; packets < packets_between_looks && read_one(); ++packets) {}
        count_losses();
        give_up_on_old();
    }
}

void LoopbackCapture::count_losses() {
    tpacket_stats counted{};  // since it was asked last
    socklen_t size = sizeof counted;
    if (getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &counted, &size) < 0 || counted.tp_drops == 0) return;
    lost_ += counted.tp_drops;
    if (setup_.lost) setup_.lost(lost_);
}

/** A firewall may have taken them, or their arrival is among what was lost. */
void LoopbackCapture::give_up_on_old() {
    const std::uint64_t now = read_ticks(scale_.tsc);
    const auto longest_ticks = static_cast<std::uint64_t>(static_cast<double>(longest_way_ns) / scale_.ns_per_tick);
    while (!on_their_way_.empty() && (on_their_way_.size() > most_on_their_way || now > on_their_way_.front().sent_ticks + longest_ticks)) {
        setup_.sink->dropped(on_their_way_.front().id, DropReason::unseen, 0, now);
        on_their_way_.pop_front();
    }
}

/** False if nothing is there. */
bool LoopbackCapture::read_one() {
    sockaddr_ll from{};
    alignas(cmsghdr) char control[128];
    iovec bytes{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = recvmsg(fd_, &message, 0);
    if (size < 0) return errno == EINTR;  // of a device that is down, too: poll says when there is more
    const bool is_ip = from.sll_protocol == htons(ETH_P_IP) || from.sll_protocol == htons(ETH_P_IPV6);
    if (!is_ip || (from.sll_pkttype != PACKET_OUTGOING && from.sll_pkttype != PACKET_HOST)) return true;
    const std::uint64_t stamp = stamp_of(message);
    take(PacketBytes(buffer_).first(static_cast<std::size_t>(size)), from.sll_pkttype == PACKET_OUTGOING,
         ticks_at(stamp != 0 ? stamp : realtime_ns()));
    return true;
}

/** The kernel's stamp on the trace's clock. Both clocks are read now: so little time has passed that their rates do not matter. */
std::uint64_t LoopbackCapture::ticks_at(std::uint64_t stamp) const {
    const std::uint64_t ticks = read_ticks(scale_.tsc), now = realtime_ns();
    const std::uint64_t ago_ns = now > stamp ? now - stamp : 0;
    return ticks - static_cast<std::uint64_t>(static_cast<double>(ago_ns) / scale_.ns_per_tick);
}

void LoopbackCapture::take(PacketBytes bytes, bool outgoing, std::uint64_t ticks) {
    const Packet packet = parse_packet(bytes, Checksums::skip);
    if (!packet) return;
    const Segment& segment = packet.segment;
    bool to_server, to_client;
    {
        const std::lock_guard lock(ports_mutex_);
        to_server = ports_.count(segment.destination.port()) != 0;
        to_client = ports_.count(segment.source.port()) != 0;
    }
    if (!to_server && !to_client) return;
    const Direction direction = to_server ? Direction::to_server : Direction::to_client;
    const CopyKey key = CopyKey::of(segment, direction);
    if (outgoing) {
        on_their_way_.push_back({tell_sent(bytes, segment, direction, ticks), key, segment.ack, ticks});
        return;
    }
    const auto same = std::find_if(on_their_way_.begin(), on_their_way_.end(),
                                   [&](const OnItsWay& sent) { return sent.ack == segment.ack && !(sent.key < key) && !(key < sent.key); });
    const bool seen_before = same != on_their_way_.end();
    const WireId id = seen_before ? same->id : tell_sent(bytes, segment, direction, ticks);
    if (seen_before) on_their_way_.erase(same);
    setup_.sink->arrived(id, direction, ticks);
}

WireId LoopbackCapture::tell_sent(PacketBytes bytes, const Segment& segment, Direction direction, std::uint64_t ticks) {
    const WireId id{setup_.next_id->fetch_add(1, std::memory_order_relaxed)};
    setup_.sink->sent({id, direction, ticks, bytes, segment});
    return id;
}

}  // namespace synoptic
