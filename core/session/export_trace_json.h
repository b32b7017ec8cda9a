// Chrome's trace event format, which ui.perfetto.dev and chrome://tracing open. docs/trace-json.md says what is found in it.
//
//   call  ─▶ "X" on its thread, "blocked" nested in it      fact ─▶ "i" on its thread, or on a track of the session's or the wire's
//   send ══▶ recv: "s" and "f", one pair for each range of bytes that one send wrote and one recv took
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/model/history.h"

namespace synoptic {

/** The process under which facts stand that no thread tells: above all pids that Linux gives (PID_MAX_LIMIT is 4194304). */
inline constexpr std::int64_t trace_json_session_pid = 4'194'305;

/** As export_history() (export.h). Takes memory for what is open only: calls, and bytes that were sent and not received. */
Status export_trace_json(const History& history, EventIndex up_to, const std::string& path, std::uint64_t realtime_offset_ns,
                         const std::function<bool(double share)>& progress = {});

}  // namespace synoptic
