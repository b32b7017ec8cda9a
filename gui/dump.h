// The machine-readable picture of a frame, for tests that click with a real pointer (--dump FILE). docs/dump.md describes its fields.
#pragma once

#include <cstdint>
#include <string>

#include "gui/app_state.h"

namespace synoptic {

struct FrameFacts {
    std::uint64_t number = 0;
    int width = 0, height = 0;  // of the window, in the units of the rectangles
    float scale = 1;
    std::uint64_t inputs = 0;  // keys, buttons and turns of the wheel that this frame and those before have seen
    int keys_down = 0;
    float pointer_x = 0, pointer_y = 0;
    bool settled = false;  // no further frame is due by itself
};

/** Writes `file` anew: a temporary file beside it, then a rename, so that a reader never sees half of it. Returns errno's text, "" if it went well. */
std::string write_dump(const std::string& file, const FrameFacts& frame, const AppState& state);
/** What write_dump writes. */
std::string dump_text(const FrameFacts& frame, const AppState& state);

}  // namespace synoptic
