// Reads /proc and uses plain sockets; see the header.
#include "tests/window/kernel_facts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace synoptic::window {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/** A socket bound to a free port of loopback. */
int bound_socket(std::uint16_t& port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        throw std::runtime_error("no port of loopback can be had");
    }
    port = ntohs(address.sin_port);
    return fd;
}

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/** What follows the command's name in /proc/PID/stat: "S 1 …"; empty if there is no such process. */
std::string stat_after_name(pid_t pid) {
    const std::string stat = content_of("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end_of_name = stat.rfind(')');
    return end_of_name == std::string::npos || end_of_name + 2 > stat.size() ? std::string{} : stat.substr(end_of_name + 2);
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> pids;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        if (pid > 0) pids.push_back(pid);
    }
    return pids;
}

int milliseconds_until(std::chrono::steady_clock::time_point limit) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
}

}  // namespace

std::vector<TcpEntry> tcp_entries(pid_t in_the_network_of) {
    const std::string folder = "/proc/" + (in_the_network_of == 0 ? "self" : std::to_string(in_the_network_of)) + "/net/";
    std::vector<TcpEntry> entries;
    for (const char* table : {"tcp", "tcp6"}) {
        std::ifstream in(folder + table);
        std::string line;
        std::getline(in, line);  // the headings
        while (std::getline(in, line)) {
            unsigned local = 0, remote = 0, state = 0;
            unsigned long long inode = 0, receive_queue = 0;
            if (std::sscanf(line.c_str(), " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%x %x %*x:%llx %*x:%*x %*x %*d %*d %llu", &local, &remote,
                            &state, &receive_queue, &inode) == 5) {
                // While the table is read others change it: then an entry may stand there twice.
                const auto same = [inode](const TcpEntry& entry) { return inode != 0 && entry.inode == inode; };
                if (std::any_of(entries.begin(), entries.end(), same)) continue;
                entries.push_back(
                    {static_cast<std::uint16_t>(local), static_cast<std::uint16_t>(remote), static_cast<int>(state), receive_queue, inode});
            }
        }
    }
    return entries;
}

std::vector<TcpEntry> tcp_entries(std::uint16_t port, int state, pid_t in_the_network_of) {
    std::vector<TcpEntry> wanted;
    for (const TcpEntry& entry : tcp_entries(in_the_network_of)) {
        if (entry.local_port == port && entry.state == state) wanted.push_back(entry);
    }
    return wanted;
}

std::uint16_t free_port() {
    std::uint16_t port = 0;
    close(bound_socket(port));
    return port;
}

OccupiedPort::OccupiedPort() : fd_(bound_socket(port_)) {
    if (listen(fd_, 1) != 0) throw std::runtime_error("listen failed");
}
OccupiedPort::~OccupiedPort() {
    close(fd_);
}

std::string exchange(std::uint16_t port, const std::string& text, int limit_ms) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    std::string answer;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())) {
        pollfd ready{fd, POLLIN, 0};
        while (answer.size() < text.size() && poll(&ready, 1, milliseconds_until(limit)) > 0) {
            char buffer[4096];
            const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
            if (n <= 0) break;
            answer.append(buffer, static_cast<std::size_t>(n));
        }
    }
    close(fd);
    return answer;
}

std::vector<pid_t> processes_with(const std::string& environment_entry) {
    std::vector<pid_t> found;
    const std::string wanted = '\0' + environment_entry + '\0';
    for (const pid_t pid : all_processes()) {
        // A zombie's environment is gone with its memory, so that zombies are not found.
        const std::string environment = '\0' + content_of("/proc/" + std::to_string(pid) + "/environ");
        if (environment.find(wanted) != std::string::npos) found.push_back(pid);
    }
    return found;
}

std::vector<pid_t> children_of(pid_t pid) {
    std::vector<pid_t> children;
    for (const pid_t other : all_processes()) {
        const std::string stat = stat_after_name(other);
        if (stat.size() > 2 && std::atoi(stat.c_str() + 2) == pid) children.push_back(other);
    }
    return children;
}

char process_state(pid_t pid) {
    const std::string stat = stat_after_name(pid);
    return stat.empty() ? '\0' : stat[0];
}

bool wait_until_ended(const std::vector<pid_t>& pids, int limit_ms) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
    for (const pid_t pid : pids) {
        const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
        if (pidfd < 0) continue;  // ended and reaped already
        pollfd ended{pidfd, POLLIN, 0};
        const int answer = poll(&ended, 1, milliseconds_until(limit));
        close(pidfd);
        if (answer <= 0) return false;
    }
    return true;
}

}  // namespace synoptic::window
