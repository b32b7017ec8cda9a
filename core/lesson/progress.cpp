#include "core/lesson/progress.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "core/base/replacement_file.h"
#include "core/session/autosave.h"

namespace synoptic {

namespace {

using nlohmann::json;
constexpr int version = 1;
constexpr std::int64_t most_steps = 100'000;  // a file of 1 MiB has fewer

json to_json(const LessonProgress& progress) {
    json answers = json::object();
    for (const auto& [question, given] : progress.answers) {
        answers[std::to_string(question)] = {{"answer", given.answer}, {"right", given.right}, {"skipped", given.skipped}};
    }
    return {{"step", progress.step},         {"reached", progress.reached}, {"steps", progress.steps},
            {"finished", progress.finished}, {"last_at", progress.last_at}, {"answers", answers}};
}

/** A number that counts steps; 0 where it is missing. */
std::size_t count_of(const json& given, const char* name) {
    const std::int64_t number = given.value(name, std::int64_t{0});
    if (number < 0 || number > most_steps) throw std::runtime_error(fmt::format("“{}” is {}", name, number));
    return static_cast<std::size_t>(number);
}

int question_number(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1)
        throw std::runtime_error(fmt::format("“{}” is no question's number", text));
    return number;
}

LessonProgress from_json(const json& given) {
    LessonProgress progress;
    progress.step = count_of(given, "step");
    progress.reached = count_of(given, "reached");
    progress.steps = count_of(given, "steps");
    progress.finished = given.value("finished", false);
    progress.last_at = given.value("last_at", std::int64_t{0});
    const json answers = given.value("answers", json::object());
    for (const auto& [question, answer] : answers.items()) {
        progress.answers[question_number(question)] = {answer.value("answer", std::string()), answer.value("right", false),
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

/** Held while the file is read, changed and written: else what another window writes between the two would be lost. */
class FileLock {
   public:
    /** Waits for it. The errors of open(2) and flock(2). */
    static Result<FileLock> take(const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return errno_error("open", path);
        FileLock lock(fd);
        while (flock(fd, LOCK_EX) != 0) {
            if (errno != EINTR) return errno_error("flock", path);
        }
        return lock;
    }
    FileLock(FileLock&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock() {
        if (fd_ >= 0) close(fd_);
    }

   private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

/** Both have gone through the same lesson: the first answers count, and what was reached stays reached. */
LessonProgress merged(LessonProgress here, const LessonProgress& there) {
    for (const auto& [question, answer] : there.answers) here.answers.insert_or_assign(question, answer);
    here.reached = std::max(here.reached, there.reached);
    here.finished = here.finished || there.finished;
    return here;
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
    progress.set_aside(loaded.trouble);
    return progress;
}

bool Progress::set_aside(const std::string& why) {
    std::error_code error;
    std::filesystem::rename(path_, path_ + ".bad", error);
    trouble_ = why + (error ? "; it can't be set aside either, so that progress is not kept" : "; it was set aside as " + path_ + ".bad");
    if (error) path_.clear();
    return !error;
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
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
    if (error) return Error{"mkdir", error.value(), path_};
    const Result<FileLock> lock = FileLock::take(path_ + ".lock");
    if (!lock) return lock.error();
    // Another window may have come further meanwhile.
    Loaded there = load(path_);
    if (there.trouble.empty()) {
        const auto same = there.lessons.find(lesson);
        there.lessons[lesson] = same == there.lessons.end() ? progress : merged(progress, same->second);
        lessons_ = std::move(there.lessons);
    } else if (!set_aside(there.trouble))
        return Error{"", 0, trouble_};
    json all = {{"version", version}, {"lessons", json::object()}};
    for (const auto& [name, each] : lessons_) all["lessons"][name] = to_json(each);
    Result<ReplacementFile> file = ReplacementFile::begin(path_);
    if (!file) return file.error();
    // An answer may hold bytes that are no UTF-8: a lesson is anybody's file.
    if (const Status written = file->write(all.dump(1, ' ', false, json::error_handler_t::replace) + "\n"); !written)
        return written.error();
    return file->finish();
}

}  // namespace synoptic
