// Of a History: chunks that are full, packed and unpacked, and their keyframes.
#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>

#include "core/model/compression.h"
#include "core/model/event_pack.h"
#include "core/model/history_chunk.h"
#include "core/model/history_sealer.h"
#include "core/model/world_codec.h"

namespace synoptic {
namespace {

constexpr EventIndex keyframe_group = 16;  // keyframes; the first of a group stands alone
constexpr EventIndex kept_every = 8;       // keyframes; those that others are changes of, and these again of others
constexpr int keyframe_level = 3;
constexpr std::uint64_t most_keyframe_bytes = 64u << 20;  // a recording's word is not taken for more

/** Keyframes that others are changes of, as a thread has expanded them last: a seek expands three at most then. */
class KeptKeyframes {
   public:
    std::shared_ptr<const std::string> find(std::uint64_t history, EventIndex chunk) const {
        for (const Entry& entry : entries_)
            if (entry.history == history && entry.chunk == chunk) return entry.encoded;
        return nullptr;
    }
    void keep(std::uint64_t history, EventIndex chunk, std::shared_ptr<const std::string> encoded) {
        if (encoded->size() > most_kept_bytes) return;
        for (bytes_ += encoded->size(); bytes_ > most_kept_bytes; entries_.pop_front()) bytes_ -= entries_.front().encoded->size();
        entries_.push_back({history, chunk, std::move(encoded)});
    }

   private:
    struct Entry {
        std::uint64_t history = 0;
        EventIndex chunk = 0;
        std::shared_ptr<const std::string> encoded;
    };
    static constexpr std::size_t most_kept_bytes = std::size_t{4} << 20;  // of a million events' busy session all

