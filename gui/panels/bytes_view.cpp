#include "gui/panels/bytes_view.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/programs/registry.h"

namespace synoptic {
namespace {

// A stretch of n bytes is least + growth × log2(n) wide, at zoom 1: 24 for one byte, 114 for a header of 64, 324 for a MiB.
constexpr float least_w = 24, growth_w = 15;
// Cuts that are placed; of longer lanes the beginning is drawn as one stretch.
constexpr std::size_t most_pieces = 20'000;

bool writes(EventKind kind) {
    return kind == EventKind::send || kind == EventKind::write;
}
bool takes(EventKind kind) {
    return kind == EventKind::recv || kind == EventKind::read;
}

float stretch_width(std::uint64_t bytes, float px) {
    return px * (least_w + growth_w * std::log2(static_cast<float>(bytes)));
}

template <class Piece>
PieceRange between(const std::vector<Piece>& pieces, std::size_t count, const BytesScale& scale, float from_x, float to_x) {
    const auto begin = pieces.begin(), end = begin + static_cast<std::ptrdiff_t>(count);
    const auto first = std::partition_point(begin, end, [&](const Piece& piece) { return scale.x(piece.end()) < from_x; });
    const auto behind = std::partition_point(first, end, [&](const Piece& piece) { return scale.x(piece.offset) <= to_x; });
    return {static_cast<std::size_t>(first - begin), static_cast<std::size_t>(behind - begin)};
}

}  // namespace

void BytesFeed::begin(std::size_t ladder, bool framed) {
    of_ = ladder;
    framed_ = framed;
    seen_ = 0;
    open_.clear();
    last_exit_ = 0;
    for (ByteLane& lane : lanes_) lane = ByteLane(framed);
}

void BytesFeed::update(const History& history, const LadderIndex& ladders, std::size_t ladder, bool framed) {
    const std::vector<LadderCall>& calls = ladders.ladders()[ladder].rows.calls();
    if (ladder != of_ || framed != framed_ || calls.size() < seen_) begin(ladder, framed);
    if (take(history, calls)) return;
    // A ladder that was taken over has brought calls that returned before the last one.
    begin(ladder, framed);
    take(history, calls);
}

/** False if a call returned before one that a lane was told of already. */
bool BytesFeed::take(const History& history, const std::vector<LadderCall>& calls) {
    for (; seen_ < calls.size(); ++seen_) {
        if (writes(calls[seen_].kind) || takes(calls[seen_].kind)) open_.push_back(static_cast<std::uint32_t>(seen_));
    }
    std::vector<std::uint32_t> back;
    std::erase_if(open_, [&](std::uint32_t at) {
        if (calls[at].exit != no_event) back.push_back(at);
        return calls[at].exit != no_event || calls[at].gone != no_event;
    });
    std::sort(back.begin(), back.end(), [&](std::uint32_t l, std::uint32_t r) { return calls[l].exit < calls[r].exit; });
    if (!back.empty() && calls[back.front()].exit < last_exit_) return false;
    for (const std::uint32_t at : back) {
        const LadderCall& call = calls[at];
        last_exit_ = call.exit;
        const bool out = writes(call.kind), by_client = call.side == LadderSide::client;
        ByteLane& lane = lanes_[index_of(out == by_client ? Direction::to_server : Direction::to_client)];
        const Event enter = history.event(call.enter);
        const bool peeks = call.kind == EventKind::recv && (enter.b & MSG_PEEK) != 0;  // the bytes stay where they are
        if (!out && history.event(call.exit).value == 0 && enter.a != 0) lane.ended(call.exit);
        if (call.bytes <= 0 || peeks) continue;
        const LanePiece piece{.bytes = static_cast<std::uint32_t>(call.bytes), .kind = call.kind, .enter = call.enter, .exit = call.exit};
        if (out) {
            lane.sent(piece, history.payload(call.enter));
        } else {
            lane.received(piece, history.payload(call.exit));
        }
    }
    return true;
}

bool speaks_messages(const World& world, const Ladder& ladder) {
    for (const ProgramId id : {ladder.server_program, ladder.client_program}) {
        const Program* program = find(world, id);
        const ProgramInfo* info = program ? find_program(program->name) : nullptr;
        if (info != nullptr && std::string_view(info->protocol) == "message") return true;
    }
    return false;
}

BytesScale::BytesScale(const ByteLane& lane, const LaneCounts& counts, float px) {
    cuts_ = {0, counts.written, counts.taken};
    const auto add = [this](const std::vector<LanePiece>& pieces, std::size_t count) {
        for (std::size_t at = count - std::min(count, most_pieces); at < count; ++at) {
            cuts_.push_back(pieces[at].offset);
            cuts_.push_back(pieces[at].end());
        }
    };
    add(lane.sends(), counts.sends);
    add(lane.receives(), counts.receives);
    for (std::size_t at = counts.messages - std::min(counts.messages, most_pieces); at < counts.messages; ++at) {
        const LaneMessage& message = lane.messages()[at];
        for (const std::uint64_t cut : {message.offset, message.body(), message.end()}) cuts_.push_back(cut);
    }
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    x_.reserve(cuts_.size());
    x_.push_back(0);
    for (std::size_t at = 1; at < cuts_.size(); ++at) x_.push_back(x_.back() + std::floor(stretch_width(cuts_[at] - cuts_[at - 1], px)));
}

float BytesScale::x(std::uint64_t offset) const {
    if (cuts_.empty()) return 0;
    const auto above = std::upper_bound(cuts_.begin(), cuts_.end(), offset);
    const auto at = static_cast<std::size_t>(above - cuts_.begin()) - 1;  // cuts_[0] is 0
    if (above == cuts_.end() || cuts_[at] == offset) return x_[at];
    const float share = static_cast<float>(offset - cuts_[at]) / static_cast<float>(cuts_[at + 1] - cuts_[at]);
    return x_[at] + share * (x_[at + 1] - x_[at]);
}

PieceRange pieces_between(const std::vector<LanePiece>& pieces, std::size_t count, const BytesScale& scale, float from_x, float to_x) {
    return between(pieces, count, scale, from_x, to_x);
}

PieceRange messages_between(const std::vector<LaneMessage>& messages, std::size_t count, const BytesScale& scale, float from_x,
                            float to_x) {
    return between(messages, count, scale, from_x, to_x);
}

std::string lane_summary(const LaneCounts& counts, bool framed) {
    const auto many = [](std::size_t count, const char* what) { return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s"); };
    if (counts.sends == 0 && counts.receives == 0) return "nothing was sent yet";
    std::string text;
    if (counts.sends > 0) text = fmt::format("{} wrote {}", many(counts.sends, "send"), byte_count(counts.written));
    if (counts.receives > 0)
        text += fmt::format("{}{} took {}", text.empty() ? "" : ", ", many(counts.receives, "receive"), byte_count(counts.taken));
    if (framed) text += fmt::format(", {}", many(counts.messages, "message"));
    if (counts.misfits > 0 && counts.sends > 0)
        text += fmt::format("; {} no send", many(counts.misfits, "receive") + (counts.misfits == 1 ? " matches" : " match"));
    return text;
}

}  // namespace synoptic
