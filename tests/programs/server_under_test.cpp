#include "server_under_test.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace synoptic {

namespace {

Sockets* sockets_of_process = nullptr;

void on_terminate(int) {
    const int saved = errno;
    sockets_of_process->stop();
    errno = saved;
}

[[noreturn]] void run_server(const ProgramInfo& info, const ServerOptions& options, int output_fd) {
    struct sigaction action {};
    action.sa_handler = on_terminate;
    Sockets os({.trace = nullptr,
                .program = {},
                .input = nullptr,
                .output = [output_fd](std::string_view text) { (void)!write(output_fd, text.data(), text.size()); },
                .own_process = true});
    sockets_of_process = &os;
    sigaction(SIGTERM, &action, nullptr);
    signal(SIGPIPE, SIG_DFL);
    if (options.descriptor_limit > 0) {
        const rlimit limit{static_cast<rlim_t>(options.descriptor_limit), static_cast<rlim_t>(options.descriptor_limit)};
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (options.in_process) options.in_process();
    const int status = info.serve(os, {options.address, options.port, options.backlog, options.database.c_str(), options.limits});
    os.wait_for_threads(std::chrono::milliseconds(patience_ms));
    _exit(status);
}

struct TcpLine {
    std::uint16_t local_port;
    int state;
    unsigned long inode;
    unsigned unread;  // bytes in the receive queue; of a listening socket, connections that wait
};

std::vector<TcpLine> tcp_lines() {
    std::vector<TcpLine> lines;
    for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream table(file);
        std::string line;
        std::getline(table, line);  // the heading
        while (std::getline(table, line)) {
            unsigned port = 0, state = 0, unread = 0;
            unsigned long inode = 0;
            if (std::sscanf(line.c_str(), " %*d: %*[0-9A-F]:%X %*[0-9A-F]:%*X %X %*[0-9A-F]:%X %*s %*s %*s %*s %lu", &port, &state, &unread,
                            &inode) == 4) {
                lines.push_back({static_cast<std::uint16_t>(port), static_cast<int>(state), inode, unread});
            }
        }
    }
    return lines;
}

std::set<unsigned long> socket_inodes(pid_t pid) {
    std::set<unsigned long> inodes;
    const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
    DIR* list = opendir(folder.c_str());
    if (!list) return inodes;
    while (const dirent* entry = readdir(list)) {
        char target[64] = "";
        const ssize_t length = readlink((folder + "/" + entry->d_name).c_str(), target, sizeof target - 1);
        unsigned long inode = 0;
        if (length > 0 && std::sscanf(target, "socket:[%lu]", &inode) == 1) inodes.insert(inode);
    }
    closedir(list);
    return inodes;
}

/** The port of a socket in LISTEN that this process holds; 0 if there is none. */
std::uint16_t listening_port(pid_t pid) {
    const std::set<unsigned long> own = socket_inodes(pid);
    for (const TcpLine& line : tcp_lines()) {
        if (line.state == TCP_LISTEN && own.count(line.inode)) return line.local_port;
    }
    return 0;
}

}  // namespace

bool wait_until(const std::function<bool()>& condition, int limit_ms) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

ServerUnderTest::ServerUnderTest(std::string_view program, const ServerOptions& options) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const ProgramInfo* info = find_program(program);
    output_fd_ = memfd_create("output", MFD_CLOEXEC);  // not a pipe: that would fill up, and stop a server that nobody reads
    if (!info || !info->serve || output_fd_ < 0) return;
    pid_ = fork();
    if (pid_ == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves no server behind
        run_server(*info, options, output_fd_);
    }
    setpgid(pid_, pid_);
}

ServerUnderTest::~ServerUnderTest() {
    if (pid_ > 0) {
        kill(-pid_, SIGKILL);
        while (waitpid(-pid_, nullptr, 0) > 0) {}
    }
    if (output_fd_ >= 0) ::close(output_fd_);
}

std::uint16_t ServerUnderTest::port_now() {
    if (port_ == 0) port_ = listening_port(pid_);
    return port_;
}

std::uint16_t ServerUnderTest::port() {
    wait_until([this] { return port_now() != 0; });
    return port_;
}

const std::string& ServerUnderTest::output() {
    char buffer[4096];
    ssize_t count;
    while ((count = pread(output_fd_, buffer, sizeof buffer, static_cast<off_t>(output_.size()))) > 0)
        output_.append(buffer, static_cast<std::size_t>(count));
    return output_;
}

