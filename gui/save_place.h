// Where files go that the user asks to save, so that nobody has to look for them: the desktop's folder for documents, never the one that the program
// happened to be started in.
#pragma once

#include <string>

namespace synoptic {

/**
 * The user's folder for documents, as the desktop has it (user-dirs.dirs, see xdg-user-dirs-update(1)); that for downloads where there is none, else
 * `home` itself. Folders that are not there do not count. `config_home`: XDG_CONFIG_HOME, or empty for ~/.config. Empty without a `home`.
 */
std::string documents_folder(const std::string& config_home, const std::string& home);
/** The same, of this user: by XDG_CONFIG_HOME and HOME. */
std::string documents_folder();

/** "synoptic.pcapng" in this folder, or with the first number from 2 on that no file has: "synoptic-2.pcapng". */
std::string unused_path(const std::string& folder, const std::string& stem, const std::string& extension);

}  // namespace synoptic
