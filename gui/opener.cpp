#include "gui/opener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace synoptic {
namespace {

constexpr std::size_t most_heard_bytes = 2000;

/** Reads until the other program has ended; its last words. */
std::string words_until_end(int fd) {
    std::string words;
    char block[512];
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR)) {
        if (got > 0 && words.size() < most_heard_bytes) words.append(block, static_cast<std::size_t>(got));
    }
    close(fd);
    while (!words.empty() && words.back() == '\n') words.pop_back();
    return words;
}

/** The program that runs, once more, in a session of its own; errno's number if it can't be started. */
int start_another(const std::string& path, int stderr_fd, pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::string program = "synoptic", separator = "--", file = path;
    std::array<char*, 4> arguments{program.data(), separator.data(), file.data(), nullptr};
    const int failed = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

}  // namespace

struct Opener::Heard {
    std::mutex mutex;
    std::deque<std::string> troubles;
    std::function<void()> wake;

    void tell(std::string trouble) {
        const std::lock_guard lock(mutex);
        troubles.push_back(std::move(trouble));
        if (wake) wake();
    }
};

Opener::Opener() : heard_(std::make_shared<Heard>()) {}

Opener::~Opener() {
    set_wake({});
}

void Opener::set_wake(std::function<void()> wake) {
    const std::lock_guard lock(heard_->mutex);
    heard_->wake = std::move(wake);
}

void Opener::open(const std::string& path) {
    int ends[2];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) < 0) return heard_->tell(fmt::format("{} could not be opened: {}", path, std::strerror(errno)));
    const int failed = start_another(path, ends[1], pid);
    close(ends[1]);
    if (failed != 0) {
        close(ends[0]);
        return heard_->tell(fmt::format("{} could not be opened: {}", path, std::strerror(failed)));
    }
    std::thread([heard = heard_, fd = ends[0], pid, path] {
        const std::string words = words_until_end(fd);
        int status = 0;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        constexpr std::string_view speaker = "synoptic: ";
        const std::string why = words.starts_with(speaker) ? words.substr(speaker.size()) : words;
        if (status != 0) heard->tell(fmt::format("The recording could not be shown, or its window failed: {}", why.empty() ? path : why));
    }).detach();
}

std::optional<std::string> Opener::take_trouble() {
    const std::lock_guard lock(heard_->mutex);
    if (heard_->troubles.empty()) return std::nullopt;
    std::string trouble = std::move(heard_->troubles.front());
    heard_->troubles.pop_front();
    return trouble;
}

}  // namespace synoptic
