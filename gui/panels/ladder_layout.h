// Where the Ladder's four lifelines stand, and the way of a segment between two of them. Pure arithmetic.
#pragma once

#include "gui/panels/ladder_rows.h"
#include "imgui.h"

namespace synoptic {

struct LadderColumns {
    float time_right = 0;  // times end here
    float client_text = 0, client = 0, client_kernel = 0, server_kernel = 0, server = 0, server_text_right = 0;
    float width = 0;  // of all; more than the room where that is too little for it
    float kernel_of(Direction sender) const { return sender == Direction::to_server ? client_kernel : server_kernel; }
    float other_kernel_of(Direction sender) const { return sender == Direction::to_server ? server_kernel : client_kernel; }
    float program_of(LadderSide side) const { return side == LadderSide::client ? client : server; }
    float kernel_of(LadderSide side) const { return side == LadderSide::client ? client_kernel : server_kernel; }
};

/** `scale`: pixels of one unit at zoom 1. */
LadderColumns ladder_columns(float x, float room, float scale);

/** A segment's way, as far as it is known at a moment. */
struct SegmentWay {
    enum class End : std::uint8_t {
        arrived,
        dropped,
        waits,   // hangs on the wire
        moving,  // was sent, and no more is told
    };
    ImVec2 points[4];  // sender's kernel; where it waits; where it stops waiting; receiver's kernel, or where it was lost
    int count = 0;
    bool waited = false;  // points 1 and 2 are the ends of its wait
    End end = End::moving;
};

/** The heights of what happened to a segment, in pixels; `bottom` is now. */
struct SegmentHeights {
    float sent = 0, held = 0, delivered = 0, end = 0, bottom = 0, row = 0;
};

SegmentWay segment_way(const LadderSegment& segment, const SegmentHeights& y, const LadderColumns& columns, EventIndex limit, float scale);

}  // namespace synoptic
