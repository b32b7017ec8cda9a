#include "tests/bench/untraced_puts.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <new>

#include "core/programs/kv.h"
#include "core/programs/programs.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

/** In memory that all children share. Who comes last of all clients brings everybody's lines to the disk and wakes them: no sync could serve more, and nobody sleeps more than twice. */
struct Shared {
    std::atomic<std::uint32_t> clients{0}, joined{0}, round{0};
    std::atomic<std::uint64_t> end{0};
};

constexpr timespec longest_wait = {0, 2'000'000};  // for those who have no more to ask

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* limit) {
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, limit, nullptr, 0);
}

void wait_until_synced(Shared& shared, int file) {
    const std::uint32_t round = shared.round.load();
    const bool last = shared.joined.fetch_add(1) + 1 >= shared.clients.load();
    while (!last && shared.round.load() == round) {
        if (futex(shared.round, FUTEX_WAIT, round, &longest_wait) < 0 && errno == ETIMEDOUT) break;
    }
    if (shared.round.load() != round) return;
    shared.joined.store(0);
    fdatasync(file);
    shared.round.fetch_add(1);
    futex(shared.round, FUTEX_WAKE, INT_MAX, nullptr);
}

[[noreturn]] void serve(Shared& shared, int connfd, int file) {
    shared.clients.fetch_add(1);
    char line[256];
    for (ssize_t got; (got = recv(connfd, line, sizeof line, 0)) > 0;) {
        const std::uint64_t begin = shared.end.fetch_add(static_cast<std::uint64_t>(got));
        [[maybe_unused]] const ssize_t written = pwrite(file, line, static_cast<std::size_t>(got), static_cast<off_t>(begin));
        wait_until_synced(shared, file);
        [[maybe_unused]] const ssize_t sent = send(connfd, "OK\n", 3, MSG_NOSIGNAL);
    }
    _exit(0);
}

}  // namespace

void serve_bare_puts(const std::string& port, const std::string& path) {
    const int listenfd = socket(AF_INET, SOCK_STREAM, 0), file = open(path.c_str(), O_RDWR | O_CREAT, 0666);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (file < 0 || memory == MAP_FAILED || bind(listenfd, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        listen(listenfd, 128) < 0)
        return;
    Shared& shared = *new (memory) Shared;
    signal(SIGCHLD, SIG_IGN);
    for (int connfd; (connfd = accept(listenfd, nullptr, nullptr)) >= 0; close(connfd)) {
        const int on = 1;
        setsockopt(connfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (fork() == 0) serve(shared, connfd, file);
    }
}

void serve_untraced_puts(const std::string& port, const std::string& path) {
    synoptic::Sockets os({.own_process = true});  // it forks
    synoptic::kv_fork(os, {.address = "127.0.0.1", .port = port.c_str(), .backlog = 128, .database = path.c_str()});
}

UntracedServer::UntracedServer(void (*serve)(const std::string&, const std::string&), const std::string& path)
    : port_(free_port()), pid_(fork()) {
    if (pid_ > 0) setpgid(pid_, pid_);  // by both, so that it is one whoever comes first
    if (pid_ != 0) return;
    setpgid(0, 0);
    unpin_thread();
    serve(port_, path);
    _exit(1);
}

UntracedServer::~UntracedServer() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

}  // namespace bench
