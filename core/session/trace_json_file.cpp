#include "core/session/trace_json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace synoptic {
namespace {

/** A JSON string; what is no UTF-8 becomes U+FFFD. */
std::string json_text(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/** 0 for what is earlier: a late event may be earlier than the first one of the History. */
std::uint64_t since(std::uint64_t from_ns, std::uint64_t ns) {
    return ns > from_ns ? ns - from_ns : 0;
}

}  // namespace

Result<TraceJsonFile> TraceJsonFile::begin(const std::string& path, std::uint64_t began_ns, std::uint64_t realtime_offset_ns) {
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    if (!file) return file.error();
    TraceJsonFile made(std::move(*file), began_ns);
    made.status_ =
        made.file_.write(fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"made_by\":\"synoptic\",\"began_monotonic_ns\":\"{}\","
                                     "\"began_realtime_ns\":\"{}\"}},\n"
                                     "\"traceEvents\":[",
                                     began_ns, began_ns + realtime_offset_ns));
    return made;
}

void TraceJsonFile::open_event(char phase, TraceTrack track) {
    event_.clear();
    fmt::format_to(std::back_inserter(event_), "{}\n{{\"ph\":\"{}\",\"pid\":{},\"tid\":{}", first_ ? "" : ",", phase, track.pid, track.tid);
    first_ = false;
}

/** Microseconds, with the nanoseconds behind the point: a double would round those of long sessions. */
void TraceJsonFile::time(std::string_view key, std::uint64_t ns) {
    fmt::format_to(std::back_inserter(event_), ",\"{}\":{}.{:03}", key, ns / 1000, ns % 1000);
}

void TraceJsonFile::text(std::string_view key, std::string_view value) {
    fmt::format_to(std::back_inserter(event_), ",\"{}\":{}", key, json_text(value));
}

void TraceJsonFile::arguments(const TraceArguments& arguments) {
    if (arguments.empty()) return;
    event_ += ",\"args\":{";
    bool first = true;
    for (const auto& [key, value] : arguments) {
        fmt::format_to(std::back_inserter(event_), "{}\"{}\":{}", first ? "" : ",", key, json_text(value));
        first = false;
    }
    event_ += '}';
}

void TraceJsonFile::close_event() {
    event_ += '}';
    if (status_) status_ = file_.write(event_);
}

void TraceJsonFile::process_name(std::int64_t pid, std::string_view name) {
    open_event('M', {pid, pid});
    text("name", "process_name");
    arguments({{"name", std::string(name)}});
    close_event();
}

void TraceJsonFile::thread_name(TraceTrack track, std::string_view name) {
    open_event('M', track);
    text("name", "thread_name");
    arguments({{"name", std::string(name)}});
    close_event();
}

void TraceJsonFile::slice(TraceTrack track, std::string_view category, std::string_view name, std::uint64_t from_ns, std::uint64_t to_ns,
                          const TraceArguments& given) {
    open_event('X', track);
    time("ts", since(began_ns_, from_ns));
    time("dur", since(std::max(from_ns, began_ns_), to_ns));
    text("cat", category);
    text("name", name);
    arguments(given);
    close_event();
}

void TraceJsonFile::instant(TraceTrack track, std::string_view category, std::string_view name, std::uint64_t at_ns,
                            const TraceArguments& given) {
    open_event('i', track);
    time("ts", since(began_ns_, at_ns));
    event_ += ",\"s\":\"t\"";
    text("cat", category);
    text("name", name);
    arguments(given);
    close_event();
}

void TraceJsonFile::flow(std::string_view name, TraceTrack from, std::uint64_t from_ns, TraceTrack to, std::uint64_t to_ns,
                         const TraceArguments& given) {
    ++flows_;
    for (const bool start : {true, false}) {
        open_event(start ? 's' : 'f', start ? from : to);
        time("ts", since(began_ns_, start ? from_ns : to_ns));
        // Without it the arrow would end at the slice that begins next.
        if (!start) event_ += ",\"bp\":\"e\"";
        fmt::format_to(std::back_inserter(event_), ",\"id\":{}", flows_);
        text("cat", "bytes");
        text("name", name);
        arguments(given);
        close_event();
    }
}

Status TraceJsonFile::finish() {
    if (status_) status_ = file_.write("\n]}\n");
    return status_ ? file_.finish() : status_;
}

}  // namespace synoptic
