#include "gui/moment.h"

#include <fmt/format.h>

#include <ctime>

#include "core/base/clock.h"

namespace synoptic {

bool Moment::catch_up(std::uint64_t budget_ns) {
    return history_.advance(live_, history_.size(), budget_ns);
}

void Moment::look_at(EventIndex index) {
    if (index >= live_.events) {
        past_ = false;
        return;
    }
    // Near and ahead: fold on. Else from the keyframe before it.
    if (past_ && index >= then_.events && index - then_.events < History::keyframe_events) {
        history_.advance(then_, index);
    } else {
        then_ = history_.at(index);
    }
    past_ = true;
}

bool Moment::is_moment(EventIndex index) const {
    const Event event = history_.event(index);
    if (event.phase == Phase::enter || event.phase == Phase::exit) return true;
    switch (event.kind) {
        case EventKind::actor_begin:
        case EventKind::program_end:
        case EventKind::process_ended:
        case EventKind::process_reaped:
            return true;
        default:
            return false;
    }
}

void Moment::back() {
    EventIndex index = shown().events;
    if (index == 0) return;
    // The World after event index - 2 is the one before the last event.
    for (--index; index > 0 && !is_moment(index - 1);) --index;
    look_at(index);
}

void Moment::forward() {
    if (!past_) return;
    EventIndex index = then_.events + 1;
    while (index < live_.events && !is_moment(index - 1)) ++index;
    look_at(index);
}

std::string time_of_day(std::uint64_t monotonic) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t now_ns = static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
    const std::int64_t then_ns = now_ns - (static_cast<std::int64_t>(monotonic_ns()) - static_cast<std::int64_t>(monotonic));
    const time_t seconds = static_cast<time_t>(then_ns / 1'000'000'000);
    tm parts;
    localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", parts.tm_hour, parts.tm_min, parts.tm_sec, then_ns / 1'000'000 % 1000);
}

}  // namespace synoptic
