// Ending in order when asked by a signal: see end_signals.h.
#include "gui/end_signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace synoptic {
namespace {

constexpr int ending_signals[] = {SIGTERM, SIGHUP, SIGINT};

std::atomic<int> come_signal{0};
std::atomic<int> write_end{-1};

void note_signal(int signal) {
    const int before = errno;
    come_signal = signal;
    // A pipe that is full says the same.
    [[maybe_unused]] const ssize_t written = write(write_end, "s", 1);
    errno = before;
}

}  // namespace

EndSignals::EndSignals(std::function<void()> wake) {
    if (pipe2(pipe_, O_CLOEXEC) < 0) return;  // then they end the app as they would any other
    fcntl(pipe_[1], F_SETFL, O_NONBLOCK);
    write_end = pipe_[1];
    waker_ = std::thread([from = pipe_[0], wake = std::move(wake)] {
        char byte = 0;
        for (;;) {
            const ssize_t got = read(from, &byte, 1);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return;  // the other end was closed
            wake();
        }
    });
    struct sigaction action {};
    action.sa_handler = note_signal;
    // Programs of the session run in threads here: their calls are not to fail by it. The second signal does what it usually does.
    action.sa_flags = SA_RESTART | SA_RESETHAND;
    for (const int signal : ending_signals) {
        struct sigaction before {};
        // nohup's wish stays.
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
    }
}

EndSignals::~EndSignals() {
    if (!waker_.joinable()) return;
    for (const int signal : ending_signals) {
        struct sigaction now {};
        if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == note_signal) ::signal(signal, SIG_DFL);
    }
    write_end = -1;
    close(pipe_[1]);
    waker_.join();
    close(pipe_[0]);
}

int EndSignals::come() const {
    return come_signal;
}

}  // namespace synoptic
