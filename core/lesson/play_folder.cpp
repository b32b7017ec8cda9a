#include "core/lesson/play_folder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace synoptic {

namespace {
constexpr const char* name_begin = "synoptic-lesson-";
}

Result<PlayFolder> PlayFolder::make() {
    const char* temporary = std::getenv("TMPDIR");
    std::string path = fmt::format("{}/{}XXXXXX", temporary && *temporary == '/' ? temporary : "/tmp", name_begin);
    if (mkdtemp(path.data()) == nullptr) return errno_error("mkdtemp", path);
    return PlayFolder(path);
}

PlayFolder::~PlayFolder() {
    if (path_.empty() || !empty_play_folder(path_)) return;
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

Status empty_play_folder(const std::string& path) {
    // A path that somebody else has thought of is none of ours to empty.
    if (!std::filesystem::path(path).filename().string().starts_with(name_begin))
        return Error{"", 0, fmt::format("{} is no folder of a lesson's player", path)};
    std::error_code error;
    for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        if (!at->is_directory(ignored) || at->is_symlink(ignored)) std::filesystem::remove(at->path(), ignored);
    }
    if (error) return Error{"", error.value(), fmt::format("the lesson's folder {} can't be emptied", path)};
    return Done{};
}

}  // namespace synoptic
