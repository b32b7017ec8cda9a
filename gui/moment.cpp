#include "gui/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>

#include "core/base/clock.h"
#include "gui/panels/what_changed.h"

namespace synoptic {

bool Moment::catch_up(std::uint64_t budget_ns) {
    const bool all = history_.advance(live_, history_.size(), budget_ns);
    if (recorded_ && all && !past_) look_at(live_.events);
    return all;
}

void Moment::look_at(EventIndex index) {
    if (index >= live_.events && !recorded_) {
        past_ = false;
        return;
    }
    index = std::min(index, live_.events);
    const EventIndex earlier = moment_before(history_, index);
    // A step forward goes on from here. Else both come from the keyframe before them.
    const bool goes_on = past_ && then_.events <= earlier && earlier - then_.events < History::keyframe_events;
    before_ = goes_on ? std::move(then_) : World();
    history_.advance(before_, earlier);
    then_ = before_;
    history_.advance(then_, index);
    past_ = true;
    changes_ = changes_between(before_, then_);
    what_ = index == 0 ? std::string() : synoptic::what_happened(before_, then_, history_, index - 1);
}

void Moment::go_live() {
    if (recorded_)
        look_at(live_.events);
    else
        past_ = false;
}

void Moment::back() {
    if (shown().events > 0) look_at(moment_before(history_, shown().events));
}

void Moment::forward() {
    if (past_) look_at(moment_after(history_, then_.events, live_.events));
}

namespace {

std::optional<std::uint64_t> recorded_offset_ns;  // of the recording that is shown

std::uint64_t clocks_offset_ns() {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec) - monotonic_ns();
}

}  // namespace

void show_times_of_recording(std::uint64_t realtime_offset_ns) {
    recorded_offset_ns = realtime_offset_ns;
}

std::string time_of_day(std::uint64_t monotonic) {
    const auto then_ns = static_cast<std::int64_t>(monotonic + (recorded_offset_ns ? *recorded_offset_ns : clocks_offset_ns()));
    const time_t seconds = static_cast<time_t>(then_ns / 1'000'000'000);
    tm parts;
    localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", parts.tm_hour, parts.tm_min, parts.tm_sec, then_ns / 1'000'000 % 1000);
}

}  // namespace synoptic
