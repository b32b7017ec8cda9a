#include "core/wire/rules.h"

namespace synoptic {
namespace {

/** SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the same numbers with every compiler and library. */
double next_random(std::uint64_t& state) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-53;  // in [0, 1)
}

}  // namespace

std::uint8_t kinds_of(const Segment& segment) {
    unsigned kinds = 0;
    if (segment.is_syn()) kinds |= kind_syn;
    if (segment.is_syn_ack()) kinds |= kind_syn_ack;
    if (segment.has(tcp_fin)) kinds |= kind_fin;
    if (segment.has(tcp_rst)) kinds |= kind_rst;
    if (segment.payload_bytes != 0) kinds |= kind_data;
    return static_cast<std::uint8_t>(kinds == 0 ? static_cast<unsigned>(kind_ack) : kinds);
}

Rules Rules::hold_everything() {
    return hold_only(kind_all);
}

Rules Rules::hold_only(std::uint8_t kinds) {
    Rules rules;
    rules.to_server.hold = rules.to_client.hold = kinds;
    return rules;
}

Verdict decide(const Segment& segment, Direction direction, RuleState& state) {
    const DirectionRules& rules = state.rules_.of(direction);
    const int at = index_of(direction);
    const std::uint64_t number = ++state.seen_[at];
    if (rules.lose_every_nth != 0 && number % rules.lose_every_nth == 0) return Verdict::drop;
    if (rules.lose_probability > 0 && next_random(state.random_[at]) < rules.lose_probability) return Verdict::drop;
    if ((rules.hold & kinds_of(segment)) != 0) return Verdict::hold;
    return rules.delay_ms != 0 ? Verdict::delay : Verdict::deliver;
}

}  // namespace synoptic
