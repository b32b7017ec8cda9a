#include "core/lesson/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "core/lesson/matcher.h"

namespace synoptic {

namespace {

namespace fs = std::filesystem;

bool holds_lessons(const fs::path& folder) {
    return !lesson_files(folder.string()).empty();
}

/** The number that a lesson's name begins with; -1 if there is none. */
int number_of(const std::string& name) {
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    return number;
}

}  // namespace

std::string lessons_folder() {
    if (const char* told = std::getenv("SYNOPTIC_LESSONS"); told && *told) return told;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return {};
    // Installed: /usr/bin/synoptic and /usr/share/synoptic/lessons. Else the build folder lies somewhere in the source tree.
    if (const fs::path installed = program.parent_path().parent_path() / "share/synoptic/lessons"; holds_lessons(installed))
        return installed.string();
    for (fs::path above = program.parent_path(); above.has_relative_path(); above = above.parent_path()) {
        if (fs::exists(above / "CMakeLists.txt", error) && holds_lessons(above / "lessons")) return (above / "lessons").string();
    }
    return {};
}

std::vector<std::string> lesson_files(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (at->path().extension() == ".md" && name != "README.md" && name[0] != '.') files.push_back(at->path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Result<std::string> find_lesson(const std::string& name, const std::string& folder) {
    std::error_code ignored;
    if (fs::is_regular_file(name, ignored)) return name;
    if (name.empty() || name.find('/') != std::string::npos)
        return Error{"", 0, fmt::format("there is no lesson “{}”: no such file", name)};
    std::vector<std::string> found, names;
    for (const std::string& file : lesson_files(folder)) {
        const std::string stem = fs::path(file).stem().string();
        if (stem == name || fs::path(file).filename() == name) return file;
        names.push_back(stem);
        int wanted = -1;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), wanted);
        const bool is_number = error == std::errc() && end == name.data() + name.size();
        if (is_number ? number_of(stem) == wanted : stem.find(name) != std::string::npos) found.push_back(file);
    }
    if (found.size() == 1) return found[0];
    if (found.empty()) {
        return Error{"", 0,
                     names.empty()
                         ? fmt::format("there is no lesson “{}”: no lessons are installed; SYNOPTIC_LESSONS can name a folder", name)
                         : fmt::format("there is no lesson “{}”{}; synoptic lessons lists them", name, did_you_mean(name, names))};
    }
    for (std::string& file : found) file = fs::path(file).stem().string();
    return Error{"", 0, fmt::format("“{}” may be several lessons: {}", name, fmt::join(found, ", "))};
}

}  // namespace synoptic
