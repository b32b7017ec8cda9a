// History: every event, in order, append-only; payload beside it; keyframes, so that the World at any index is near.
//
//   chunks_     ──▶ [4096 events │ links │ the World after the last of them]  [4096 …]  …
//   payload_    ──▶ [1 MiB of bytes]  [1 MiB …]  …
//
// Thread safety: one thread appends; any number read what size() covers. Chunks never move and their tables have a fixed size, so that a reader
// needs no lock; a mutex guards the names of source files only.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/model/world.h"
#include "core/trace/event.h"

namespace synoptic {

class History {
   public:
    static constexpr std::size_t chunk_events = 4096;
    static constexpr std::size_t chunk_payload_bytes = 1u << 20;
    static constexpr std::size_t keyframe_events = chunk_events;
    static constexpr EventIndex most_events = EventIndex{1} << 28;  // 16 GiB of them; what comes after is not kept, and said to be lost

    History();
    ~History();
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    // The writer's.
    /** Sets payload_at; folds the event into the writer's World; keeps a keyframe when one is due. The event's index, or no_event if it is full. */
    EventIndex append(Event event, std::string_view payload);
    std::uint16_t intern_file(std::string_view file);  // 1-based, "core/programs/echo_fork.cpp"; 0 if there are too many
    const World& latest() const { return latest_; }    // the World after the last append; the writer's thread only

    // Any thread's.
    EventIndex size() const { return size_.load(std::memory_order_acquire); }
    const Event& event(EventIndex index) const;  // index < size()
    std::string_view payload(EventIndex index) const;
    std::string file(std::uint16_t index) const;
    /** The World after the first `index` events: the nearest keyframe before it, and the fold from there. */
    World at(EventIndex index) const;
    /** Folds on from where `world` is until `index` or until `budget_ns` are used up (0: no limit); takes keyframes on the way where they save
        work. Forwards only. True if it got there. */
    bool advance(World& world, EventIndex index, std::uint64_t budget_ns = 0) const;
    /** The exit of the call that was entered (or stood at the gate) at `enter`, or no_event if it has none before `limit`. */
    EventIndex exit_of(EventIndex enter, EventIndex limit) const;
    /** The enter that belongs to the exit at `exit`; no_event if it was lost. */
    EventIndex enter_of(EventIndex exit) const;

   private:
    struct Chunk;
    Chunk& chunk_of(EventIndex index) const;
    EventIndex link_of(EventIndex index) const;
    void set_link(EventIndex from, EventIndex to);
    void link(EventIndex index, EventIndex arrived);
    std::uint32_t put_payload(std::string_view payload);
    void add_chunk(EventIndex index);

    // Tables of pointers, filled from the front: 512 and 256 KiB, of which only the used pages cost anything.
    std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
    std::unique_ptr<std::atomic<char*>[]> payload_;
    std::uint64_t payload_used_bytes_ = 0;  // of all chunks, the unused ends of full ones included
    std::atomic<EventIndex> size_{0};
    World latest_;
    mutable std::mutex files_mutex_;
    std::deque<std::string> files_;
};

}  // namespace synoptic
