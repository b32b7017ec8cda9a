// Rules of the wire: what happens to a segment that a host has sent. Pure: the same rules, seed and segments give the same verdicts anywhere.
#pragma once

#include <cstdint>

#include "core/wire/segment.h"

namespace synoptic {

/** The way that a segment goes. */
enum class Direction : std::uint8_t { to_server, to_client };

constexpr int index_of(Direction direction) {
    return static_cast<int>(direction);
}

/** Kinds of segments that a rule can name; a segment may be of several (FIN with data). */
enum SegmentKind : std::uint8_t {
    kind_syn = 1,
    kind_syn_ack = 2,
    kind_fin = 4,
    kind_data = 8,
    kind_rst = 16,
    kind_ack = 32,  // nothing but an acknowledgment
    kind_all = 63,
};

/** The kinds that a segment is of: at least one. */
std::uint8_t kinds_of(const Segment& segment);

/** For one direction. */
struct DirectionRules {
    std::uint32_t delay_ms = 0;
    std::uint32_t lose_every_nth = 0;  // 3: the third, sixth, … are lost; 0: none
    double lose_probability = 0;       // 0 to 1, for each segment by itself
    std::uint8_t hold = 0;             // SegmentKind: what waits until somebody delivers or drops it
    bool operator==(const DirectionRules&) const = default;
};

struct Rules {
    DirectionRules to_server, to_client;
    std::uint64_t seed = 1;  // of the losses by probability

    const DirectionRules& of(Direction direction) const { return direction == Direction::to_server ? to_server : to_client; }
    DirectionRules& of(Direction direction) { return direction == Direction::to_server ? to_server : to_client; }
    bool operator==(const Rules&) const = default;

    static Rules hold_everything();
    static Rules hold_only(std::uint8_t kinds);  // SegmentKind, in both directions
};

enum class Verdict : std::uint8_t { deliver, delay, hold, drop };

/** Rules with what they remember: how many segments have passed, and the next random number. New rules begin anew. */
class RuleState {
   public:
    RuleState() : RuleState(Rules{}) {}
    explicit RuleState(const Rules& rules) : rules_(rules), random_{rules.seed, ~rules.seed} {}

    const Rules& rules() const { return rules_; }
    /** True if segments that go this way are delivered at once, whatever they are: nobody need ask. */
    bool passes_all(Direction direction) const { return rules_.of(direction) == DirectionRules{}; }

   private:
    friend Verdict decide(const Segment& segment, Direction direction, RuleState& state);
    Rules rules_;
    std::uint64_t seen_[2] = {0, 0};
    std::uint64_t random_[2];  // one sequence for each direction: what goes one way does not change what is lost on the other
};

/** What becomes of the next segment in this direction. A loss comes first, then holding, then delay. */
Verdict decide(const Segment& segment, Direction direction, RuleState& state);

}  // namespace synoptic
