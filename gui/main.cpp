// One program: the window, its helper (--helper), and the command line.
#include "core/cli/cli.h"
#include "core/session/session.h"
#include "gui/app.h"

int main(int argc, char** argv) {
    const int helper_status = synoptic::run_as_helper(argc, argv);
    if (helper_status >= 0) return helper_status;
    return synoptic::run_command_line(argc, argv, synoptic::open_window);
}
