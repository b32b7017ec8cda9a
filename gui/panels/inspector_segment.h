// What the inspector says about a segment on the wire, and what can be done with one that waits. Plain data: drawn by inspector.cpp, the packet's
// headers and bytes by inspector_packet.h.
#pragma once

#include <string>
#include <vector>

#include "gui/panels/inspector_facts.h"

namespace synoptic {

/** A segment, or an event of one's life; it may have left the World. */
void inspect_segment(InspectorPage& page, const World& world, const History& history, const Selection& selection, std::uint64_t now_ns);

/** The event that tells of a segment's being sent, looked for behind and before an event of its life; no_event if it is too far away. */
EventIndex sent_event_near(const History& history, WireId id, EventIndex index);

/** "held for 1.2 s", "delayed, goes on in 0.8 s", "dropped by a rule": a sentence's end. */
std::string way_text(const WireSegment& segment, std::uint64_t now_ns);
/** "MSS 1460, SACK permitted, timestamps 123 (echoes 0), window × 128"; "none". */
std::string options_text(const TcpOptions& options);

/** A button of a segment that waits. */
struct SegmentAction {
    const char* id;
    const char* label;
    const char* tip;
    MoveSegment command;
    ui::Look look = ui::Look::plain;
};
/** None of a segment that does not wait. */
std::vector<SegmentAction> segment_actions(const World& world, WireId id);

/** What the kernel's table says of a socket: state, timer, queues; for a listener the SYN queue and the accept queue. False if it says nothing. */
bool add_kernel_facts(InspectorPage& page, const World& world, const Socket& socket, std::uint64_t now_ns);

}  // namespace synoptic
