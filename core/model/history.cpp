#include "core/model/history.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/base/clock.h"
#include "core/model/history_chunk.h"
#include "core/model/history_sealer.h"

namespace synoptic {
namespace {

constexpr EventIndex clock_every = 64;  // events folded between two looks at the clock
std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

/** What a thread has unpacked or looked at last: a panel reads neighbours, and again in the next frame. */
class ReadChunks {
   public:
    const Event* find(std::uint64_t history, EventIndex chunk) {
        if (is(entries_[last_], history, chunk)) return entries_[last_].events.get();
        for (std::size_t at = 0; at < std::size(entries_); ++at) {
            if (!is(entries_[at], history, chunk)) continue;
            last_ = at;
            return entries_[at].events.get();
        }
        return nullptr;
    }
    const Event* keep(std::uint64_t history, EventIndex chunk, std::shared_ptr<Event[]> events) {
        return keep({history, chunk, std::move(events), false});
    }
    /** Keeps what `unpack` writes, in the memory of the oldest entry if that is this thread's alone: new pages cost as much as to unpack. */
    template <class Unpack>
    const Event* keep_unpacked(std::uint64_t history, EventIndex chunk, Unpack unpack) {
        Entry& oldest = entries_[oldest_];
        std::shared_ptr<Event[]> events = oldest.own ? std::move(oldest.events) : nullptr;
        oldest = {};
        if (!events) events.reset(new Event[History::chunk_events]);
        unpack(events.get());
        return keep({history, chunk, std::move(events), true});
    }

   private:
    struct Entry {
        std::uint64_t history = 0;
        EventIndex chunk = 0;
        std::shared_ptr<Event[]> events;
        bool own = false;  // nobody else has them
    };
    const Event* keep(Entry entry) {
        last_ = oldest_;
        oldest_ = (oldest_ + 1) % std::size(entries_);
        entries_[last_] = std::move(entry);
        return entries_[last_].events.get();
    }
    static bool is(const Entry& entry, std::uint64_t history, EventIndex chunk) { return entry.history == history && entry.chunk == chunk; }

