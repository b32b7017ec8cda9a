#include "tests/bench/place.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace bench {

namespace {

cpu_set_t cores_at_start() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    sched_getaffinity(0, sizeof cores, &cores);
    return cores;
}

const cpu_set_t all_cores = cores_at_start();

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (std::string& text : strings) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

}  // namespace

bool has_two_cores() {
    return CPU_ISSET(measured_core, &all_cores) && CPU_ISSET(other_core, &all_cores);
}

bool pin_thread(int core, pid_t tid) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    return sched_setaffinity(tid, sizeof cores, &cores) == 0;
}

void unpin_thread(pid_t tid) {
    sched_setaffinity(tid, sizeof all_cores, &all_cores);
}

Child::Child(const std::vector<std::string>& argv, const std::vector<std::string>& environment, int core, int inherited_fd, int input) {
    std::vector<std::string> arguments = argv, variables = environment;
    for (char** entry = environ; *entry; ++entry) {
        const std::string text = *entry, name = text.substr(0, text.find('=') + 1);
        bool replaced = false;
        for (const std::string& other : environment) replaced = replaced || other.rfind(name, 0) == 0;
        if (!replaced) variables.push_back(text);
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    // dup2 onto itself clears FD_CLOEXEC (posix_spawn_file_actions_adddup2(3)).
    if (inherited_fd >= 0) posix_spawn_file_actions_adddup2(&actions, inherited_fd, inherited_fd);
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    if (core >= 0)
        pin_thread(core);
    else
        unpin_thread();
    if (posix_spawnp(&pid_, argv[0].c_str(), &actions, nullptr, pointers_to(arguments).data(), pointers_to(variables).data()) != 0)
        pid_ = -1;
    sched_setaffinity(0, sizeof before, &before);
    posix_spawn_file_actions_destroy(&actions);
}

Child::~Child() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

int Child::wait() {
    int status = 0;
    if (pid_ < 0 || waitpid(pid_, &status, 0) != pid_) return 127;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string own_path() {
    return std::filesystem::read_symlink("/proc/self/exe").string();
}

std::string free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), length);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    close(fd);
    return std::to_string(ntohs(address.sin_port));
}

int connect_to(const std::string& port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(static_cast<std::uint16_t>(std::atoi(port.c_str())));
    if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int connect_when_ready(const std::string& port) {
    for (int i = 0; i < 2000; ++i) {
        const int fd = connect_to(port);
        if (fd >= 0 || errno != ECONNREFUSED) return fd;
        usleep(1000);
    }
    return -1;
}

std::uint64_t cpu_time_ns(pid_t pid) {
    clockid_t clock;
    timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
    std::uint64_t sum = static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(used.tv_nsec);
    std::error_code gone;  // a thread may end meanwhile
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
        std::ifstream children(thread.path() / "children");
        for (pid_t child; children >> child;) sum += cpu_time_ns(child);
    }
    return sum;
}

}  // namespace bench
