#include "core/model/byte_lane.h"

#include <algorithm>

#include "core/programs/programs.h"

namespace synoptic {
namespace {

// Where a header was not seen, what follows can't be read; so much is kept in case that the other end brings it to light.
constexpr std::size_t most_kept_bytes = 256u << 10;

/** How many pieces had their exit before `limit`. */
std::size_t until(const std::vector<LanePiece>& pieces, EventIndex limit) {
    const auto end = std::partition_point(pieces.begin(), pieces.end(), [limit](const LanePiece& piece) { return piece.exit < limit; });
    return static_cast<std::size_t>(end - pieces.begin());
}

}  // namespace

std::uint64_t LaneMessage::body() const {
    return offset + message_header_bytes;
}

void ByteLane::sent(LanePiece piece, std::string_view known) {
    add(sends_, piece, known);
}

void ByteLane::received(LanePiece piece, std::string_view known) {
    add(receives_, piece, known);
}

void ByteLane::add(std::vector<LanePiece>& pieces, LanePiece piece, std::string_view known) {
    if (piece.bytes == 0) return;
    piece.offset = pieces.empty() ? 0 : pieces.back().end();
    pieces.push_back(piece);
    if (!framed_ || !broken_.empty()) return;
    keep(piece.offset, known.substr(0, piece.bytes));
    while (read_next_header(piece.exit)) {}
}

/** Keeps what is known of the stream from the next header on. Both ends tell the same bytes; the longer telling counts. */
void ByteLane::keep(std::uint64_t offset, std::string_view known) {
    if (offset < next_header_) {
        const std::uint64_t passed = next_header_ - offset;
        if (passed >= known.size()) return;
        known.remove_prefix(static_cast<std::size_t>(passed));
        offset = next_header_;
    }
    if (known.empty() || kept_bytes_ + known.size() > most_kept_bytes) return;
    std::string& bytes = kept_[offset];
    if (bytes.size() >= known.size()) return;
    kept_bytes_ += known.size() - bytes.size();
    bytes = known;
}

bool ByteLane::read_next_header(EventIndex exit) {
    std::string header;
    for (const auto& [offset, bytes] : kept_) {
        const std::uint64_t end = next_header_ + header.size();
        if (offset > end || header.size() == message_header_bytes) break;  // a gap: the other end may fill it
        if (offset + bytes.size() <= end) continue;
        header += bytes.substr(static_cast<std::size_t>(end - offset), message_header_bytes - header.size());
    }
    if (header.size() < message_header_bytes) return false;
    std::size_t length = 0;
    if (!read_message_header(header.data(), length, broken_)) {
        broken_at_ = exit;
        kept_.clear();
        return false;
    }
    messages_.push_back({next_header_, static_cast<std::uint32_t>(length), exit});
    next_header_ = messages_.back().end();
    std::map<std::uint64_t, std::string> kept;
    kept.swap(kept_);
    kept_bytes_ = 0;
    for (const auto& [offset, bytes] : kept) keep(offset, bytes);
    return true;
}

LaneCounts count_lane(const ByteLane& lane, EventIndex limit) {
    LaneCounts counts;
    counts.sends = until(lane.sends(), limit);
    counts.receives = until(lane.receives(), limit);
    const auto messages = std::partition_point(lane.messages().begin(), lane.messages().end(),
                                               [limit](const LaneMessage& message) { return message.known_at < limit; });
    counts.messages = static_cast<std::size_t>(messages - lane.messages().begin());
    counts.written = counts.sends == 0 ? 0 : lane.sends()[counts.sends - 1].end();
    counts.taken = counts.receives == 0 ? 0 : lane.receives()[counts.receives - 1].end();
    counts.broken = lane.broken_at() < limit;
    counts.ended = lane.end_of_file() < limit;
    for (std::size_t at = 0, send = 0; at < counts.receives; ++at) {
        const LanePiece& taken = lane.receives()[at];
        while (send < counts.sends && lane.sends()[send].offset < taken.offset) ++send;
        const bool fits = send < counts.sends && lane.sends()[send].offset == taken.offset && lane.sends()[send].bytes == taken.bytes;
        counts.misfits += !fits;
    }
    return counts;
}

}  // namespace synoptic
