// Icons, drawn as lines and shapes: they need no font and are crisp at every zoom. The window's thread only.
#pragma once

#include "gui/theme.h"

namespace synoptic {

enum class Icon {
    none,
    play,
    pause,
    stop,
    step,
    back,
    plus,
    clock,
    chevron_down,
    chevron_right,
    chevron_left,
    chevron_up,
    bookmark,
    chat,
    close,
    maximise,
    restore,
    hide,
    more,
    options,
    panes,
    sun,
    moon,
    help,
    copy,
    check,
    warning,
    film,
    dot,
    minus,
    process,
    end,
    hold,
    pin,
    lock,
    disk,
    save,
};

/** Draws an icon in a square of `size` pixels around `centre`. */
void draw_icon(ImDrawList& canvas, Icon icon, ImVec2 centre, float size, ImU32 colour);

}  // namespace synoptic
