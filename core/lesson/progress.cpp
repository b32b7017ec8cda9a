#include "core/lesson/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/base/replacement_file.h"
#include "core/session/autosave.h"

namespace synoptic {

namespace {

using nlohmann::json;
constexpr int version = 1;

json to_json(const LessonProgress& progress) {
    json answers = json::object();
    for (const auto& [question, given] : progress.answers) {
        answers[std::to_string(question)] = {{"answer", given.answer}, {"right", given.right}, {"skipped", given.skipped}};
    }
    return {{"step", progress.step},         {"reached", progress.reached}, {"steps", progress.steps},
            {"finished", progress.finished}, {"last_at", progress.last_at}, {"answers", answers}};
}

LessonProgress from_json(const json& given) {
    LessonProgress progress;
    progress.step = given.value("step", std::size_t{0});
    progress.reached = given.value("reached", std::size_t{0});
    progress.steps = given.value("steps", std::size_t{0});
    progress.finished = given.value("finished", false);
    progress.last_at = given.value("last_at", std::int64_t{0});
    const json answers = given.value("answers", json::object());
    for (const auto& [question, answer] : answers.items()) {
        progress.answers[std::stoi(question)] = {answer.value("answer", std::string()), answer.value("right", false),
                                                 answer.value("skipped", false)};
    }
    return progress;
}

struct Loaded {
    std::map<std::string, LessonProgress> lessons;
    std::string trouble;  // it is there, and can't be read
};

Loaded load(const std::string& path) {
    Loaded loaded;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored)) loaded.trouble = fmt::format("{} can't be read: {}", path, std::strerror(errno));
        return loaded;
    }
    std::stringstream text;
    text << in.rdbuf();
    try {
        const json all = json::parse(text.str());
        if (all.value("version", 0) != version) throw std::runtime_error("it is of another version");
        for (const auto& [name, progress] : all.at("lessons").items()) loaded.lessons[name] = from_json(progress);
    } catch (const std::exception& error) {
        loaded.trouble = fmt::format("{} can't be read: {}", path, error.what());
        loaded.lessons.clear();
    }
    return loaded;
}

}  // namespace

std::string Progress::usual_path() {
    const std::string folder = autosave_folder();
    return folder.empty() ? "" : folder + "/lessons.json";
}

Progress Progress::open(const std::string& path) {
    Progress progress;
    progress.path_ = path;
    if (path.empty()) return progress;
    Loaded loaded = load(path);
    progress.lessons_ = std::move(loaded.lessons);
    if (loaded.trouble.empty()) return progress;
    std::error_code error;
    std::filesystem::rename(path, path + ".bad", error);
    progress.trouble_ = loaded.trouble +
                        (error ? "; it can't be set aside either, so that progress is not kept" : "; it was set aside as " + path + ".bad");
    if (error) progress.path_.clear();
    return progress;
}

std::string score_words(std::size_t right, std::size_t answered, std::size_t skipped) {
    const std::string left = skipped == 0 ? "" : fmt::format("{} skipped", skipped);
    if (answered == 0) return left;
    return fmt::format("{} of {} answered right{}{}", right, answered, left.empty() ? "" : ", ", left);
}

LessonProgress Progress::of(const std::string& lesson) const {
    const auto found = lessons_.find(lesson);
    return found == lessons_.end() ? LessonProgress{} : found->second;
}

Status Progress::keep(const std::string& lesson, const LessonProgress& progress) {
    lessons_[lesson] = progress;
    if (path_.empty()) return Done{};
    // Another window may have come further in another lesson meanwhile.
    Loaded there = load(path_);
    if (there.trouble.empty()) {
        there.lessons[lesson] = progress;
        lessons_ = std::move(there.lessons);
    }
    json all = {{"version", version}, {"lessons", json::object()}};
    for (const auto& [name, each] : lessons_) all["lessons"][name] = to_json(each);
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
    if (error) return Error{"mkdir", error.value(), path_};
    Result<ReplacementFile> file = ReplacementFile::begin(path_);
    if (!file) return file.error();
    // An answer may hold bytes that are no UTF-8: a lesson is anybody's file.
    if (const Status written = file->write(all.dump(1, ' ', false, json::error_handler_t::replace) + "\n"); !written)
        return written.error();
    return file->finish();
}

}  // namespace synoptic
