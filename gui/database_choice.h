// Where the next key-value server keeps its pairs, and what it takes from its clients: checked before it starts, so that what can't be is said beside the field.
#pragma once

#include <string>

#include "core/programs/programs.h"

namespace synoptic {

/** "$XDG_DATA_HOME/synoptic/database.txt", by default in ~/.local/share; "" where neither XDG_DATA_HOME nor HOME is set. */
std::string default_database();

/** The file that a text in the field means: default_database() if it is empty; "~/" is HOME. */
std::string database_path(const std::string& typed);

/** Why this file can't be used, in words; "" if it can, also where it is not there yet. Looks, and changes nothing. */
std::string database_trouble(const std::string& path);

/** Makes the folder of default_database(). Returns what went wrong, in words; "" if nothing did. */
std::string make_database_folder(const std::string& path);

/** Reads the fields of the limits, of which an empty one keeps its default. Returns what is wrong with one of them, or "". */
std::string read_limits(const std::string& clients, const std::string& line_bytes, const std::string& idle_seconds, ServerLimits& limits);

}  // namespace synoptic
