// The benchmarks: `synoptic_bench` measures and prints the table; tests/bench/run builds it and calls it. With other arguments it is one of the
// processes that it measures.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/bench/figures.h"
#include "tests/bench/plain_programs.h"

namespace {

/** Serves in a forked child, as the helper's programs do: a fork from a process that was itself forked costs something else. */
int serve_plainly(const char* program, const char* port) {
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(bench::PlainProgram().serve(program, "127.0.0.1", port, bench::plain_backlog));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::strcmp(argv[1], bench::plain_server_argument) == 0) {
        return serve_plainly(argv[2], argv[3]);
    }
    return bench::run_and_print(argc, argv);
}
