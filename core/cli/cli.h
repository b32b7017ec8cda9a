// The command line: one program, with a window or without. Its form is fixed (docs/transcript.md has the lines that it prints).
#pragma once

#include <string>

namespace synoptic {

struct WindowOptions {
    std::string dump_file;  // for tests: what is on screen, as JSON, after each frame; empty: none
    std::string size;       // "1600x900"; empty: as it was left
    std::string lesson;     // the file of a lesson to open; empty: none
    std::string recording;  // what to show in place of a session; empty: none
    std::string picture;    // of the recording: a .png to write, without a window on screen; empty: none
    std::string at;         // what the picture shows: the moment after so many events; empty: the recording's end
    std::string panel;      // that fills the picture, by name; empty: all of them
};

/** Runs what `argv` asks for and returns the exit status: 2 for wrong usage. `open_window` is null in a program without a window. */
int run_command_line(int argc, char** argv, int (*open_window)(const WindowOptions&));

}  // namespace synoptic
