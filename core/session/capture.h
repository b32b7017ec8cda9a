// The wire's segments as a capture file that Wireshark reads (core/wire/pcapng.h): what each host's side of the wire saw, and what was done to it.
//
//   History ── segment_sent ──▶ outbound on its sender's interface ─┐
//           ── segment_arrived ▶ inbound on its receiver's ─────────┼─▶ by time ──▶ pcapng
//           ── held, dropped … ▶ a comment on both ─────────────────┘
//
// A segment that was dropped, or waits still, stands on its sender's interface only; a copy that was made by hand on its receiver's only, for no host
// has sent it. The process at each end is as the World knew it last, so that a connection that a child serves is the child's from its SYN on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/history.h"
#include "core/wire/pcapng.h"

namespace synoptic {

/** What is to be added to CLOCK_MONOTONIC's nanoseconds for those since 1970, by both clocks as they stand now. */
std::uint64_t realtime_offset_ns();

/** The packets that events before `up_to` tell of, in the order of their times. */
std::vector<CaptureRecord> capture_records(const History& history, EventIndex up_to, std::uint64_t realtime_offset_ns);

/** Told now and then which share (0 to 1) is done; false ends the work. */
using CaptureProgress = std::function<bool(double share)>;

/**
 * Writes them in place of a file that is there; that stays as it was if anything fails, if there are none, or if `progress` ends the work
 * (ECANCELED). An error names the path. Takes no more memory than a few hundred bytes for each segment. Any thread.
 */
Status export_capture(const History& history, EventIndex up_to, const std::string& path, std::uint64_t realtime_offset_ns,
                      const CaptureProgress& progress = {});

}  // namespace synoptic
