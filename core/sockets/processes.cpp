// The traced calls that make and end processes and threads, and ActorScope, which makes a thread an actor.
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "core/sockets/call.h"
#include "core/sockets/sockets.h"

namespace synoptic {

namespace {

/** Claims a ring for this thread and says who it is. `nth_fork` is 0 for a thread. False if there is no trace or no free ring. */
bool begin_actor(Trace* trace, ProgramId program, const char* name, ActorId parent, std::uint32_t nth_fork) {
    this_writer() = Writer();
    const pid_t pid = getpid();
    Ring* ring = trace ? trace->claim(program, pid, nth_fork == 0 ? gettid() : pid) : nullptr;
    if (!ring) return false;
    this_writer() = Writer(*trace, *ring);
    this_writer().happened(EventKind::actor_begin, Where{"", 0},
                           {.fd = static_cast<int>(nth_fork),
                            .a = ring->pid,
                            .b = ring->tid,
                            .value = static_cast<std::int64_t>(parent),
                            .payload = name,
                            .socket = static_cast<std::uint64_t>(program)});
    return true;
}

void end_actor(bool process_ends, int status) {
    Writer& writer = this_writer();
    if (!writer) return;
    writer.happened(EventKind::actor_end, Where{"", 0}, {.a = process_ends, .b = status});
    writer.end();
}

ActorId this_actor() { return this_writer() ? this_writer().trace().actor_of(this_writer().ring()) : ActorId::none; }

/** Signals wait while a process is neither the parent nor yet an actor of its own: a handler would write the parent's ring. */
class AllSignalsBlocked {
   public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

   private:
    sigset_t before_;
};

}  // namespace

ActorScope::ActorScope(Sockets& os, const char* name, ActorId parent) {
    begin_actor(os.setup().trace, os.setup().program, name, parent, 0);
}

ActorScope::~ActorScope() { end_actor(false, 0); }

pid_t Sockets::fork(Where where) {
    if (!setup_.own_process) {
        errno = ENOSYS;
        return -1;
    }
    const ActorId parent = this_actor();
    const std::uint32_t nth_fork = this_writer() ? ++this_writer().ring().forks : 0;  // told at enter: the World's key to what the child inherits
    Call call(EventKind::fork, where, {.a = nth_fork});
    pid_t pid;
    {
        const AllSignalsBlocked blocked;
        pid = ::fork();
        if (pid == 0) {
            if (begin_actor(setup_.trace, setup_.program, "child", parent, nth_fork) && call.traced()) this_writer().promise_exit();
        }
    }
    if (pid == 0 && !this_writer()) return 0;  // no ring: the child is not traced
    return call.exit(pid);
}

pid_t Sockets::waitpid(pid_t pid, int* status, int options, Where where) {
    int told = 0;
    Call call(EventKind::waitpid, where, {.a = pid, .b = options});
    const pid_t waited = ::waitpid(pid, &told, options);
    if (status && waited > 0) *status = told;
    return call.exit(waited, {.a = told});
}

void Sockets::_exit(int status, Where where) {
    if (this_writer()) this_writer().enter(EventKind::_exit, where, {.a = status});
    end_actor(true, status);
    ::_exit(status);
}

namespace {

struct ThreadStart {
    Sockets& os;
    ActorId parent;
    void* (*start)(void*);
    void* argument;
};

void* run_thread(void* given) {
    const std::unique_ptr<ThreadStart> start(static_cast<ThreadStart*>(given));
    Sockets& os = start->os;
    void* result;
    {
        const ActorScope actor(os, "worker", start->parent);
        result = start->start(start->argument);
    }
    os.thread_ended();
    return result;
}

}  // namespace

int Sockets::pthread_create(pthread_t* thread, const pthread_attr_t* attr, void* (*start)(void*), void* argument, Where where) {
    Call call(EventKind::pthread_create, where, {});
    auto given = std::make_unique<ThreadStart>(ThreadStart{*this, this_actor(), start, argument});
    threads_.fetch_add(1);
    // A thread that was not asked for a stack size gets a small one: a thousand clients are a thousand stacks.
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, program_stack_bytes);
    const int error = ::pthread_create(thread, attr ? attr : &small, run_thread, given.get());
    pthread_attr_destroy(&small);
    if (error == 0) static_cast<void>(given.release());  // the thread's own from now on
    else thread_ended();
    return call.exit_with(error, error, {.a = error == 0 ? static_cast<std::int64_t>(*thread) : 0});
}

int Sockets::pthread_join(pthread_t thread, void** result, Where where) {
    Call call(EventKind::pthread_join, where, {.a = static_cast<std::int64_t>(thread)});
    const int error = ::pthread_join(thread, result);
    return call.exit_with(error, error);
}

int Sockets::pthread_detach(pthread_t thread, Where where) {
    Call call(EventKind::pthread_detach, where, {.a = static_cast<std::int64_t>(thread)});
    const int error = ::pthread_detach(thread);
    return call.exit_with(error, error);
}

void Sockets::thread_ended() {
    // The last one tells under the lock: whoever waits may destroy this object as soon as it sees zero.
    const std::lock_guard lock(threads_mutex_);
    threads_.fetch_sub(1);
    threads_changed_.notify_all();
}

bool Sockets::wait_for_threads(std::chrono::milliseconds limit) {
    std::unique_lock lock(threads_mutex_);
    return threads_changed_.wait_for(lock, limit, [this] { return threads_.load() == 0; });
}

}  // namespace synoptic
