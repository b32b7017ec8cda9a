#include "core/session/autosave.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "core/base/packed_bytes.h"
#include "core/programs/registry.h"
#include "core/session/capture.h"
#include "core/session/recording.h"
#include "core/session/recording_format.h"
#include "core/trace/event.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

constexpr int rest_ms = 1000;  // between two writes
constexpr std::string_view file_begin = "autosave-", file_end = ".synoptic";

bool is_autosave(const std::string& name) {
    return name.starts_with(file_begin) && name.ends_with(file_end);
}

/** Of a recording whose form is of another version; false of what is none. */
bool is_of_another_version(int fd) {
    char head[recording_header_bytes];
    if (pread(fd, head, sizeof head, 0) != sizeof head) return false;
    const std::string_view bytes(head, sizeof head);
    return bytes.starts_with(recording_magic) &&
           (little_endian(bytes.substr(8)) != recording_version || little_endian(bytes.substr(12)) != trace_version);
}

/** How many events a recording has, by its sections' headers alone. */
EventIndex count_events(int fd) {
    EventIndex events = 0;
    off_t at = recording_header_bytes;
    char head[section_header_bytes + 20];  // and two numbers of LEB128
    for (;;) {
        const ssize_t got = pread(fd, head, sizeof head, at);
        if (got < static_cast<ssize_t>(section_header_bytes)) return events;
        const std::uint32_t size = little_endian({head + 4, 4});
        PackedReader body(std::string_view(head + section_header_bytes, static_cast<std::size_t>(got) - section_header_bytes));
        const std::string_view name(head, 4);
        const std::uint64_t first = body.number(), second = body.number();
        struct stat status {};
        at += static_cast<off_t>(section_header_bytes) + static_cast<off_t>(size);
        if (fstat(fd, &status) != 0 || at > status.st_size) return events;
        if (name == section_chunk) events = (first + 1) * History::chunk_events;
        if (name == section_events) events = first + second;
    }
}

}  // namespace

std::string autosave_folder() {
    const char *state = std::getenv("XDG_STATE_HOME"), *home = std::getenv("HOME");
    if (state != nullptr && *state == '/') return std::string(state) + "/synoptic";
    return home == nullptr || *home == 0 ? std::string() : std::string(home) + "/.local/state/synoptic";
}

Autosave::Autosave(const History& history, std::string folder, std::function<void()> on_save)
    : history_(history), folder_(std::move(folder)), on_save_(std::move(on_save)) {
    thread_ = std::thread([this] { run(); });
}

void Autosave::stop() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Autosave::~Autosave() {
    stop();
    if (!path_.empty()) unlink(path_.c_str());
    if (fd_ >= 0) close(fd_);
}

void Autosave::told() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(grew_, true)) return;
    }
    changed_.notify_one();
}

void Autosave::keep_bookmarks(const std::vector<Bookmark>& bookmarks) {
    {
        const std::lock_guard lock(mutex_);
        if (bookmarks == bookmarks_) return;
        bookmarks_ = bookmarks;
        grew_ = true;
    }
    changed_.notify_one();
}

std::optional<Error> Autosave::take_trouble() {
    const std::lock_guard lock(mutex_);
    return std::exchange(trouble_, std::nullopt);
}

std::string Autosave::path() const {
    const std::lock_guard lock(mutex_);
    return path_;
}

/** False if the end has come. */
bool Autosave::rest(int ms) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return ends_; });
    return !ends_;
}

void Autosave::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return grew_ || ends_; });
            if (ends_) return;
            grew_ = false;
        }
        const Status saved = save();
        if (!saved) {
            const std::lock_guard lock(mutex_);
            trouble_ = saved.error();
        }
        if (on_save_) on_save_();
        if (!saved) return;
        if (!rest(rest_ms)) return;
    }
}

Status Autosave::save() {
    const EventIndex size = history_.size();
    if (fd_ < 0) {
        // A session in which nothing was started yet is no loss.
        while (looked_ < size && history_.event(looked_).kind != EventKind::program_begin) ++looked_;
        if (looked_ == size) return Done{};
        if (Status begun = begin(); !begun) return begun;
    }
    return append(news());
}