    Entry entries_[32];  // 4 MiB
    std::size_t last_ = 0, oldest_ = 0;
};

}  // namespace

History::History(std::size_t most_waiting_chunks)
    : serial_(next_serial()), tables_(new std::atomic<Table*>[most_tables]()), sealer_(new Sealer(most_waiting_chunks)) {}

History::~History() {
    sealer_.reset();  // before the chunks
    for (std::size_t at = 0; at < most_tables && tables_[at].load(); ++at) {
        const std::unique_ptr<Table> table(tables_[at].load());
        for (std::atomic<Chunk*>& chunk : table->chunks) delete chunk.load();
    }
}

void History::put_chunk(EventIndex number, std::unique_ptr<Chunk> chunk) {
    std::atomic<Table*>& table = tables_[number / table_chunks];
    if (!table.load(std::memory_order_relaxed)) table.store(new Table(), std::memory_order_release);
    table.load(std::memory_order_relaxed)->chunks[number % table_chunks].store(chunk.release(), std::memory_order_release);
}

std::uint32_t History::put_payload(Chunk& chunk, std::string_view payload) {
    if (payload.empty()) return 0;
    std::uint64_t& used = chunk.payload_used_bytes;
    const std::size_t place = used % payload_block_bytes;
    if (place + payload.size() > payload_block_bytes) {  // a payload is never split
        std::memset(chunk.payload.back().get() + place, 0, payload_block_bytes - place);
        used += payload_block_bytes - place;
    }
    if (used / payload_block_bytes == chunk.payload.size()) {
        const std::lock_guard lock(chunk.mutex);
        chunk.payload.emplace_back(new char[payload_block_bytes]);
    }
    std::memcpy(chunk.payload.back().get() + used % payload_block_bytes, payload.data(), payload.size());
    const auto at = static_cast<std::uint32_t>(used / payload_unit_bytes);
    // What lies between payloads is saved with them: nothing that this memory held before may be in a recording.
    const std::size_t whole = (payload.size() + payload_unit_bytes - 1) / payload_unit_bytes * payload_unit_bytes;
    std::memset(chunk.payload.back().get() + used % payload_block_bytes + payload.size(), 0, whole - payload.size());
    used += whole;
    return at;
}

EventIndex History::append(Event event, std::string_view payload) {
    const EventIndex index = size_.load(std::memory_order_relaxed);
    if (index == most_events) {
        ++latest_.lost_events;
        return no_event;
    }
    if (payload.size() > UINT16_MAX) {
        payload = payload.substr(0, UINT16_MAX);
        event.flags |= event_payload_cut;
    }
    event.payload_bytes = static_cast<std::uint16_t>(payload.size());
    if (index % chunk_events == 0) {
        auto chunk = std::make_unique<Chunk>();
        chunk->events.reset(new Event[chunk_events]);
        put_chunk(index / chunk_events, std::move(chunk));
    }
    Chunk& chunk = chunk_of(index);
    event.payload_at = put_payload(chunk, payload);
    chunk.events[index % chunk_events] = event;

    EventIndex arrived = no_event;
    if (event.phase == Phase::enter) {
        const Actor* actor = find(latest_, event.actor);
        if (actor && !actor->calls.empty() && !actor->calls.back().entered && actor->calls.back().kind == event.kind)
            arrived = actor->calls.back().enter;
    }
    apply(latest_, event, payload);
    link(index, event, arrived);
    if ((index + 1) % chunk_events == 0) close_chunk(chunk, index / chunk_events);
    size_.store(index + 1, std::memory_order_release);
    return index;
}

const Event* History::events_of(EventIndex number) const {
    thread_local ReadChunks read;
    if (const Event* events = read.find(serial_, number)) return events;
    const Chunk& chunk = chunk_at(number);
    const std::lock_guard lock(chunk.mutex);
    if (chunk.events) return read.keep(serial_, number, chunk.events);
    return read.keep_unpacked(serial_, number, [&chunk](Event* events) { unpack_events(chunk, events); });
}

void History::set_link(EventIndex from, EventIndex to) {
    chunk_of(from).links[from % chunk_events].store(static_cast<std::uint32_t>(to + 1), std::memory_order_relaxed);
}

EventIndex History::link_of(EventIndex index) const {
    const std::uint32_t link = chunk_of(index).links[index % chunk_events].load(std::memory_order_relaxed);
    return link == 0 ? no_event : EventIndex{link} - 1;
}

/** Which events belong together is what apply() has just found out. */
void History::link(EventIndex index, const Event& told, EventIndex arrived) {
    if (arrived != no_event) set_link(arrived, index);
    if (told.phase != Phase::exit) return;
    const Actor* actor = find(latest_, told.actor);
    if (!actor || actor->last_exit != index || actor->last_enter == no_event) return;
    set_link(actor->last_enter, index);
    set_link(index, actor->last_enter);
}

std::uint16_t History::intern_file(std::string_view file) {
    const std::lock_guard lock(files_mutex_);
    const auto found = std::find(files_.begin(), files_.end(), file);
    if (found != files_.end()) return static_cast<std::uint16_t>(found - files_.begin() + 1);
    if (file.empty() || files_.size() == UINT16_MAX) return 0;
    files_.emplace_back(file);
    return static_cast<std::uint16_t>(files_.size());
}

Event History::event(EventIndex index) const {
    assert(index < size());
    return events_of(index / chunk_events)[index % chunk_events];
}

std::vector<const char*> History::payload_blocks(EventIndex number) const {
    const Chunk& chunk = chunk_at(number);
    std::vector<const char*> blocks;
    const std::lock_guard lock(chunk.mutex);
    for (const std::unique_ptr<char[]>& block : chunk.payload) blocks.push_back(block.get());
    return blocks;
}

std::string_view History::payload(EventIndex index) const {
    const Event told = event(index);
    if (told.payload_bytes == 0) return {};
    const std::uint64_t at = std::uint64_t{told.payload_at} * payload_unit_bytes;
    const Chunk& chunk = chunk_of(index);
    const std::lock_guard lock(chunk.mutex);
    return {chunk.payload[at / payload_block_bytes].get() + at % payload_block_bytes, told.payload_bytes};
}

std::string History::file(std::uint16_t index) const {
    const std::lock_guard lock(files_mutex_);
    return index == 0 || index > files_.size() ? std::string() : files_[index - 1];
}

World History::at(EventIndex index) const {
    World world;
    advance(world, index);
    return world;
}

bool History::advance(World& world, EventIndex index, std::uint64_t budget_ns) const {
    index = std::min(index, size());
    if (index / keyframe_events * keyframe_events >= world.events + keyframe_events) take_keyframe(world, index / keyframe_events - 1);
    const std::uint64_t began_ns = budget_ns != 0 ? monotonic_ns() : 0;
    while (world.events < index) {
        const EventIndex number = world.events / chunk_events, end = std::min(index, (number + 1) * chunk_events);
        const Event* events = events_of(number);  // stays, since nothing below reads another chunk
        const std::vector<const char*> payloads = payload_blocks(number);
        while (world.events < end) {
            const Event& told = events[world.events % chunk_events];
            const std::uint64_t at = std::uint64_t{told.payload_at} * payload_unit_bytes;
            const bool has_payload = told.payload_bytes != 0;
            apply(world, told,
                  has_payload ? std::string_view(payloads[at / payload_block_bytes] + at % payload_block_bytes, told.payload_bytes) : "");
            if (budget_ns != 0 && world.events % clock_every == 0 && monotonic_ns() - began_ns > budget_ns) return world.events >= index;
        }
    }
    return true;
}

EventIndex History::exit_of(EventIndex enter, EventIndex limit) const {
    limit = std::min(limit, size());
    if (enter >= limit) return no_event;
    if (event(enter).phase == Phase::arrive) enter = link_of(enter);
    if (enter >= limit || event(enter).phase != Phase::enter) return no_event;
    const EventIndex exit = link_of(enter);
    return exit > enter && exit < limit ? exit : no_event;
}

EventIndex History::enter_of(EventIndex exit) const {
    if (exit >= size() || event(exit).phase != Phase::exit) return no_event;
    const EventIndex enter = link_of(exit);
    return enter < exit ? enter : no_event;
}

}  // namespace synoptic
