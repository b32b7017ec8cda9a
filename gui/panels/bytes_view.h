// How the Bytes panel looks at a connection: its two lanes, fed from the ladder's calls; and where each byte stands. No drawing.
#pragma once

#include <string>
#include <vector>

#include "core/model/byte_lane.h"
#include "core/model/history.h"
#include "core/wire/rules.h"
#include "gui/panels/ladder_index.h"

namespace synoptic {

/** Feeds the lanes of one connection with the calls on its two sockets, as they return. Each call is looked at once. */
class BytesFeed {
   public:
    /** `framed`: the stream consists of messages (system B). Another ladder, or another word on that, begins anew. */
    void update(const History& history, const LadderIndex& ladders, std::size_t ladder, bool framed);
    const ByteLane& lane(Direction direction) const { return lanes_[index_of(direction)]; }
    bool framed() const { return framed_; }

   private:
    void begin(std::size_t ladder, bool framed);
    bool take(const History& history, const std::vector<LadderCall>& calls);

    std::size_t of_ = LadderIndex::none;
    bool framed_ = false;
    std::size_t seen_ = 0;             // calls of the ladder
    std::vector<std::uint32_t> open_;  // of those, the ones that had not returned
    EventIndex last_exit_ = 0;         // that a lane was told of
    ByteLane lanes_[2];
};

/** True if a program at either end speaks in messages with headers. */
bool speaks_messages(const World& world, const Ladder& ladder);

/**
 * Where bytes stand on a lane: each stretch between two cuts is as wide as the logarithm of its length, so that a header of 64 bytes and a body of a
 * million can both be read. Cuts are the ends of sends, receives, headers and bodies.
 */
class BytesScale {
   public:
    BytesScale() = default;
    /** `px`: pixels for one at zoom 1. */
    BytesScale(const ByteLane& lane, const LaneCounts& counts, float px);
    float x(std::uint64_t offset) const;  // from the lane's left end; within a stretch in proportion
    float width() const { return x_.empty() ? 0 : x_.back(); }

   private:
    std::vector<std::uint64_t> cuts_;
    std::vector<float> x_;
};

/** The pieces that lie at least partly between two places: from first to end. */
struct PieceRange {
    std::size_t first = 0, end = 0;
};
PieceRange pieces_between(const std::vector<LanePiece>& pieces, std::size_t count, const BytesScale& scale, float from_x, float to_x);
PieceRange messages_between(const std::vector<LaneMessage>& messages, std::size_t count, const BytesScale& scale, float from_x, float to_x);

/** "3 sends wrote 207 bytes, 6 receives took 207 bytes, 3 messages; 6 receives match no send". */
std::string lane_summary(const LaneCounts& counts, bool framed);

struct BytesView {
    BytesFeed feed;
    std::size_t shown = LadderIndex::none;   // the ladder that was drawn last
    std::size_t chosen = LadderIndex::none;  // by hand, in the chooser
    /** What was selected, and what was known then, when its ladder was looked up. */
    struct LookUp {
        EventIndex event = no_event;
        ConnectionId connection{};
        SocketId socket{};
        ActorId actor{};
        ProgramId program{};
        ProcessId process{};
        WireId segment{};
        std::size_t ladders = 0;
        EventIndex limit = no_event;
        friend bool operator==(const LookUp&, const LookUp&) = default;
    };
    LookUp looked_up;
    std::size_t found = LadderIndex::none;
    bool follow = true;          // the newest bytes stay in sight
    float scroll_x[2] = {0, 0};  // by direction
    float scroll_y = 0;
    EventIndex sighted = no_event;                // the selected call that was scrolled into sight
    EventIndex moment[2] = {no_event, no_event};  // of the past, whose call was scrolled into sight; by direction
    // What the scales were made for: they are made anew when that changes.
    LaneCounts scaled_for[2];
    float scaled_px = 0;
    std::size_t scaled_ladder = LadderIndex::none;
    BytesScale scale[2];
};

}  // namespace synoptic
