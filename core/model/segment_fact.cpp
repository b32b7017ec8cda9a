#include "core/model/segment_fact.h"

#include <algorithm>

namespace synoptic {

bool tells_of_segment(EventKind kind) {
    switch (kind) {
        case EventKind::segment_sent:
        case EventKind::segment_held:
        case EventKind::segment_delivered:
        case EventKind::segment_arrived:
        case EventKind::segment_dropped:
        case EventKind::segment_duplicated:
            return true;
        default:
            return false;
    }
}

std::vector<std::uint8_t> whole_packet(const Event& sent, std::string_view payload) {
    constexpr std::int64_t most_bytes = 65'576;  // the largest IPv6 packet that is no jumbogram
    std::vector<std::uint8_t> bytes(payload.begin(), payload.end());
    bytes.resize(std::max(bytes.size(), static_cast<std::size_t>(std::clamp<std::int64_t>(sent.a, 0, most_bytes))));
    return bytes;
}

}  // namespace synoptic
