// Where benchmarks run: on which core, and in which process.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include <string>
#include <vector>

namespace bench {

// What is measured runs on the first core; what the session does meanwhile (its threads, the helper) on the second, as the scheduler would have it.
inline constexpr int measured_core = 0;
inline constexpr int other_core = 1;

/** True if there are two cores to be kept apart. */
bool has_two_cores();
/** Keeps a thread (0: the calling one), and those that it starts later, on one core. False if that is refused. */
bool pin_thread(int core, pid_t tid = 0);
/** Lets a thread (0: the calling one) run anywhere again. */
void unpin_thread(pid_t tid = 0);

/** Another program, killed when this object ends. */
class Child {
   public:
    /** Starts argv[0], found in PATH, with `environment` ("NAME=value") added to this process's own, on one core (below 0: any). Its output is thrown away. */
    Child(const std::vector<std::string>& argv, const std::vector<std::string>& environment, int core = -1, int inherited_fd = -1,
          int input = -1);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }  // -1: it did not start
    /** Waits for its end; its exit status, 128 and more for a signal. */
    int wait();

   private:
    pid_t pid_ = -1;
};

/** The full path of this program. */
std::string own_path();

/** A port of 127.0.0.1 that nobody listens on now. */
std::string free_port();

/** A TCP connection to 127.0.0.1, or -1 with errno. */
int connect_to(const std::string& port);
/** The same, tried again for as long as nobody listens there yet, two seconds at most. */
int connect_when_ready(const std::string& port);

/** CPU time that a process and its living descendants have used, in ns (clock_getcpuclockid(3)). */
std::uint64_t cpu_time_ns(pid_t pid);

}  // namespace bench
