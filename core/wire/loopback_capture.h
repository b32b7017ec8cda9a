// LoopbackCapture: watches the TCP segments of this machine's own network, where the user may (packet(7): CAP_NET_RAW). They can only be watched: the
// kernel hands each over to itself without asking anybody.
//
//   lo ── AF_PACKET ──┬── outgoing ──▶ sent
//                     └── incoming ──▶ arrived: the oldest that was sent and is the same
//
// Of everything on loopback the kernel passes on only what goes to or comes from the ports that are asked for (a socket filter). Its times are the kernel's
// (SO_TIMESTAMPNS): right, however late this thread comes to read. Its place in the History is not: what comes later than a pass of the collector (a
// millisecond) stands behind what that has appended.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/wire/wire_sink.h"

namespace synoptic {

struct LoopbackCaptureSetup {
    WireSink* sink = nullptr;  // told sent and arrived, on the capture's thread; dropped(unseen) where no arrival was seen within a second
    std::atomic<std::uint64_t>* next_id = nullptr;  // numbers are shared with the wire's segments
    std::function<void(std::uint64_t lost)> lost{};  // so many packets in all found no room before this thread came to read; on its thread
};

class LoopbackCapture {
   public:
    /** EPERM: this user may not capture; ENODEV: there is no loopback device; EMFILE. */
    static Result<std::unique_ptr<LoopbackCapture>> start(const LoopbackCaptureSetup& setup);
    /** Ends the thread. */
    ~LoopbackCapture();
    LoopbackCapture(const LoopbackCapture&) = delete;
    LoopbackCapture& operator=(const LoopbackCapture&) = delete;

    /** Whose segments are told from now on: the ports of servers. Any thread. */
    void watch(std::set<std::uint16_t> ports);

   private:
    struct OnItsWay {
        WireId id{};
        CopyKey key;
        std::uint32_t ack = 0;
        std::uint64_t sent_ticks = 0;
    };

    explicit LoopbackCapture(const LoopbackCaptureSetup& setup) : setup_(setup) {}
    Status open();
    void run();
    bool read_one();
    void count_losses();
    void give_up_on_old();
    void take(PacketBytes bytes, bool outgoing, std::uint64_t ticks);
    WireId tell_sent(PacketBytes bytes, const Segment& segment, Direction direction, std::uint64_t ticks);
    std::uint64_t ticks_at(std::uint64_t realtime_ns) const;

    const LoopbackCaptureSetup setup_;
    int fd_ = -1, wake_ = -1;
    TickScale scale_ = TickScale::measure();
    std::deque<OnItsWay> on_their_way_;  // the capture's thread only, as is the next
    std::uint64_t lost_ = 0;
    std::vector<std::uint8_t> buffer_;
    std::mutex ports_mutex_;
    std::set<std::uint16_t> ports_;
    std::thread thread_;
};

}  // namespace synoptic
