// Orders: given from any thread, done on the relay's own.
#include <unistd.h>

#include <utility>

#include "core/wire/relay.h"

namespace synoptic {

// ------------------------------------------------------------------------------------------------------------------ from any thread

std::future<bool> Relay::give(Order order) {
    std::future<bool> answer = order.answer.get_future();
    {
        const std::lock_guard lock(orders_mutex_);
        orders_.push_back(std::move(order));
        has_orders_.store(true, std::memory_order_release);
    }
    const std::uint64_t one = 1;
    // Fails only if the counter is full, and then it wakes the relay all the same.
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
    return answer;
}

void Relay::set_rules(const Rules& rules) {
    give({.kind = OrderKind::rules, .rules = rules});
}
void Relay::pause(bool on) {
    give({.kind = OrderKind::pause, .on = on});
}
std::future<bool> Relay::deliver(WireId id, Stack stack) {
    return give({.kind = OrderKind::deliver, .id = id, .stack = stack});
}
std::future<bool> Relay::deliver_once(WireId id) {
    return give({.kind = OrderKind::deliver_once, .id = id});
}
std::future<bool> Relay::drop(WireId id, Stack stack) {
    return give({.kind = OrderKind::drop, .id = id, .stack = stack});
}
std::future<bool> Relay::duplicate(WireId id) {
    return give({.kind = OrderKind::duplicate, .id = id});
}
std::future<bool> Relay::hold(WireId id) {
    return give({.kind = OrderKind::hold, .id = id});
}
std::future<bool> Relay::overtake(WireId id) {
    return give({.kind = OrderKind::overtake, .id = id});
}
void Relay::deliver_all() {
    give({.kind = OrderKind::deliver_all});
}

// ------------------------------------------------------------------------------------------------------------- on the relay's thread

void Relay::do_orders() {
    if (!has_orders_.load(std::memory_order_acquire)) return;
    std::vector<Order> orders;
    {
        const std::lock_guard lock(orders_mutex_);
        orders.swap(orders_);
        has_orders_.store(false, std::memory_order_release);
    }
    for (Order& order : orders) order.answer.set_value(do_order(order));
}

/** False if it is for one that does not wait any more. */
bool Relay::do_order(const Order& order) {
    switch (order.kind) {
        case OrderKind::rules:
            rules_ = RuleState(order.rules);
            return true;
        case OrderKind::pause:
            do_pause(order.on);
            return true;
        case OrderKind::deliver_all:
            while (auto packet = waiting_.take_first()) deliver_waiting(std::move(*packet), DeliverReason::hand);
            return true;
        case OrderKind::stop:
            stopping_ = true;
            return true;
        default:
            break;
    }
    const WaitingPacket* packet = waiting_.find(order.id);
    if (packet) {
        do_order_for(*packet, order);
        return true;
    }
    setup_.sink->not_waiting(order.id, ticks());
    return false;
}

void Relay::do_order_for(const WaitingPacket& packet, const Order& order) {
    switch (order.kind) {
        case OrderKind::deliver:
        case OrderKind::deliver_once:
            return deliver_stack(order);
        case OrderKind::drop:
            for (const WireId id : waiting_.stack_of(order.id, order.stack)) drop_waiting(*waiting_.take(id), DropReason::hand);
            return;
        case OrderKind::duplicate:
            return duplicate_waiting(packet);
        case OrderKind::hold:
            waiting_.hold(order.id, HoldReason::hand);
            return tell_held(packet, WireId::none, HoldReason::hand);
        case OrderKind::overtake:
            waiting_.overtake(order.id);
            return tell_held(packet, WireId::none, HoldReason::overtake);
        default:
            return;
    }
}

void Relay::deliver_stack(const Order& order) {
    const bool once = order.kind == OrderKind::deliver_once;
    const std::vector<WireId> ids = waiting_.stack_of(order.id, once ? Stack::with_copies : order.stack);
    for (const WireId id : ids) {
        if (id == order.id || !once)
            deliver_waiting(*waiting_.take(id), DeliverReason::hand);
        else
            drop_waiting(*waiting_.take(id), DropReason::copy);
    }
}

void Relay::do_pause(bool on) {
    if (paused_ == on) return;
    paused_ = on;
    if (on) {
        for (const WireId id : waiting_.delayed()) {
            waiting_.hold(id, HoldReason::pause);
            tell_held(*waiting_.find(id), WireId::none, HoldReason::pause);
        }
        return;
    }
    for (const WireId id : waiting_.held_for(HoldReason::pause)) deliver_waiting(*waiting_.take(id), DeliverReason::resumed);
}

void Relay::duplicate_waiting(const WaitingPacket& original) {
    WaitingPacket copy = original;
    copy.id = new_id();
    copy.duplicate = true;
    count(counters_.sent[index_of(copy.direction)]);
    setup_.sink->duplicated(original.id, copy.id, ticks());
    if (waiting_.size() >= setup_.most_waiting) {
        count(counters_.dropped_for_room[index_of(copy.direction)]);
        setup_.sink->dropped(copy.id, DropReason::no_room, 0, ticks());
        return;
    }
    const WaitingPacket& added = waiting_.add(std::move(copy));
    counters_.waiting = waiting_.size();
    tell_held(added, WireId::none, added.reason);
}

}  // namespace synoptic
