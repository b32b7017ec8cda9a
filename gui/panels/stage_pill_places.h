// Where the pills of segments are drawn, so that none covers another: wires cross, and on a narrow stage a pill is as wide as the gap that they cross.
// Plain geometry, no drawing; all sizes in px.
//
//   client 1 ──╮  ╭──[SYN →]── queue      a pill that would lie over another moves along its own wire, or is shortened, if need be both
//   client 2 ──[ACK →]╯╰────── child
#pragma once

#include <functional>
#include <vector>

#include "core/model/world.h"
#include "gui/panels/marks.h"

namespace synoptic {

/** A pill that wants a place. */
struct PillBox {
    std::size_t wire = 0;
    FlowId flow{};  // those of one flow and direction keep their order
    Direction direction = Direction::to_server;
    float share = 0.5f;                // of the wire's length, from the client: where it would stand by itself
    float width = 0, brief_width = 0;  // with all its words, and with the least
    float behind = 0;                  // what looks out at its right: its copies
    bool stays = true;                 // it may be moved; one that travels is where it is, and can only be shortened
};

struct PillPlace {
    float share = 0.5f;
    bool brief = false;
    bool covers = false;  // another, or a note: no place was free
    ui::Rect rect;
};

struct PillSizes {
    float height = 0, beside = 0;  // of a pill, and from the wire to its middle
};

/**
 * A place for each box, in their order. The last come first, as they lie on top; of one flow and direction whoever is nearer to its receiver stays so.
 * `obstacles`: what else they are not to cover. Where no place is free, the one that covers least.
 */
std::vector<PillPlace> place_pills(const std::vector<PillBox>& boxes, const std::function<mark::Curve(std::size_t)>& wire_at,
                                   const std::vector<ui::Rect>& obstacles, const PillSizes& sizes);

}  // namespace synoptic
