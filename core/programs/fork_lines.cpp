// fork_lines: one process calls fork twice. Each call returns in two processes, so that four run behind the second.
//
// A child begins with a copy of everything its parent has. What it changes afterwards is its own.
#include <unistd.h>

#include "core/programs/programs.h"

namespace synoptic {

int fork_lines(Sockets& os, const ClientArguments&) {
    pid_t first = getpid();
    int clients = 0;
    pid_t pid = os.fork();  // from here on two processes
    if (pid == 0) clients = 100;
    pid_t second_pid = os.fork();  // … and from here on four
    if (pid < 0 || second_pid < 0) os.perror("fork");
    os.printf("clients is %d in process %d\n", clients, getpid());

    wait_for_children(os);
    if (getpid() != first) os._exit(0);  // a child must not return to where its parent was called from
    return 0;
}

}  // namespace synoptic
