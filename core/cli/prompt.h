// Prompt: lines that a person types at a terminal, with history and editing where libedit was there at build time. Private to core/cli.
//
// Thread safety: one thread reads.
#pragma once

#include <string>

namespace synoptic {

/** Reads a line with "kv> " before it. False at the end of the input. `line` ends in a newline. */
bool read_prompted(std::string& line);

/** True if a person sits at both ends: prompts make sense, and calls between them do not. */
bool is_interactive();

}  // namespace synoptic
