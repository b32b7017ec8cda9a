// Exports: what a History holds in the forms that other programs read, by the ending of the file's name.
//
//   .txt     the transcript (docs/transcript.md)
//   .json    Chrome's trace event format, for ui.perfetto.dev and chrome://tracing (docs/trace-json.md)
//   .pcapng  the segments, for Wireshark (capture.h)
//
// A picture (.png) is the window's to make.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/model/history.h"

namespace synoptic {

enum class ExportForm { transcript, trace_json, capture };

/** By the ending, whatever its case; nothing if it is no form's. */
std::optional<ExportForm> export_form(const std::string& path);
/** "…/echo.json" has ".json"; "" if there is none. In small letters. */
std::string ending_of(const std::string& path);

/** Told now and then which share (0 to 1) is done; false ends the work (ECANCELED). */
using ExportProgress = std::function<bool(double share)>;
inline constexpr EventIndex events_between_words = 4096;

/** Writes what events before `up_to` tell in place of a file that is there; that stays as it was if anything fails. Errors name the path. Any thread. */
Status export_history(const History& history, EventIndex up_to, ExportForm form, const std::string& path, std::uint64_t realtime_offset_ns,
                      const ExportProgress& progress = {});

}  // namespace synoptic