/** Makes the file, and locks it before it has the name by which others find it. */
Status Autosave::begin() {
    if (folder_.empty()) return Error{"", ENOENT, "HOME is not set"};
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return Error{"mkdir", error.value(), folder_};
    std::string path;
    for (int number = 1; path.empty() || fs::exists(path, error); ++number)
        path = fmt::format("{}/{}{}-{}{}", folder_, file_begin, getpid(), number, file_end);
    const std::string hidden = path + ".new";
    fd_ = open(hidden.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd_ < 0) return errno_error("open", hidden);
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0 || rename(hidden.c_str(), path.c_str()) != 0) {
        const Error failed = errno_error("rename", path);
        unlink(hidden.c_str());
        return failed;
    }
    {
        const std::lock_guard lock(mutex_);
        path_ = path;
    }
    RecordingNotes notes;
    notes.realtime_offset_ns = realtime_offset_ns();
    return append(RecordingSections::header() + RecordingSections::info(notes));
}

/** Names first: an event that is there by now has its file's name there, too. The last bookmarks' section counts. */
std::string Autosave::news() {
    const EventIndex size = history_.size(), chunks = size / History::chunk_events;
    std::string bytes;
    for (std::string file; !(file = history_.file(static_cast<std::uint16_t>(names_ + 1))).empty(); ++names_)
        bytes += RecordingSections::name(static_cast<std::uint16_t>(names_ + 1), file, std::string(source_text(file)));
    for (; chunks_ < chunks; ++chunks_) {
        bytes += RecordingSections::chunk(history_, chunks_);
        written_ = (chunks_ + 1) * History::chunk_events;  // pieces from before it no longer count, also those of later events
    }
    if (written_ < size) bytes += RecordingSections::events(history_, written_, size);
    written_ = size;
    const std::lock_guard lock(mutex_);
    if (written_bookmarks_ != bookmarks_) bytes += RecordingSections::bookmarks(written_bookmarks_ = bookmarks_);
    return bytes;
}

Status Autosave::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = write(fd_, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno_error("write", path());
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return Done{};
}

namespace {

/** An autosave whose owner is gone: it is locked as long as this lives, so that nobody else takes it for left. */
class LeftFile {
   public:
    explicit LeftFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (fd_ < 0 || flock(fd_, LOCK_EX | LOCK_NB) != 0 || fstat(fd_, &status_) != 0) return;
        is_left_ = true;
        const bool is_other = is_of_another_version(fd_);
        found_ = {path, status_.st_mtime, is_other ? 0 : count_events(fd_), static_cast<std::uint64_t>(status_.st_size), is_other};
    }
    ~LeftFile() {
        if (fd_ >= 0) close(fd_);
    }
    LeftFile(const LeftFile&) = delete;
    LeftFile& operator=(const LeftFile&) = delete;

    bool is_left() const { return is_left_; }
    const LeftRecording& found() const { return found_; }

   private:
    int fd_;
    struct stat status_ {};
    bool is_left_ = false;
    LeftRecording found_;
};

/** Nothing can be seen in it. */
bool is_empty(const LeftRecording& recording) {
    return recording.events == 0 && !recording.of_another_version;
}

/** Also those without an event. */
std::vector<LeftRecording> all_left(const std::string& folder) {
    std::vector<LeftRecording> left;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (!is_autosave(at->path().filename().string())) continue;
        if (const LeftFile file(at->path().string()); file.is_left()) left.push_back(file.found());
    }
    std::sort(left.begin(), left.end(), [](const LeftRecording& l, const LeftRecording& r) { return l.at > r.at; });
    return left;
}

}  // namespace

std::vector<LeftRecording> left_recordings(const std::string& folder) {
    std::vector<LeftRecording> left = all_left(folder);
    std::erase_if(left, is_empty);
    return left;
}

std::size_t remove_old_recordings(const std::string& folder, std::size_t most, std::uint64_t most_bytes) {
    std::size_t kept = 0, removed = 0;
    std::uint64_t bytes = 0;
    for (const LeftRecording& recording : all_left(folder)) {
        bytes += recording.size_bytes;
        const bool stays = !is_empty(recording) && (kept == 0 || (kept < most && bytes <= most_bytes));
        if (stays) ++kept;
        if (stays || !LeftFile(recording.path).is_left()) continue;
        if (unlink(recording.path.c_str()) == 0) removed += !is_empty(recording);
    }
    return removed;
}

}  // namespace synoptic
