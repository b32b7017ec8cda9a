// The command line without the window: what the command line's tests start where no window is built, as under sanitizers.
#include "core/cli/cli.h"
#include "core/session/session.h"

int main(int argc, char** argv) {
    const int helper_status = synoptic::run_as_helper(argc, argv);
    if (helper_status >= 0) return helper_status;
    return synoptic::run_command_line(argc, argv, nullptr);
}
