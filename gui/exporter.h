// Exporter: saves recordings and exports in a thread of its own, so that the window goes on. The window's thread only, but for what the thread itself
// does.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "core/base/result.h"

namespace synoptic {

class Exporter {
   public:
    /** Writes a file; tells which share (0 to 1) is done, and ends with ECANCELED when that returns false. Runs in the exporter's thread. */
    using Work = std::function<Status(const std::function<bool(double share)>& progress)>;

    Exporter() = default;
    ~Exporter();  // ends what is under way; then no file is written
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /** Begins to write `path`. False if it is at work already. What `work` reads must outlive it. */
    bool start(std::string path, Work work);
    /** Ends what is under way, soon: its outcome is ECANCELED. */
    void cancel() { ends_.store(true); }
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
