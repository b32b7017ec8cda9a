// History: every event, in order, append-only; payload beside it; keyframes, so that the World at any index is near.
//
//   tables_  ──▶ [2048 events │ their payload │ links │ the World after the last of them]  [2048 …]  …
//
// The last chunk is open: its events are as they came. A full one is packed (event_pack.h) as soon as the processor is free, and unpacked for who reads
// it; the World after it is a keyframe, written as what is different from an earlier one (history_sealer.h).
//
// Thread safety: one thread appends; any number read what size() covers.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/world.h"
#include "core/trace/event.h"

namespace synoptic {

struct HistorySizes {
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    static constexpr std::size_t chunk_events = 2048;
    static constexpr std::size_t payload_block_bytes = 1u << 18;
    static constexpr EventIndex most_events = EventIndex{1} << 28;  // what comes after is not kept, and said to be lost
#else  // small: what a fuzzer changes holds many chunks, and is read in microseconds
    static constexpr std::size_t chunk_events = 16;
    static constexpr std::size_t payload_block_bytes = 1u << 16;
    static constexpr EventIndex most_events = EventIndex{1} << 14;
#endif
    static constexpr std::size_t keyframe_events = chunk_events;
};

class History : public HistorySizes {
   public:
    /** As many full chunks wait for a free processor at most, 250 KB each; of more, and with 0, the writer packs them itself. */
    explicit History(std::size_t most_waiting_chunks = 256);
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
    Event event(EventIndex index) const;               // index < size()
    std::string_view payload(EventIndex index) const;  // stays where it is as long as the History
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

    // What a recording keeps of a full chunk (core/session/recording.h).
    struct Packed {
        std::string events;                // pack()
        std::vector<std::int32_t> links;   // of exits and arrives to their enters: how many events on, or back below 0; 0 is none
        std::string payload;               // as Event::payload_at finds it
        std::string keyframe;              // compress(encode(the World after it), like another)
        std::uint64_t keyframe_bytes = 0;  // of that encoding
        EventIndex keyframe_like = 0;      // the chunk whose keyframe it is a change of; its own number if it stands alone
    };
    EventIndex full_chunks() const { return size() / chunk_events; }
    Packed packed(EventIndex chunk) const;  // chunk < full_chunks()
    /** Takes over a chunk that was packed, as the next one; the writer's, before anything was appended. It is read when it is asked for: damaged events
        are then empty ones. False if it can't be one. */
    bool adopt(Packed chunk);
    /** The World after what was adopted becomes the latest; folds from the last keyframe that can be read. */
    void adopted();
    /** Bytes of all keyframes, and of all events with links, payload not included; of chunks that are sealed. */
    std::uint64_t keyframe_bytes() const;
    std::uint64_t event_bytes() const;

   private:
    struct Chunk;
    static constexpr std::size_t table_chunks = 512, most_tables = most_events / chunk_events / table_chunks;
    struct Table {
        std::atomic<Chunk*> chunks[table_chunks];
    };
    Chunk& chunk_at(EventIndex number) const {
        return *tables_[number / table_chunks]
                    .load(std::memory_order_acquire)
                    ->chunks[number % table_chunks]
                    .load(std::memory_order_acquire);
    }
    Chunk& chunk_of(EventIndex index) const { return chunk_at(index / chunk_events); }
    void put_chunk(EventIndex number, std::unique_ptr<Chunk> chunk);
    const Event* events_of(EventIndex chunk) const;
    std::vector<const char*> payload_blocks(EventIndex chunk) const;
    EventIndex link_of(EventIndex index) const;
    void set_link(EventIndex from, EventIndex to);
    void link(EventIndex index, const Event& told, EventIndex arrived);
    std::uint32_t put_payload(Chunk& chunk, std::string_view payload);
    class Sealer;
    void close_chunk(Chunk& chunk, EventIndex number);
    static EventIndex like_of(EventIndex chunk);
    static void seal(Chunk& chunk, EventIndex number, std::string_view near, EventIndex like);
    static void unpack_events(const Chunk& chunk, Event* events);
    std::shared_ptr<const std::string> encoded_keyframe(EventIndex chunk) const;
    void take_keyframe(World& world, EventIndex chunk) const;

    const std::uint64_t serial_;                     // of all Histories there were: what readers keep of one is not taken for another's
    std::unique_ptr<std::atomic<Table*>[]> tables_;  // filled from the front
    std::atomic<EventIndex> size_{0};
    World latest_;
    mutable std::mutex files_mutex_;
    std::deque<std::string> files_;
    std::unique_ptr<Sealer> sealer_;
};

}  // namespace synoptic
