// Text that others have written, for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace synoptic {

/** Text of several lines for a terminal: line feeds, tabs, quotes and backslashes stay. Escaped is what a terminal would obey or hide: other controls, marks
    that reverse the direction, and bytes that are no UTF-8. */
std::string printable(std::string_view text);

}  // namespace synoptic
