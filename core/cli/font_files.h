// Where distributions put the fonts that the window uses.
#pragma once

#include <string>

namespace synoptic {

/** The path of the first of a family's files that can be read, "Inter", "Regular"; empty if there is none. */
std::string find_font(const std::string& family, const std::string& style);

}  // namespace synoptic
