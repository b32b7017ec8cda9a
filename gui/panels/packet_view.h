// How the inspector looks at a packet.
#pragma once

#include "gui/panels/packet_layout.h"

namespace synoptic {

struct PacketView {
    FieldRange over;    // under the pointer in the last frame
    FieldRange chosen;  // clicked
    const FieldRange& shown() const { return over.empty() ? chosen : over; }
};

}  // namespace synoptic
