// A file in Chrome's trace event format, written event by event. Private to core/session.
// The format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/replacement_file.h"

namespace synoptic {

/** Where an event stands: pid and tid, as numbers of the system's. */
struct TraceTrack {
    std::int64_t pid = 0, tid = 0;
    friend bool operator==(const TraceTrack&, const TraceTrack&) = default;
};

using TraceArguments = std::vector<std::pair<std::string_view, std::string>>;

class TraceJsonFile {
   public:
    /** Times are told since `began_ns`. The errors of ReplacementFile. */
    static Result<TraceJsonFile> begin(const std::string& path, std::uint64_t began_ns, std::uint64_t realtime_offset_ns);

    void process_name(std::int64_t pid, std::string_view name);
    void thread_name(TraceTrack track, std::string_view name);
    /** Something that lasts ("X"). */
    void slice(TraceTrack track, std::string_view category, std::string_view name, std::uint64_t from_ns, std::uint64_t to_ns,
               const TraceArguments& arguments = {});
    /** Something that happens ("i"). */
    void instant(TraceTrack track, std::string_view category, std::string_view name, std::uint64_t at_ns,
                 const TraceArguments& arguments = {});
    /** An arrow from the slice that is open there at `from_ns` to the one that is at `to_ns`. */
    void flow(std::string_view name, TraceTrack from, std::uint64_t from_ns, TraceTrack to, std::uint64_t to_ns,
              const TraceArguments& arguments);

    /** The first error so far. */
    const Status& status() const { return status_; }
    Status finish();

   private:
    TraceJsonFile(ReplacementFile file, std::uint64_t began_ns) : file_(std::move(file)), began_ns_(began_ns) {}
    void open_event(char phase, TraceTrack track);
    void time(std::string_view key, std::uint64_t ns);
    void text(std::string_view key, std::string_view value);
    void arguments(const TraceArguments& arguments);
    void close_event();

    ReplacementFile file_;
    Status status_ = Done{};
    std::uint64_t began_ns_;
    std::uint64_t flows_ = 0;
    bool first_ = true;
    std::string event_;
};

}  // namespace synoptic
