#include "gui/save_place.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>

namespace synoptic {
namespace {

namespace fs = std::filesystem;

/** The lines of user-dirs.dirs: XDG_DOCUMENTS_DIR="$HOME/Documents"; the value is absolute or begins with $HOME. */
std::map<std::string, std::string> user_folders(const std::string& config, const std::string& home) {
    constexpr std::string_view of_home = "$HOME";
    std::map<std::string, std::string> folders;
    std::ifstream file(config + "/user-dirs.dirs");
    for (std::string line; std::getline(file, line);) {
        const std::size_t name_end = line.find("=\""), value_end = line.rfind('"');
        if (line.starts_with('#') || name_end == std::string::npos || value_end <= name_end + 1) continue;
        std::string value = line.substr(name_end + 2, value_end - name_end - 2);
        if (value.starts_with(of_home)) value = home + value.substr(of_home.size());
        if (value.starts_with('/')) folders[line.substr(0, name_end)] = value;
    }
    return folders;
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

}  // namespace

std::string documents_folder(const std::string& config_home, const std::string& home) {
    if (home.empty()) return {};
    const std::map<std::string, std::string> folders = user_folders(config_home.starts_with('/') ? config_home : home + "/.config", home);
    for (const char* name : {"XDG_DOCUMENTS_DIR", "XDG_DOWNLOAD_DIR"}) {
        const auto folder = folders.find(name);
        // Home itself stands for a folder that the user does not want.
        if (folder != folders.end() && folder->second != home && folder->second != home + "/" && is_folder(folder->second))
            return folder->second;
    }
    return home;
}

std::string documents_folder() {
    return documents_folder(variable("XDG_CONFIG_HOME"), variable("HOME"));
}

std::string unused_path(const std::string& folder, const std::string& stem, const std::string& extension) {
    std::error_code error;
    fs::path path = fs::path(folder) / (stem + extension);
    for (int number = 2; fs::exists(path, error); ++number) path = fs::path(folder) / fmt::format("{}-{}{}", stem, number, extension);
    return path.string();
}

}  // namespace synoptic
