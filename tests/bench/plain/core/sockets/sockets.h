// The same interface as core/sockets/sockets.h, on plain system calls: nothing is traced, nothing is counted. Found first by the include path
// where the taught programs are compiled a second time, to be compared with their traced selves (see plain_programs.h).
//
// Thread safety: as the system calls have it.
#pragma once

#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string_view>

namespace synoptic {

using SA = sockaddr;

class Input {
   public:
    virtual ~Input() = default;
    virtual char* read_line(char* buffer, int size) = 0;
    virtual void end() = 0;
};

using Output = std::function<void(std::string_view)>;

class Sockets {
   public:
    struct Setup {
        Input* input = nullptr;
        Output output{};
    };
    explicit Sockets(Setup setup) : setup_(std::move(setup)) {}
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    int socket(int domain, int type, int protocol) { return ::socket(domain, type, protocol); }
    int setsockopt(int fd, int level, int option, const void* value, socklen_t length) {
        return ::setsockopt(fd, level, option, value, length);
    }
    int getsockopt(int fd, int level, int option, void* value, socklen_t* length) { return ::getsockopt(fd, level, option, value, length); }
    int bind(int fd, const SA* address, socklen_t length) { return ::bind(fd, address, length); }
    int listen(int fd, int backlog) {
        listenfd_ = fd;
        return ::listen(fd, backlog);
    }
    int accept(int fd, SA* address, socklen_t* length) { return ::accept(fd, address, length); }
    int connect(int fd, const SA* address, socklen_t length) { return ::connect(fd, address, length); }
    ssize_t send(int fd, const void* buffer, size_t length, int flags) { return ::send(fd, buffer, length, flags); }
    ssize_t recv(int fd, void* buffer, size_t length, int flags) { return ::recv(fd, buffer, length, flags); }
    ssize_t read(int fd, void* buffer, size_t count) { return ::read(fd, buffer, count); }
    ssize_t write(int fd, const void* buffer, size_t count) { return ::write(fd, buffer, count); }
    int shutdown(int fd, int how) { return ::shutdown(fd, how); }
    int close(int fd) { return ::close(fd); }
    int getsockname(int fd, SA* address, socklen_t* length) { return ::getsockname(fd, address, length); }
    int getpeername(int fd, SA* address, socklen_t* length) { return ::getpeername(fd, address, length); }
    int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** result) {
        return ::getaddrinfo(host, service, hints, result);
    }
    int getnameinfo(const SA* address, socklen_t length, char* host, socklen_t host_size, char* service, socklen_t service_size,
                    int flags) {
        return ::getnameinfo(address, length, host, host_size, service, service_size, flags);
    }
    pid_t fork() { return ::fork(); }
    pid_t waitpid(pid_t pid, int* status, int options) { return ::waitpid(pid, status, options); }
    [[noreturn]] void _exit(int status) { ::_exit(status); }
    int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*), void* argument) {
        return ::pthread_create(thread, attr, start, argument);
    }
    int pthread_join(pthread_t thread, void** result) { return ::pthread_join(thread, result); }
    int pthread_detach(pthread_t thread) { return ::pthread_detach(thread); }

    char* fgets(char* buffer, int size) { return setup_.input ? setup_.input->read_line(buffer, size) : nullptr; }

    template <class... Values>
    int printf(const char* format, Values... values) {
        char text[1024];
        int length = std::snprintf(text, sizeof text, format, values...);
        if (length >= static_cast<int>(sizeof text)) length = sizeof text - 1;
        if (setup_.output && length > 0) setup_.output({text, static_cast<std::size_t>(length)});
        return length;
    }
    void note(int, const char*) {}  // there is nobody who would look at the connection
    void perror(const char* call) {
        const int saved = errno;
        char buffer[128];
        printf("%s: %s\n", call, strerror_r(saved, buffer, sizeof buffer));
        errno = saved;
    }

    void stop() {
        stopping_.store(true);
        if (setup_.input) setup_.input->end();
        ::shutdown(listenfd_, SHUT_RDWR);  // accept returns
    }
    bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

   private:
    Setup setup_;
    std::atomic<int> listenfd_{-1};
    std::atomic<bool> stopping_{false};
};

}  // namespace synoptic
