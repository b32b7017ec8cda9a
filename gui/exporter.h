// Exporter: saves the wire's segments in a thread of its own, so that the window goes on. The window's thread only, but for what the thread itself does.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>

#include "core/base/result.h"
#include "core/model/history.h"

namespace synoptic {

class Exporter {
   public:
    Exporter() = default;
    ~Exporter();  // ends what is under way; then no file is written
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /** Begins to write what events before `up_to` tell of. False if it is at work already. `history` must outlive it. */
    bool start(const History& history, EventIndex up_to, std::string path, std::uint64_t realtime_offset_ns);
    bool works() const { return thread_.joinable(); }
    int percent() const { return percent_.load(); }
    const std::string& path() const { return path_; }
    /** What became of it, once, when it is done. */
    std::optional<Status> take_outcome();

   private:
    std::string path_;
    std::atomic<int> percent_{0};
    std::atomic<bool> ends_{false}, done_{false};
    std::optional<Status> outcome_;  // the thread's until done_
    std::thread thread_;
};

}  // namespace synoptic
