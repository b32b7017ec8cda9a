// Draws a packet in the inspector: its headers bit by bit, its bytes below, linked both ways. See packet_layout.h for what stands where.
#pragma once

#include "gui/panels/packet_layout.h"
#include "gui/panels/packet_view.h"
#include "gui/ui.h"

namespace synoptic {

/** Draws it at `at`, `width` wide; only what is inside `area` is drawn. Returns its height. Sets `moved` if the next frame looks different. */
float draw_packet(const PacketPage& page, PacketView& view, ImVec2 at, float width, const ui::Rect& area, bool& moved);

/** What the pointed or chosen field says, at the lower edge of `area`, over all else. */
void draw_field_strip(const PacketPage& page, const PacketView& view, const ui::Rect& area);

}  // namespace synoptic
