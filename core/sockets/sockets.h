// Sockets: what the taught programs call `os`. Each method has the name, the arguments and the result of its man page, makes that very system
// call, and publishes it to the trace: enter, exit, errno and where in the source it stands. errno is as the system call left it.
//
// One Sockets per started program; its threads and forked children share it. A thread that the trace does not know (no free ring) makes the
// calls all the same, untraced.
#pragma once

#include <netdb.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/ids.h"
#include "core/trace/trace.h"

namespace synoptic {

using SA = sockaddr;  // UNP's abbreviation, for the cast that every address needs

/** Stack of a program's threads: small, for a thousand clients are a thousand stacks. The sanitizers need more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr size_t program_stack_bytes = 2u << 20;
#else
inline constexpr size_t program_stack_bytes = 256u << 10;
#endif

/** Where a program's fgets takes its lines from. */
class Input {
   public:
    virtual ~Input() = default;
    /** fgets(3): at most size - 1 bytes, up to and with the newline, then a NUL. nullptr at the end of the input. */
    virtual char* read_line(char* buffer, int size) = 0;
    /** The input is at its end; a reader that waits is told. In a process of its own this runs in a signal handler. */
    virtual void end() = 0;
};

/** Where a program's printf goes besides the trace. */
using Output = std::function<void(std::string_view)>;

class Sockets {
   public:
    struct Setup {
        Trace* trace = nullptr;  // null: nothing is traced
        ProgramId program{};
        Input* input = nullptr;  // null: fgets is at its end at once
        Output output;           // empty: only traced
        bool own_process = false;
        /** Makes the sockets instead of socket(2), with its result and errno: in a host of the lab. Empty: socket(2) itself. */
        std::function<int(int domain, int type, int protocol)> make_socket = {};
    };
    explicit Sockets(Setup setup);
    ~Sockets();
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    // The calls, in the man page's words. SA* may be null where the man page allows it.
    int socket(int domain, int type, int protocol, Where where = Where::here());
    int setsockopt(int fd, int level, int option, const void* value, socklen_t length, Where where = Where::here());
    int getsockopt(int fd, int level, int option, void* value, socklen_t* length, Where where = Where::here());
    int bind(int fd, const SA* address, socklen_t length, Where where = Where::here());
    int listen(int fd, int backlog, Where where = Where::here());
    int accept(int fd, SA* address, socklen_t* length, Where where = Where::here());
    int connect(int fd, const SA* address, socklen_t length, Where where = Where::here());
    ssize_t send(int fd, const void* buffer, size_t length, int flags, Where where = Where::here());
    ssize_t recv(int fd, void* buffer, size_t length, int flags, Where where = Where::here());
    ssize_t sendto(int fd, const void* buffer, size_t length, int flags, const SA* to, socklen_t to_length, Where where = Where::here());
    ssize_t recvfrom(int fd, void* buffer, size_t length, int flags, SA* from, socklen_t* from_length, Where where = Where::here());
    ssize_t read(int fd, void* buffer, size_t count, Where where = Where::here());
    ssize_t write(int fd, const void* buffer, size_t count, Where where = Where::here());
    off_t lseek(int fd, off_t offset, int whence, Where where = Where::here());
    int shutdown(int fd, int how, Where where = Where::here());
    int close(int fd, Where where = Where::here());
    int getsockname(int fd, SA* address, socklen_t* length, Where where = Where::here());
    int getpeername(int fd, SA* address, socklen_t* length, Where where = Where::here());
    int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** result, Where where = Where::here());
    int getnameinfo(const SA* address, socklen_t length, char* host, socklen_t host_size, char* service, socklen_t service_size, int flags,
                    Where where = Where::here());
    /** Only in a process of its own: fork in the app would copy the app. Fails with ENOSYS inside it. */
    pid_t fork(Where where = Where::here());
    pid_t waitpid(pid_t pid, int* status, int options, Where where = Where::here());
    [[noreturn]] void _exit(int status, Where where = Where::here());
    int pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*), void* argument, Where where = Where::here());
    int pthread_join(pthread_t thread, void** result, Where where = Where::here());
    int pthread_detach(pthread_t thread, Where where = Where::here());

    /** fgets(3) on the program's input. */
    char* fgets(char* buffer, int size, Where where = Where::here());

    struct Format {  // a printf format that knows where it stands
        const char* text;
        Where where;
        Format(const char* format, Where here = Where::here()) : text(format), where(here) {}
    };
    /** printf(3) to the program's output. */
    template <class... Values>
    int printf(Format format, Values... values) {
        char text[printf_bytes];
        int length = format_text(text, sizeof text, format.text, values...);
        return print_text(text, length, format.where);
    }
    /** perror(3): "bind: Address already in use", to the program's output. Keeps errno. */
    void perror(const char* call, Where where = Where::here());

    /** No call of the system's: the program says what there is to know of a connection, such as why it ends. Keeps errno. */
    void note(int fd, const char* text, Where where = Where::here());

    /** Asks the program to end: its input ends, its sockets are shut down, so that accept and recv return. Async-signal-safe. */
    void stop();
    bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

    /** Waits until the threads that pthread_create started here have ended. False if some have not within the limit. */
    bool wait_for_threads(std::chrono::milliseconds limit);
    /** Notes the end of such a thread. */
    void thread_ended();

    const Setup& setup() const { return setup_; }

   private:
    static constexpr int printf_bytes = 1024;
    static int format_text(char* text, size_t size, const char* format, ...);
    int print_text(const char* text, int length, Where where);
    class OpenSockets;  // which descriptors are this program's, to be shut down by stop()

    Setup setup_;
    std::unique_ptr<OpenSockets> open_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> threads_{0};
    std::mutex threads_mutex_;
    std::condition_variable threads_changed_;
};

/** Makes the calling thread an actor of `os`'s program for as long as it lives: claims a ring, publishes actor_begin and actor_end. */
class ActorScope {
   public:
    ActorScope(Sockets& os, const char* name, ActorId parent = ActorId::none);
    ~ActorScope();
    ActorScope(const ActorScope&) = delete;
    ActorScope& operator=(const ActorScope&) = delete;
};

}  // namespace synoptic