    std::deque<Entry> entries_;  // the oldest first
    std::size_t bytes_ = 0;
};

}  // namespace

/** The keyframe that this one is written as a change of: in a group, that of its number without the last bit that is set, so that at most four lead
    to any. */
EventIndex History::like_of(EventIndex chunk) {
    const EventIndex within = chunk % keyframe_group;
    return within == 0 ? chunk : chunk - within + (within & (within - 1));
}

/** It is full. Where more chunks wait to be sealed than memory should hold, the writer does it, and the keyframe stands alone. */
void History::close_chunk(Chunk& chunk, EventIndex number) {
    auto encoded = std::make_shared<const std::string>(encode(latest_));
    {
        const std::lock_guard lock(chunk.mutex);
        chunk.encoded = std::move(encoded);
    }
    if (!sealer_->take(chunk, number)) seal(chunk, number, {}, number);
}

/** Packs a chunk that is full. Who reads its events just now has a share in them. `near`: what the World after chunk `like` is encoded to; empty if the
    keyframe stands alone. */
void History::seal(Chunk& chunk, EventIndex number, std::string_view near, EventIndex like) {
    const std::shared_ptr<const std::string> encoded = chunk.encoded;
    std::string keyframe = compress(*encoded, keyframe_level, near);
    std::string packed = pack({chunk.events.get(), chunk_events});
    const std::lock_guard lock(chunk.mutex);
    chunk.packed = std::move(packed);
    chunk.keyframe = std::move(keyframe);
    chunk.keyframe_bytes = encoded->size();
    chunk.keyframe_like = near.empty() ? number : like;
    chunk.events.reset();
    chunk.encoded.reset();
}

void History::unpack_events(const Chunk& chunk, Event* events) {
    unpack(chunk.packed, {events, chunk_events});
    // A recording may be damaged in ways that its checksums do not tell: a payload must lie inside its block.
    for (Event* event = events; event < events + chunk_events; ++event) {
        const std::uint64_t at = std::uint64_t{event->payload_at} * payload_unit_bytes;
        const bool crosses = at % payload_block_bytes + event->payload_bytes > payload_block_bytes;
        if (event->payload_bytes != 0 && (crosses || at + event->payload_bytes > chunk.payload_used_bytes)) event->payload_bytes = 0;
    }
}

/** Null if it can't be read. */
std::shared_ptr<const std::string> History::encoded_keyframe(EventIndex number) const {
    thread_local KeptKeyframes kept;
    if (number % kept_every == 0)
        if (std::shared_ptr<const std::string> found = kept.find(serial_, number)) return found;
    const Chunk& chunk = chunk_at(number);
    {
        const std::lock_guard lock(chunk.mutex);
        if (chunk.encoded) return chunk.encoded;
    }
    std::optional<std::string> expanded;
    if (chunk.keyframe_like == number)
        expanded = expand(chunk.keyframe, chunk.keyframe_bytes);
    else if (const std::shared_ptr<const std::string> like = encoded_keyframe(chunk.keyframe_like))
        expanded = expand(chunk.keyframe, chunk.keyframe_bytes, *like);
    if (!expanded) return nullptr;
    auto encoded = std::make_shared<const std::string>(std::move(*expanded));
    if (number % kept_every == 0) kept.keep(serial_, number, encoded);
    return encoded;
}

/** Makes `world` the one after chunk `number`, or an earlier keyframe's if that can't be read; leaves it where it is nearer already. */
void History::take_keyframe(World& world, EventIndex number) const {
    for (EventIndex left = number + 1; left > 0 && left * chunk_events > world.events; --left) {
        const std::shared_ptr<const std::string> encoded = encoded_keyframe(left - 1);
        if (!encoded) continue;
        std::optional<World> found = decode_world(*encoded);
        if (!found || found->events != left * chunk_events) continue;
        world = std::move(*found);
        return;
    }
}

History::Packed History::packed(EventIndex number) const {
    const Chunk& chunk = chunk_at(number);
    Packed out;
    std::shared_ptr<Event[]> events;
    std::shared_ptr<const std::string> encoded;
    {
        const std::lock_guard lock(chunk.mutex);
        events = chunk.events;
        encoded = chunk.encoded;
        out.events = chunk.packed;
        out.keyframe = chunk.keyframe;
        out.keyframe_bytes = chunk.keyframe_bytes;
        out.keyframe_like = chunk.keyframe_like;
    }
    if (encoded) {  // not sealed yet
        out.events = pack({events.get(), chunk_events});
        out.keyframe = compress(*encoded, keyframe_level);
        out.keyframe_bytes = encoded->size();
        out.keyframe_like = number;
    }
    // An enter's link is the other way of its exit's.
    out.links.resize(chunk_events);
    for (EventIndex at = 0; at < chunk_events; ++at) {
        const EventIndex index = number * chunk_events + at, to = link_of(index);
        if (to != no_event && (to < index || event(index).phase == Phase::arrive))
            out.links[at] = static_cast<std::int32_t>(static_cast<std::int64_t>(to) - static_cast<std::int64_t>(index));
    }
    out.payload.reserve(chunk.payload_used_bytes);
    for (std::uint64_t from = 0; from < chunk.payload_used_bytes; from += payload_block_bytes)
        out.payload.append(chunk.payload[from / payload_block_bytes].get(),
                           std::min<std::uint64_t>(payload_block_bytes, chunk.payload_used_bytes - from));
    return out;
}

bool History::adopt(Packed packed) {
    const EventIndex number = size() / chunk_events;
    if (size() % chunk_events != 0 || size() >= most_events || packed.links.size() > chunk_events) return false;
    if (packed.payload.size() > most_payload_bytes || packed.keyframe_bytes > most_keyframe_bytes) return false;
    if (packed.keyframe_like != number && packed.keyframe_like != like_of(number)) return false;
    // What is not there is not taken for memory either.
    const std::uint64_t like_bytes = packed.keyframe_like == number ? 0 : chunk_of(packed.keyframe_like * chunk_events).keyframe_bytes;
    if (packed.keyframe_bytes > packed.keyframe.size() * most_times_smaller + 2 * like_bytes) return false;
    auto chunk = std::make_unique<Chunk>();
    for (std::size_t from = 0; from < packed.payload.size(); from += payload_block_bytes) {
        const std::size_t bytes = std::min<std::size_t>(payload_block_bytes, packed.payload.size() - from);
        chunk->payload.emplace_back(new char[bytes]);
        std::memcpy(chunk->payload.back().get(), packed.payload.data() + from, bytes);
    }
    chunk->payload_used_bytes = packed.payload.size();
    chunk->packed = std::move(packed.events);
    chunk->keyframe = std::move(packed.keyframe);
    chunk->keyframe_bytes = packed.keyframe_bytes;
    chunk->keyframe_like = packed.keyframe_like;
    put_chunk(number, std::move(chunk));
    size_.store((number + 1) * chunk_events, std::memory_order_release);
    for (EventIndex at = 0; at < packed.links.size(); ++at) {
        const EventIndex index = number * chunk_events + at;
        const std::int64_t to = static_cast<std::int64_t>(index) + packed.links[at];
        if (packed.links[at] == 0 || to < 0 || to >= static_cast<std::int64_t>(most_events)) continue;
        set_link(index, static_cast<EventIndex>(to));
        if (packed.links[at] < 0) set_link(static_cast<EventIndex>(to), index);
    }
    return true;
}

void History::adopted() {
    latest_ = at(size());
}

std::uint64_t History::keyframe_bytes() const {
    std::uint64_t bytes = 0;
    for (EventIndex number = 0; number < full_chunks(); ++number) {
        const Chunk& chunk = chunk_at(number);
        const std::lock_guard lock(chunk.mutex);
        bytes += chunk.keyframe.size();
    }
    return bytes;
}

std::uint64_t History::event_bytes() const {
    std::uint64_t bytes = 0;
    for (EventIndex number = 0; number < full_chunks(); ++number) {
        const Chunk& chunk = chunk_at(number);
        const std::lock_guard lock(chunk.mutex);
        bytes += chunk.packed.size() + sizeof(Chunk::links);
    }
    return bytes;
}

}  // namespace synoptic
