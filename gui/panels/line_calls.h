// Which calls were made from which line of the sources, kept beside a History as it grows: four bytes for each call.
//
// Not thread-safe: the window's thread only. It reads what History::size() covers.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

class LineCalls {
   public:
    /** Indexes what was appended since; at most so many events, so that a frame stays short. True if nothing is left to do. */
    bool update(const History& history, std::size_t most_events = 60'000);

    /** How many calls from a line were entered before event `limit`. `file` is the History's number of it. */
    std::size_t count(std::uint16_t file, int line, EventIndex limit) const;
    /** The enter of the `nth` of them. */
    EventIndex call(std::uint16_t file, int line, std::size_t nth) const;
    /** How many of them came before event `index`: the place of the call that was entered there. */
    std::size_t place_of(std::uint16_t file, int line, EventIndex index) const { return count(file, line, index); }

   private:
    static_assert(History::most_events <= 1ull << 32);
    using Enters = std::vector<std::uint32_t>;
    const Enters* enters(std::uint16_t file, int line) const;

    const History* of_ = nullptr;
    EventIndex next_ = 0;
    std::unordered_map<std::uint32_t, Enters> by_line_;  // a file's number << 16 | the line
};

}  // namespace synoptic