bool ServerUnderTest::wait_for_output(std::string_view text, int limit_ms) {
    return wait_until([&] { return output().find(text) != std::string::npos; }, limit_ms);
}

int ServerUnderTest::wait_for_exit() {
    if (status_ >= 0) return status_;
    int status = 0;
    pid_t waited = 0;
    if (!wait_until([&] { return (waited = waitpid(pid_, &status, WNOHANG)) != 0; }) || waited < 0) return -1;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    return status_;
}

int ServerUnderTest::stop() {
    kill(-pid_, SIGTERM);
    return wait_for_exit();
}

std::vector<ChildState> children_of(pid_t pid) {
    std::vector<ChildState> children;
    DIR* list = opendir("/proc");
    while (const dirent* entry = readdir(list)) {
        const pid_t child = std::atoi(entry->d_name);
        if (child <= 0) continue;
        std::ifstream file("/proc/" + std::to_string(child) + "/stat");
        std::stringstream text;
        text << file.rdbuf();
        const std::string stat = text.str();
        const std::size_t end = stat.rfind(')');  // of the name, which may hold anything
        char state = 0;
        int parent = 0;
        if (end == std::string::npos || std::sscanf(stat.c_str() + end + 1, " %c %d", &state, &parent) != 2) continue;
        if (parent == pid) children.push_back({child, state});
    }
    closedir(list);
    return children;
}

std::size_t zombies_of(pid_t pid) {
    std::size_t count = 0;
    for (const ChildState& child : children_of(pid)) count += child.state == 'Z';
    return count;
}

std::size_t socket_count_of(pid_t pid) {
    return socket_inodes(pid).size();
}

std::size_t sockets_in_state(std::uint16_t port, int state) {
    std::size_t count = 0;
    for (const TcpLine& line : tcp_lines()) count += line.local_port == port && line.state == state;
    return count;
}

std::size_t unread_bytes(std::uint16_t port) {
    std::size_t count = 0;
    for (const TcpLine& line : tcp_lines()) count += line.local_port == port && line.state != TCP_LISTEN ? line.unread : 0;
    return count;
}

PlainClient::PlainClient(const char* host, std::uint16_t port) {
    sockaddr_in ipv4{};
    sockaddr_in6 ipv6{};
    const bool is_ipv6 = std::strchr(host, ':') != nullptr;
    ipv4.sin_family = AF_INET;
    ipv6.sin6_family = AF_INET6;
    ipv4.sin_port = ipv6.sin6_port = htons(port);
    if (is_ipv6)
        inet_pton(AF_INET6, host, &ipv6.sin6_addr);
    else
        inet_pton(AF_INET, host, &ipv4.sin_addr);
    fd_ = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* address = is_ipv6 ? reinterpret_cast<const sockaddr*>(&ipv6) : reinterpret_cast<const sockaddr*>(&ipv4);
    const socklen_t length = is_ipv6 ? sizeof ipv6 : sizeof ipv4;
    if (fd_ >= 0 && ::connect(fd_, address, length) == 0) return;
    error_ = errno;
    close();
}

PlainClient::~PlainClient() {
    close();
}

bool PlainClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string PlainClient::receive(std::size_t count, int limit_ms) {
    std::string bytes;
    char buffer[4096];
    while (bytes.size() < count) {
        pollfd ready{fd_, POLLIN, 0};
        if (poll(&ready, 1, limit_ms) <= 0) break;
        const ssize_t got = recv(fd_, buffer, std::min(sizeof buffer, count - bytes.size()), 0);
        if (got <= 0) break;
        bytes.append(buffer, static_cast<std::size_t>(got));
    }
    return bytes;
}

bool PlainClient::sees_end(int limit_ms) {
    char byte;
    pollfd ready{fd_, POLLIN, 0};
    return poll(&ready, 1, limit_ms) == 1 && recv(fd_, &byte, 1, 0) <= 0;
}

bool PlainClient::hears_nothing(int for_ms) {
    pollfd ready{fd_, POLLIN, 0};
    return poll(&ready, 1, for_ms) == 0;
}

bool PlainClient::echoes(std::string_view bytes) {
    return send(bytes) && receive(bytes.size()) == bytes;
}

void PlainClient::finish_sending() {
    ::shutdown(fd_, SHUT_WR);
}

void PlainClient::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void PlainClient::reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

std::uint16_t PlainClient::local_port() const {
    sockaddr_storage own{};
    socklen_t length = sizeof own;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(reinterpret_cast<sockaddr_in*>(&own)->sin_port);  // at the same place in sockaddr_in6
}

}  // namespace synoptic
