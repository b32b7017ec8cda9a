#include "core/session/wire_feed.h"

#include <algorithm>

#include "core/base/clock.h"
#include "core/model/segment_fact.h"

namespace synoptic {

namespace {

// Bulk data would fill the memory: of more than this in a second, headers are kept.
constexpr std::size_t whole_bytes_each_second = 4u << 20;
constexpr std::uint64_t about_a_second_ticks = 2'500'000'000;  // by the clock of ticks, whatever its rate: 0.5 to 2.5 s
constexpr std::size_t header_bytes = 160;                      // IP and TCP with all options

std::uint64_t number(WireId id) {
    return static_cast<std::uint64_t>(id);
}

}  // namespace

void WireFeed::post(EventKind kind, const Args& args, std::uint64_t ticks, std::string payload) {
    collector_.post_at(ticks, PostedFact{.kind = kind, .args = args, .payload = std::move(payload), .actor = ActorId::none});
}

bool WireFeed::takes_whole_packet(std::size_t bytes, std::uint64_t ticks) {
    if (ticks - second_began_ticks_ > about_a_second_ticks) {
        second_began_ticks_ = ticks;
        bytes_this_second_ = 0;
    }
    bytes_this_second_ += bytes;
    return bytes_this_second_ <= whole_bytes_each_second;
}

void WireFeed::sent(const SentPacket& packet) {
    {
        const std::lock_guard lock(mutex_);
        moving_.insert(packet.id);
    }
    const std::size_t kept =
        takes_whole_packet(packet.bytes.size(), packet.ticks) ? packet.bytes.size() : std::min(packet.bytes.size(), header_bytes);
    post(EventKind::segment_sent,
         {.a = static_cast<std::int64_t>(packet.bytes.size()), .b = index_of(packet.direction) | (network_ == Network::loopback ? segment_on_loopback : 0), .socket = number(packet.id)}, packet.ticks,
         std::string(reinterpret_cast<const char*>(packet.bytes.data()), kept));
}

void WireFeed::held(const HeldPacket& packet) {
    {
        const std::lock_guard lock(mutex_);
        moving_.erase(packet.id);
        Waits& waits = waiting_.try_emplace(packet.id, Waits{.since_ns = monotonic_ns()}).first->second;
        waits.place = packet.place;
        waits.due = packet.due_ns != 0;
    }
    post(EventKind::segment_held,
         {.fd = static_cast<int>(packet.reason),
          .a = static_cast<std::int64_t>(number(packet.copy_of)),
          .b = packet.place,
          .value = static_cast<std::int64_t>(packet.due_ns),
          .socket = number(packet.id)},
         packet.ticks);
}

void WireFeed::delivered(WireId id, DeliverReason reason, std::uint64_t ticks) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.erase(id) == 0) return;  // it never waited: sent and arrived say all
        moving_.insert(id);
    }
    post(EventKind::segment_delivered, {.a = static_cast<std::int64_t>(reason), .socket = number(id)}, ticks);
}

void WireFeed::arrived(WireId id, Direction, std::uint64_t ticks) {
    {
        const std::lock_guard lock(mutex_);
        moving_.erase(id);
    }
    post(EventKind::segment_arrived, {.socket = number(id)}, ticks);
}

void WireFeed::dropped(WireId id, DropReason reason, int error, std::uint64_t ticks) {
    {
        const std::lock_guard lock(mutex_);
        moving_.erase(id);
        waiting_.erase(id);
    }
    post(EventKind::segment_dropped, {.a = static_cast<std::int64_t>(reason), .b = error, .socket = number(id)}, ticks);
}

void WireFeed::duplicated(WireId original, WireId copy, std::uint64_t ticks) {
    {
        const std::lock_guard lock(mutex_);
        moving_.insert(copy);
    }
    post(EventKind::segment_duplicated, {.a = static_cast<std::int64_t>(number(original)), .socket = number(copy)}, ticks);
}

void WireFeed::host_lost(Direction from_there, int error, std::uint64_t ticks) {
    post(EventKind::host_lost, {.a = error, .b = index_of(from_there)}, ticks);
}

bool WireFeed::rests() const {
    const std::lock_guard lock(mutex_);
    return moving_.empty() && std::none_of(waiting_.begin(), waiting_.end(), [](const auto& entry) { return entry.second.due; });
}

std::pair<WireId, std::uint64_t> WireFeed::next_waiting() const {
    const std::lock_guard lock(mutex_);
    std::pair<WireId, std::uint64_t> next{WireId::none, 0};
    std::int64_t first_place = 0;
    for (const auto& [id, waits] : waiting_) {
        if (waits.due) continue;
        const bool is_first = next.first == WireId::none || waits.place < first_place;
        next.second = next.first == WireId::none ? waits.since_ns : std::min(next.second, waits.since_ns);
        if (!is_first) continue;
        next.first = id;
        first_place = waits.place;
    }
    return next;
}

}  // namespace synoptic
