#include "core/wire/waiting.h"

#include <algorithm>
#include <utility>

namespace synoptic {

CopyKey CopyKey::of(const Segment& segment, Direction direction) {
    const bool only_acknowledges = segment.sequence_length() == 0;
    return {.direction = direction,
            .source_port = segment.source.port(),
            .destination_port = segment.destination.port(),
            .ip_version = segment.ip_version,
            .flags = segment.flags,
            .seq = segment.seq,
            .payload_bytes = segment.payload_bytes,
            .ack = only_acknowledges ? segment.ack : 0,
            .window = only_acknowledges ? segment.window : std::uint16_t{0}};
}

WireId Waiting::original_of(const CopyKey& key) const {
    const auto found = by_key_.lower_bound(key);
    return found == by_key_.end() || key < found->first ? WireId::none : found->second;
}

const WaitingPacket& Waiting::add(WaitingPacket packet) {
    if (packet.due_ns != 0) {
        std::uint64_t& last = last_due_ns_[index_of(packet.direction)];
        packet.due_ns = last = std::max(last, packet.due_ns);
    }
    const Position position = back_++;
    position_of_[static_cast<std::uint64_t>(packet.id)] = position;
    if (packet.due_ns != 0) by_due_.insert({packet.due_ns, position});
    if (!packet.duplicate) by_key_.insert({packet.key, packet.id});
    return by_position_.emplace(position, std::move(packet)).first->second;
}

const WaitingPacket* Waiting::find(WireId id) const {
    const auto found = position_of_.find(static_cast<std::uint64_t>(id));
    return found == position_of_.end() ? nullptr : &by_position_.at(found->second);
}

std::vector<WireId> Waiting::stack_of(WireId id, Stack stack) const {
    std::vector<WireId> ids = {id};
    const WaitingPacket& one = *find(id);
    if (stack == Stack::only_this || one.duplicate) return ids;
    const auto [first, last] = by_key_.equal_range(one.key);
    for (auto copy = first; copy != last; ++copy) {
        if (copy->second != id) ids.push_back(copy->second);
    }
    return ids;
}

WaitingPacket Waiting::take(ByPosition::iterator at) {
    WaitingPacket packet = std::move(at->second);
    if (packet.due_ns != 0) by_due_.erase({packet.due_ns, at->first});
    position_of_.erase(static_cast<std::uint64_t>(packet.id));
    const auto [first, last] = by_key_.equal_range(packet.key);
    const auto entry = std::find_if(first, last, [&](const auto& each) { return each.second == packet.id; });
    if (entry != last) by_key_.erase(entry);
    by_position_.erase(at);
    return packet;
}

std::optional<WaitingPacket> Waiting::take(WireId id) {
    const auto found = position_of_.find(static_cast<std::uint64_t>(id));
    if (found == position_of_.end()) return std::nullopt;
    return take(by_position_.find(found->second));
}

std::optional<WaitingPacket> Waiting::take_first() {
    if (by_position_.empty()) return std::nullopt;
    return take(by_position_.begin());
}

std::optional<WaitingPacket> Waiting::take_due(std::uint64_t now_ns) {
    if (by_due_.empty() || by_due_.begin()->first > now_ns) return std::nullopt;
    return take(by_position_.find(by_due_.begin()->second));
}

bool Waiting::hold(WireId id, HoldReason reason) {
    const auto found = position_of_.find(static_cast<std::uint64_t>(id));
    if (found == position_of_.end()) return false;
    WaitingPacket& packet = by_position_.at(found->second);
    if (packet.due_ns != 0) by_due_.erase({packet.due_ns, found->second});
    packet.due_ns = 0;
    packet.reason = reason;
    return true;
}

std::vector<WireId> Waiting::delayed() const {
    std::vector<WireId> ids;
    for (const auto& [position, packet] : by_position_) {
        if (packet.due_ns != 0) ids.push_back(packet.id);
    }
    return ids;
}

std::vector<WireId> Waiting::held_for(HoldReason reason) const {
    std::vector<WireId> ids;
    for (const auto& [position, packet] : by_position_) {
        if (packet.due_ns == 0 && packet.reason == reason) ids.push_back(packet.id);
    }
    return ids;
}

bool Waiting::overtake(WireId id) {
    const auto found = position_of_.find(static_cast<std::uint64_t>(id));
    if (found == position_of_.end()) return false;
    auto node = by_position_.extract(found->second);
    WaitingPacket& packet = node.mapped();
    if (packet.due_ns != 0) {
        by_due_.erase({packet.due_ns, found->second});
        for (const auto& [due_ns, position] : by_due_) {
            if (by_position_.at(position).direction != packet.direction) continue;
            packet.due_ns = std::min(packet.due_ns, due_ns);
            break;
        }
    }
    found->second = node.key() = --front_;
    if (packet.due_ns != 0) by_due_.insert({packet.due_ns, front_});
    by_position_.insert(std::move(node));
    return true;
}

}  // namespace synoptic
