// What the code pane follows: which file, and where in it.
#pragma once

#include <string>

#include "gui/panel.h"

namespace synoptic {

struct CodePlace {
    std::string file;
    int line = 0;  // 0: no line of it
    ActorId actor{};
};

/** The selected event, line or actor, else who moved last in steps, else the newest server. May ask for another frame: an actor that runs at full speed is
    followed only to where it stays. */
CodePlace followed_place(PanelContext& panel, const CodeView& view);

}  // namespace synoptic
