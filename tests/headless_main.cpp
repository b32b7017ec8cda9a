// The command line without the window: what the command line's tests start where no window is built, as under sanitizers.
#include "core/cli/cli.h"

int main(int argc, char** argv) { return synoptic::run_command_line(argc, argv, nullptr); }
