#include "gui/panels/timeline_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/model/segment_fact.h"
#include "core/trace/format.h"
#include "core/wire/flow.h"
#include "gui/moment.h"
#include "gui/panels/calls_index.h"
#include "gui/panels/words.h"

namespace synoptic {

namespace {

/** "at 12.345678 s (10:42:07.318)". */
std::string when(const TimelineIndex& index, std::uint64_t at_ns) {
    return fmt::format("at {} ({})", timeline_time(at_ns), time_of_day(index.began_ns() + at_ns));
}

Packet sent_packet(const History& history, EventIndex sent) {
    return parse_packet(whole_packet(history.event(sent), history.payload(sent)), Checksums::skip);
}

/** The call that ended at the gate where somebody stands behind it, or the one that he stands before. */
std::string stand_title(const TimelineMoment& moment, EventIndex event) {
    const Event& stand = moment.history.event(event);
    if (stand.phase == Phase::rest) return fmt::format("stands at the gate: {} has returned", kind_info(stand.kind).name);
    return fmt::format("stands at the gate before {}", print_call({stand, moment.history.payload(event)}, nullptr));
}

bool is_stand(const Event& event) {
    return event.phase == Phase::arrive || event.phase == Phase::rest;
}

CallLine line_of(const TimelineMoment& moment, EventIndex event, EventIndex blocked) {
    const bool lost_enter = moment.history.event(event).phase == Phase::exit;
    return {event, lost_enter ? event : moment.history.exit_of(event, moment.limit), blocked};
}

std::string count_of(const TimelineLane& lane, const Event& event, std::size_t count) {
    const bool one = count == 1;
    const std::string number = with_commas(count);
    if (is_stand(event)) return fmt::format("{} stand{} at the gate", number, one ? "" : "s");
    switch (lane.kind) {
        case TimelineLane::Kind::actor:
            return fmt::format("{} call{}", number, one ? "" : "s");
        case TimelineLane::Kind::segments:
            return fmt::format("{} segment{}", number, one ? "" : "s");
        case TimelineLane::Kind::database: {
            const bool of_disk = event.kind == EventKind::store_synced || event.kind == EventKind::store_written;
            return fmt::format("{} {}{}", number, of_disk ? "sync" : "change", one ? "" : "s");
        }
    }
    return number;
}

int percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<int>(100 * static_cast<double>(part) / static_cast<double>(whole) + 0.5);
}

/** The first of `waits` that lies in the span; its size if none does. */
std::size_t wait_in(const SeenTrack& waits, std::uint64_t begin_ns, std::uint64_t end_ns) {
    for (std::size_t at = waits.first_ending(begin_ns); at < waits.size() && waits.begin_ns(at) <= end_ns; ++at) {
        if (waits.end_ns(at) > begin_ns || begin_ns == end_ns) return at;
    }
    return waits.size();
}

}  // namespace

SeenTrack seen_track(const SpanTrack& track, const TimelineMoment& moment, bool calls) {
    if (moment.live) return {track, track.size(), track.is_open(), moment.now_ns};
    const std::size_t size = track.before(moment.limit);
    if (size == 0) return {track, 0, false, moment.now_ns};
    bool open = track.end_ns(size - 1) > moment.now_ns;
    // Clocks of two cores differ by little: the events' order decides.
    if (calls && !open) {
        const EventIndex exit = moment.history.exit_of(track.event(size - 1), no_event);
        open = exit != no_event && exit >= moment.limit;
    }
    return {track, size, open, moment.now_ns};
}

std::string timeline_time(std::uint64_t at_ns) {
    return session_time(at_ns);
}

std::string lane_label(const TimelineIndex& index, const TimelineLane& lane) {
    if (lane.kind == TimelineLane::Kind::actor) return index.makers().maker(lane.actor).label;
    if (lane.kind == TimelineLane::Kind::database) return lane.label;
    return fmt::format("{} {}", lane.label, lane.direction == Direction::to_server ? "→ server" : "→ client");
}

std::string lane_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane) {
    std::string text = lane_label(index, lane);
    const TimelineRow& row = lane.rows.front();
    if (lane.kind == TimelineLane::Kind::database) {
        return fmt::format("{}: rows that were put (filled) or deleted (hollow); below, when they were on the disk\n{}, {}", text,
                           fmt::format("{} changes", with_commas(seen_track(row.spans, moment).size())),
                           fmt::format("{} syncs", with_commas(seen_track(lane.rows.back().spans, moment).size())));
    }
    if (lane.kind == TimelineLane::Kind::segments) {
        std::size_t count = 0;
        for (const TimelineRow& each : lane.rows) count += seen_track(each.spans, moment).size();
        return fmt::format("{}: segments from sent until arrived or dropped\n{} so far", text, with_commas(count));
    }
    const CallMaker& maker = index.makers().maker(lane.actor);
    text += maker.pid == maker.tid ? fmt::format(", pid {}", maker.pid) : fmt::format(", tid {} of process {}", maker.tid, maker.pid);
    text += fmt::format("\nbegan {}", when(index, lane.began_ns));
    if (lane.ended < moment.limit) text += fmt::format("\nended {}", when(index, lane.ended_ns));
    if (lane.zombie < moment.limit && lane.reaped >= moment.limit) text += "\na zombie: nobody has read its status";
    const SeenTrack calls = seen_track(row.spans, moment, true), waits = seen_track(row.waits, moment);
    text += fmt::format("\n{} calls took {}, of which it slept {}", with_commas(calls.size()),
                        duration(calls.sum(0, calls.size()).covered_ns), duration(waits.sum(0, waits.size()).covered_ns));
    return text;
}

