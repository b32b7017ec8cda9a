// How the code pane looks at the sources: kept from frame to frame.
#pragma once

#include <string>
#include <vector>

#include "gui/panels/line_calls.h"

namespace synoptic {

/** What a key asks of the code pane; it does it when it is drawn next. */
enum class CodeAsk { pin, breakpoint, next_difference, previous_difference, next_call, previous_call };

struct CodeView {
    std::string file;      // pinned; empty: it follows what happens
    bool compare = false;  // with the corrected program
    float scroll = 0;
    float scroll_x = 0;  // of comments that draw, which are not broken into rows
    LineCalls calls;
    std::vector<CodeAsk> asks;
    std::size_t difference = 0;  // the one that was jumped to last, from 1; 0: none yet

    std::string last_file;  // what was shown in the last frame
    int last_line = 0;
    bool last_compare = false;
    float last_width = 0, last_height = 0, last_scale = 0;  // of the list then
};

}  // namespace synoptic
