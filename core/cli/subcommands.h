// The subcommands. Each returns the program's exit status. Private to core/cli.
#pragma once

#include <string>
#include <vector>

#include "core/programs/registry.h"
#include "core/session/export.h"

namespace synoptic {

struct ServeOptions {
    const ProgramInfo* program = nullptr;
    std::string address;  // "" is all interfaces
    std::string port;     // "0" lets the kernel choose
    int backlog = 0;
    std::string database = {};  // of a kv server
    ServerLimits limits = {};   // likewise
    std::string record = {};    // where the session is saved at its end; empty: nowhere
};

/**
 * Serves until SIGINT, SIGTERM or SIGHUP; prints where it listens, then a line for each call (docs/transcript.md). 0 if it was ended so, 1 if it
 * could not start, ended by itself, or its recording could not be saved; stderr says why. Serves on if nobody reads stdout any more.
 */
int serve(const ServeOptions& options);

/** Runs the client on stdin and stdout; its calls go to stderr. 1 if it could not connect, or the connection broke. */
int talk(const ProgramInfo& program, const std::string& host, const std::string& port);

/** Prints a name's addresses and, unless they are to be numeric, what the older calls make of it. 1 if there are none; stderr says why. */
int print_hostinfo(const HostinfoArguments& arguments);

/** Prints a line on stderr. It is often somebody else's words, a file's name or what stands in it: nothing of them acts on the terminal. */
void complain(const std::string& text);
/** Says so why a subcommand can't go on. Returns its exit status, 1. */
int fail(const std::string& why);

/** Prints the transcript of a recording (docs/transcript.md). 1 if the file is none; stderr says why, and if it was cut off. */
int play(const std::string& path);

/** True if `play` means a lesson by this word: a file that ends in .md, or no file and the name of a lesson. */
bool is_lesson(const std::string& name);
/** Plays a lesson and prints how it goes. 0 if all it expects held, 1 if not, 77 if this machine lacks what it needs; stderr says why. `wrong`: every
    question is answered wrongly. */
int play_lesson(const std::string& name, bool wrong);
/** Prints what lessons there are. */
int list_lessons();
/** Prints the mistakes of lesson files. 1 if there are some. */
int check_lessons(const std::vector<std::string>& files);
/** Prints the answer sheet of these lessons, or of all. 1 if one can't be read. */
int print_answers(const std::vector<std::string>& names);

/** Writes a recording to `out` in another form. 1 if the file is none or can't be written; stderr says why, and if it was cut off. */
int export_recording(const std::string& path, ExportForm form, const std::string& out);

struct CheckOptions {
    std::string tun_path = "/dev/net/tun";
    std::string helper_path;  // empty: beside the program that runs
};

/**
 * Prints what works on this machine (docs/command-line.md has the form), each thing tried for real, and how to get what does not. 0 if the app has
 * what it can't do without, the helper and loopback; else 1.
 */
int check(const CheckOptions& options);

}  // namespace synoptic
