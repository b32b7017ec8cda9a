#include "core/model/history.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/base/clock.h"

namespace synoptic {
namespace {

constexpr std::size_t chunk_slots = History::most_events / History::chunk_events;
constexpr std::size_t payload_unit_bytes = 8;  // of Event::payload_at, so that 32 bits reach 32 GiB
constexpr std::size_t payload_slots = (std::uint64_t{1} << 32) * payload_unit_bytes / History::chunk_payload_bytes;
constexpr EventIndex clock_every = 64;  // events folded between two looks at the clock

}  // namespace

/** `links` lead from an arrive to its enter, from an enter to its exit and from an exit to its enter; 0 is none, else the index and 1. The writer
    links an enter long after it was read. */
struct History::Chunk {
    Event events[chunk_events];
    std::atomic<std::uint32_t> links[chunk_events];
    World after;  // the keyframe: complete once the chunk is full
};

History::History() : chunks_(new std::atomic<Chunk*>[chunk_slots]()), payload_(new std::atomic<char*>[payload_slots]()) {}

History::~History() {
    for (std::size_t slot = 0; slot < chunk_slots && chunks_[slot].load(); ++slot) delete chunks_[slot].load();
    for (std::size_t slot = 0; slot < payload_slots && payload_[slot].load(); ++slot) delete[] payload_[slot].load();
}

History::Chunk& History::chunk_of(EventIndex index) const {
    return *chunks_[index / chunk_events].load(std::memory_order_acquire);
}

void History::add_chunk(EventIndex index) {
    chunks_[index / chunk_events].store(new Chunk(), std::memory_order_release);
}

std::uint32_t History::put_payload(std::string_view payload) {
    if (payload.empty()) return 0;
    const std::size_t place = payload_used_bytes_ % chunk_payload_bytes;
    if (place + payload.size() > chunk_payload_bytes) payload_used_bytes_ += chunk_payload_bytes - place;  // a payload is never split
    std::atomic<char*>& slot = payload_[payload_used_bytes_ / chunk_payload_bytes];
    if (!slot.load(std::memory_order_relaxed)) slot.store(new char[chunk_payload_bytes], std::memory_order_release);
    std::memcpy(slot.load(std::memory_order_relaxed) + payload_used_bytes_ % chunk_payload_bytes, payload.data(), payload.size());
    const auto at = static_cast<std::uint32_t>(payload_used_bytes_ / payload_unit_bytes);
    payload_used_bytes_ += (payload.size() + payload_unit_bytes - 1) / payload_unit_bytes * payload_unit_bytes;
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
    const bool has_room = payload_used_bytes_ + 2 * chunk_payload_bytes <= payload_slots * chunk_payload_bytes;
    if (!payload.empty() && !has_room) {
        payload = {};
        event.flags |= event_payload_lost;
    }
    event.payload_bytes = static_cast<std::uint16_t>(payload.size());
    event.payload_at = put_payload(payload);
    if (index % chunk_events == 0) add_chunk(index);
    Chunk& chunk = chunk_of(index);
    chunk.events[index % chunk_events] = event;

    EventIndex arrived = no_event;
    if (event.phase == Phase::enter) {
        const Actor* actor = find(latest_, event.actor);
        if (actor && !actor->calls.empty() && !actor->calls.back().entered && actor->calls.back().kind == event.kind)
            arrived = actor->calls.back().enter;
    }
    apply(latest_, event, payload);
    link(index, arrived);
    if ((index + 1) % keyframe_events == 0) chunk.after = latest_;
    size_.store(index + 1, std::memory_order_release);
    return index;
}

void History::set_link(EventIndex from, EventIndex to) {
    chunk_of(from).links[from % chunk_events].store(static_cast<std::uint32_t>(to + 1), std::memory_order_relaxed);
}

EventIndex History::link_of(EventIndex index) const {
    const std::uint32_t link = chunk_of(index).links[index % chunk_events].load(std::memory_order_relaxed);
    return link == 0 ? no_event : EventIndex{link} - 1;
}

/** Which events belong together is what apply() has just found out. */
void History::link(EventIndex index, EventIndex arrived) {
    if (arrived != no_event) set_link(arrived, index);
    const Event& event = chunk_of(index).events[index % chunk_events];
    if (event.phase != Phase::exit) return;
    const Actor* actor = find(latest_, event.actor);
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

const Event& History::event(EventIndex index) const {
    assert(index < size());
    return chunk_of(index).events[index % chunk_events];
}

std::string_view History::payload(EventIndex index) const {
    const Event& told = event(index);
    if (told.payload_bytes == 0) return {};
    const std::uint64_t at = std::uint64_t{told.payload_at} * payload_unit_bytes;
    return {payload_[at / chunk_payload_bytes].load(std::memory_order_acquire) + at % chunk_payload_bytes, told.payload_bytes};
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
    const EventIndex keyframe = index / keyframe_events * keyframe_events;
    if (keyframe >= world.events + keyframe_events) world = chunk_of(keyframe - 1).after;
    const std::uint64_t began_ns = budget_ns != 0 ? monotonic_ns() : 0;
    for (EventIndex folded = 1; world.events < index; ++folded) {
        apply(world, event(world.events), payload(world.events));
        if (budget_ns != 0 && folded % clock_every == 0 && monotonic_ns() - began_ns > budget_ns) break;
    }
    return world.events >= index;
}

EventIndex History::exit_of(EventIndex enter, EventIndex limit) const {
    limit = std::min(limit, size());
    if (enter >= limit) return no_event;
    if (event(enter).phase == Phase::arrive) enter = link_of(enter);
    if (enter >= limit || event(enter).phase != Phase::enter) return no_event;
    const EventIndex exit = link_of(enter);
    return exit < limit ? exit : no_event;
}

EventIndex History::enter_of(EventIndex exit) const {
    if (exit >= size() || event(exit).phase != Phase::exit) return no_event;
    return link_of(exit);
}

}  // namespace synoptic
