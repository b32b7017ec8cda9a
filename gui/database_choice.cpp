#include "gui/database_choice.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace synoptic {
namespace {

namespace fs = std::filesystem;

std::string home() {
    const char* home = std::getenv("HOME");
    return home != nullptr ? home : "";
}

fs::path folder_of(const std::string& path) {
    return fs::path(path).parent_path();
}

/** A number of at least `least` and at most `most`; `number` is left as it is where nothing was typed. */
template <class Number>
bool read_number(const std::string& text, long long least, long long most, Number& number) {
    if (text.empty()) return true;
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return false;
    number = static_cast<Number>(value);
    return true;
}

}  // namespace

std::string default_database() {
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && *data == '/') return std::string(data) + "/synoptic/database.txt";
    return home().empty() ? std::string() : home() + "/.local/share/synoptic/database.txt";
}

std::string database_path(const std::string& typed) {
    if (typed.empty()) return default_database();
    if (typed.starts_with("~/") && !home().empty()) return home() + typed.substr(1);
    return typed;
}

std::string database_trouble(const std::string& path) {
    if (path.empty()) return "Type where the database's file is to be: HOME is not set.";
    if (path.front() != '/') return fmt::format("{}: a path from / or ~/ is needed.", path);
    std::error_code error;
    if (fs::is_directory(path, error)) return fmt::format("{} is a folder: type the name of a file in it.", path);
    const fs::path folder = folder_of(path);
    if (!fs::is_directory(folder, error)) {
        // The usual folder is made when the server starts.
        return path == default_database() ? std::string() : fmt::format("There is no folder {}.", folder.string());
    }
    if (fs::exists(path, error) && ::access(path.c_str(), R_OK | W_OK) != 0) return fmt::format("{}: {}.", path, std::strerror(errno));
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return fmt::format("{}: {}.", folder.string(), std::strerror(errno));
    return {};
}

std::string make_database_folder(const std::string& path) {
    if (path != default_database()) return {};
    std::error_code error;
    fs::create_directories(folder_of(path), error);
    return error ? fmt::format("The folder {} can't be made: {}.", folder_of(path).string(), error.message()) : std::string();
}

std::string read_limits(const std::string& clients, const std::string& line_bytes, const std::string& idle_seconds, ServerLimits& limits) {
    const auto most_bytes = static_cast<long long>(ServerLimits{}.line_bytes);
    if (!read_number(clients, 1, 4000, limits.clients)) return "Clients at a time: a number from 1 to 4000.";
    if (!read_number(line_bytes, 16, most_bytes, limits.line_bytes))
        return fmt::format("Bytes of a line: a number from 16 to {}.", most_bytes);
    if (!read_number(idle_seconds, 1, 86400, limits.idle_seconds)) return "Seconds without a request: a number from 1 to 86400.";
    return {};
}

}  // namespace synoptic
