// The programs' sources as the window shows them: this program's own, or those that a recording holds, which may be of another version.
// The window's thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace synoptic {

/** The text of a source file ("core/programs/echo_fork.cpp"); empty if there is none of that name. It stays where it is. */
std::string_view shown_source(std::string_view file);
/** From now on these are shown, and no others. */
void show_sources_of_recording(std::map<std::string, std::string> sources);

}  // namespace synoptic
