#include "gui/panels/line_calls.h"

#include <algorithm>

#include "core/model/catch_up.h"

namespace synoptic {

bool LineCalls::update(const History& history, std::size_t most_events) {
    if (begins_anew(of_, next_, history)) {
        *this = LineCalls();
        of_ = &history;
    }
    return catch_up(history, next_, most_events, [&](EventIndex index) {
        const Event event = history.event(index);
        if (event.phase != Phase::enter || event.file == 0) return;
        by_line_[std::uint32_t{event.file} << 16 | event.line].push_back(static_cast<std::uint32_t>(index));
    });
}

const LineCalls::Enters* LineCalls::enters(std::uint16_t file, int line) const {
    const auto found = by_line_.find(std::uint32_t{file} << 16 | static_cast<std::uint16_t>(line));
    return found == by_line_.end() ? nullptr : &found->second;
}

std::size_t LineCalls::count(std::uint16_t file, int line, EventIndex limit) const {
    const Enters* all = enters(file, line);
    if (!all) return 0;
    return static_cast<std::size_t>(std::lower_bound(all->begin(), all->end(), limit) - all->begin());
}

EventIndex LineCalls::call(std::uint16_t file, int line, std::size_t nth) const {
    const Enters* all = enters(file, line);
    return all && nth < all->size() ? EventIndex{(*all)[nth]} : no_event;
}

}  // namespace synoptic