std::string span_title(const TimelineMoment& moment, const TimelineLane& lane, EventIndex event, bool brief) {
    const Event& told = moment.history.event(event);
    if (told.phase == Phase::happened) {
        if (told.kind == EventKind::segment_sent) {
            const Packet packet = sent_packet(moment.history, event);
            return packet ? title_of(packet.segment) : "segment";
        }
        if (brief && lane.kind == TimelineLane::Kind::database) return fmt::format("{} {}", kind_info(told.kind).name, told.a);
        return print_fact({told, moment.history.payload(event)});
    }
    if (is_stand(told)) return brief ? "at the gate" : stand_title(moment, event);
    const CallLine line = line_of(moment, event, no_event);
    if (brief) {
        const ShortCall call = short_call(moment.history, event, line.exit);
        return call.result.empty() ? call.text : call.text + " " + call.result;
    }
    const CallWords words = call_words(CallMakers(), moment.history, line, moment.limit);
    return words.call + words.result;
}

std::string span_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, const SeenTrack& seen,
                       const SeenTrack& waits, std::size_t span) {
    const EventIndex event = seen.track().event(span);
    const Event& told = moment.history.event(event);
    const std::uint64_t begin_ns = index.since_began(told.time), end_ns = seen.end_ns(span);
    const std::uint64_t length_ns = end_ns - std::min(begin_ns, end_ns);
    const bool of_call = told.phase == Phase::enter || told.phase == Phase::exit;
    std::string text = lane_label(index, lane) + ": " + span_title(moment, lane, event, false);
    if (told.kind == EventKind::segment_sent) {
        if (const Packet packet = sent_packet(moment.history, event); packet)
            text += fmt::format("\n{} → {}, {} bytes", packet.segment.source.text(), packet.segment.destination.text(), told.a);
    }
    const std::size_t wait = wait_in(waits, seen.begin_ns(span), end_ns);
    const bool open = seen.is_open(span),
               never = of_call && !open && moment.history.exit_of(event, no_event) == no_event && told.phase == Phase::enter;
    text += fmt::format("\n{} {}",
                        of_call && told.phase == Phase::enter       ? "entered"
                        : lane.kind == TimelineLane::Kind::segments ? "sent"
                                                                    : "",
                        when(index, begin_ns));
    if (open)
        text += fmt::format(", {} {} so far", of_call ? "open for" : "for", duration(length_ns));
    else if (length_ns > 0)
        text += fmt::format(", took {}", duration(length_ns));
    if (never) text += "; its return was not seen";
    if (wait < waits.size())
        text += fmt::format("\n{} {} of it, since {}", of_call ? "asleep in the kernel for" : "held or delayed for",
                            duration(waits.length_ns(wait)), timeline_time(waits.begin_ns(wait)));
    return text;
}

std::string fold_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, const SeenTrack& seen,
                       const SeenTrack& waits, const Piece& piece) {
    const Event& first = moment.history.event(seen.track().event(piece.first));
    const std::uint64_t stretch_ns = piece.end_ns - piece.begin_ns;
    const SpanTrack::Sum sum = seen.sum(piece.first, piece.end);
    std::string text = fmt::format("{}: {} in {}", lane_label(index, lane), count_of(lane, first, piece.count()), duration(stretch_ns));
    text += fmt::format("\nfrom {} to {}", timeline_time(piece.begin_ns), timeline_time(piece.end_ns));
    if (sum.longest_ns == 0) return text;
    text += fmt::format("\nthey cover {} %", percent(sum.covered_ns, stretch_ns));
    if (const std::uint64_t slept_ns = waits.covered_ns(piece.begin_ns, piece.end_ns); slept_ns > 0)
        text += fmt::format(", waiting {} %", percent(slept_ns, stretch_ns));
    text +=
        fmt::format("\nthe longest, {}: {}", duration(sum.longest_ns), span_title(moment, lane, seen.track().event(sum.longest), false));
    return text;
}

std::string gap_story(const TimelineIndex& index, const TimelineMoment& moment, const TimelineLane& lane, std::uint64_t at_ns) {
    if (lane.kind != TimelineLane::Kind::actor || at_ns < lane.began_ns || at_ns > moment.now_ns) return {};
    const std::string who = lane_label(index, lane);
    const bool ended = lane.ended < moment.limit && at_ns >= lane.ended_ns;
    if (ended) {
        const bool is_zombie =
            lane.zombie < moment.limit && at_ns >= lane.zombie_ns && (lane.reaped >= moment.limit || at_ns < lane.reaped_ns);
        if (!is_zombie) return {};
        const std::uint64_t until_ns = lane.reaped < moment.limit ? lane.reaped_ns : moment.now_ns;
        return fmt::format("{}: a zombie for {}\ndead {}, its status {}", who, duration(until_ns - std::min(lane.zombie_ns, until_ns)),
                           when(index, lane.zombie_ns),
                           lane.reaped < moment.limit ? "read " + when(index, lane.reaped_ns) : "not read yet");
    }
    const SeenTrack calls = seen_track(lane.rows.front().spans, moment, true);
    const std::size_t next = calls.first_ending(at_ns);
    if (next < calls.size() && calls.begin_ns(next) <= at_ns) return {};  // in a call
    const std::uint64_t from_ns = next == 0 ? lane.began_ns : calls.end_ns(next - 1);
    const std::uint64_t to_ns = next < calls.size() ? calls.begin_ns(next) : lane.ended < moment.limit ? lane.ended_ns : moment.now_ns;
    return fmt::format("{}: in its own code, {}\n{} from {}", who, next == 0 ? "before its first call" : "between two calls",
                       duration(to_ns - std::min(from_ns, to_ns)), timeline_time(from_ns));
}

}  // namespace synoptic
