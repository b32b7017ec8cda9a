#include "command_under_test.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace synoptic {

static int commands_alive = 0;

CommandUnderTest::CommandUnderTest(const std::vector<std::string>& arguments, const CommandSetup& setup) {
    ++commands_alive;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGPIPE, SIG_IGN);
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) return;
    stderr_ = memfd_create("stderr", MFD_CLOEXEC);
    pid_ = fork();
    if (pid_ == 0) {
        signal(SIGPIPE, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(stderr_, STDERR_FILENO);
        if (!setup.stdin_open) ::close(STDIN_FILENO);
        if (!setup.stdout_open) ::close(STDOUT_FILENO);
        if (setup.in_process) setup.in_process();
        std::vector<char*> words;
        std::string name = SYNOPTIC_BINARY;
        words.push_back(name.data());
        for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
        words.push_back(nullptr);
        execv(name.c_str(), words.data());
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    stdin_ = in[1];
    stdout_ = out[0];
}

CommandUnderTest::~CommandUnderTest() {
    if (pid_ > 0 && !finished_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    for (const int fd : {stdin_, stdout_, stderr_}) {
        if (fd >= 0) ::close(fd);
    }
    if (--commands_alive > 0) return;
    while (waitpid(-1, nullptr, 0) > 0) {  // what the lifeline kills comes to us
    }
}

bool CommandUnderTest::read_some(int limit_ms) {
    char buffer[4096];
    pollfd ready{stdout_, POLLIN, 0};
    if (stdout_ < 0 || poll(&ready, 1, limit_ms) <= 0) return false;
    const ssize_t count = read(stdout_, buffer, sizeof buffer);
    if (count <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(count));
    return true;
}

std::string CommandUnderTest::line(int limit_ms) {
    std::size_t end;
    while ((end = unread_.find('\n')) == std::string::npos) {
        if (!read_some(limit_ms)) return {};
    }
    std::string text = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return text;
}

std::string CommandUnderTest::line_with(std::string_view text) {
    for (;;) {
        const std::string next = line();
        if (next.empty() || next.find(text) != std::string::npos) return next;
    }
}

void CommandUnderTest::type(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(stdin_, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void CommandUnderTest::close_stdin() {
    if (stdin_ >= 0) ::close(stdin_);
    stdin_ = -1;
}

void CommandUnderTest::close_stdout() {
    if (stdout_ >= 0) ::close(stdout_);
    stdout_ = -1;
}

void CommandUnderTest::send_signal(int signal) {
    kill(pid_, signal);
}

Outcome CommandUnderTest::finish() {
    Outcome outcome;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(cli_patience_ms);
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(pid_, &status, WNOHANG)) == 0 && std::chrono::steady_clock::now() < deadline) {
        if (!read_some(1)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    finished_ = ended == pid_;
    if (finished_) outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    while (read_some(0)) {}
    outcome.out = unread_;
    char buffer[4096];
    ssize_t count;
    while ((count = pread(stderr_, buffer, sizeof buffer, static_cast<off_t>(outcome.err.size()))) > 0) {
        outcome.err.append(buffer, static_cast<std::size_t>(count));
    }
    return outcome;
}

bool CommandUnderTest::left_nothing_behind() const {
    return waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

Outcome run(const std::vector<std::string>& arguments) {
    CommandUnderTest command(arguments);
    command.close_stdin();
    return command.finish();
}

namespace {

std::vector<std::string> serve_arguments(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"serve", "echo", "--port", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

ServeUnderTest::ServeUnderTest(std::vector<std::string> more, const CommandSetup& setup)
    : CommandUnderTest(serve_arguments(std::move(more)), setup), first_line_(line()) {}

std::string exchange(const std::string& host, const std::string& port, std::string_view bytes) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* address = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &address) != 0) return "no address";
    const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = connect(fd, address->ai_addr, address->ai_addrlen) == 0;
    freeaddrinfo(address);
    std::string echoed;
    if (connected && send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
        char buffer[4096];
        while (echoed.size() < bytes.size()) {
            pollfd ready{fd, POLLIN, 0};
            if (poll(&ready, 1, cli_patience_ms) <= 0) break;
            const ssize_t count = recv(fd, buffer, sizeof buffer, 0);
            if (count <= 0) break;
            echoed.append(buffer, static_cast<std::size_t>(count));
        }
    }
    close(fd);
    return echoed;
}

}  // namespace synoptic
