// One program: the window and the command line.
#include "core/cli/cli.h"
#include "gui/app.h"

int main(int argc, char** argv) { return synoptic::run_command_line(argc, argv, synoptic::open_window); }
