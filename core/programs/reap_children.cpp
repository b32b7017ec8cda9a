// reap_children: a child that has ended stays in the process table, a zombie, until its parent has read its exit status
// (waitpid(2)).
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>

#include "core/programs/programs.h"

namespace synoptic {

static Sockets* os_of_handler;        // a signal handler is told nothing but the signal's number
static volatile sig_atomic_t reaped;  // how many the handler has waited for

static void on_child_end(int) {
    int saved_errno = errno;  // we interrupt some call, whose caller has yet to look at errno
    int status;
    while (os_of_handler->waitpid(-1, &status, WNOHANG) > 0) {  // two children that end together make one SIGCHLD
        reaped = reaped + 1;
    }
    errno = saved_errno;
}

void reap_children(Sockets& os) {
    os_of_handler = &os;
    struct sigaction action = {};
    action.sa_handler = on_child_end;      // sa_flags is 0, without SA_RESTART: accept returns with EINTR,
    sigaction(SIGCHLD, &action, nullptr);  // so that it can be seen that a child has ended
}

int reaped_children() {
    return reaped;
}

void wait_for_children(Sockets& os) {
    int status;
    pid_t pid;
    do {
        pid = os.waitpid(-1, &status, 0);
    } while (pid > 0 || errno == EINTR);  // until ECHILD: there is none left
}

}  // namespace synoptic
