#include "core/model/event_pack.h"

#include <algorithm>
#include <cstring>

#include "core/model/compression.h"

namespace synoptic {
namespace {

constexpr std::size_t word_bytes = 8, event_words = sizeof(Event) / word_bytes;
constexpr int event_level = 1;  // higher ones are some times slower for a tenth less

}  // namespace

std::string pack(std::span<const Event> events) {
    std::string planes(events.size_bytes(), '\0');
    Event before;
    for (std::size_t at = 0; at < events.size(); ++at) {
        Event difference = events[at];
        difference.time -= before.time;
        difference.payload_at -= before.payload_at;
        before = events[at];
        for (std::size_t word = 0; word < event_words; ++word)
            std::memcpy(&planes[(word * events.size() + at) * word_bytes], reinterpret_cast<const char*>(&difference) + word * word_bytes,
                        word_bytes);
    }
    return compress(planes, event_level);
}

bool unpack(std::string_view packed, std::span<Event> events) {
    thread_local std::string planes;
    planes.resize(events.size_bytes());
    if (!expand_into(planes.data(), planes.size(), packed)) {
        std::fill(events.begin(), events.end(), Event{});
        return false;
    }
    Event before;
    for (std::size_t at = 0; at < events.size(); ++at) {
        for (std::size_t word = 0; word < event_words; ++word)
            std::memcpy(reinterpret_cast<char*>(&events[at]) + word * word_bytes, &planes[(word * events.size() + at) * word_bytes],
                        word_bytes);
        events[at].time += before.time;
        events[at].payload_at += before.payload_at;
        before = events[at];
    }
    return true;
}

}  // namespace synoptic
