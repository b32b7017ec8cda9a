// What the command line says, by CLI11: subcommands, options, and one line for wrong usage.
#include "core/cli/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "core/base/printable.h"
#include "core/base/result.h"
#include "core/base/text.h"
#include "core/cli/subcommands.h"
#include "core/lesson/catalog.h"
#include "core/programs/registry.h"

namespace synoptic {

namespace {

constexpr int wrong_usage = 2;

int refuse(const std::string& what) {
    complain("synoptic: " + what);
    return wrong_usage;
}

struct Arguments {
    WindowOptions window;
    std::string protocol;
    std::string workers;  // empty: not said
    std::string address = "127.0.0.1";
    std::string port, backlog;
    std::string database;
    std::string most_clients, line_bytes, idle_seconds;
    std::string variant;
    std::string host;
    std::string service;
    bool only_ipv4 = false, only_ipv6 = false, numeric = false;
    std::string record, recording, out;
    bool wrong = false, answers = false;
    std::vector<std::string> lessons;
    CheckOptions check;
};

/** A decimal number from `least` to `most`; nothing else will do. */
bool read_number(const std::string& text, int least, int most, int& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= least && number <= most;
}

constexpr const char* protocols[] = {"echo", "message", "kv"};

/** Nothing if this protocol can be had now, else what to say. */
std::string protocol_trouble(const std::string& subcommand, const std::string& protocol) {
    if (std::find(std::begin(protocols), std::end(protocols), protocol) != std::end(protocols)) return {};
    return fmt::format("{} {}: no such protocol; there are echo, message and kv", subcommand, in_quotes(protocol));
}

/** The variants that a worker model has, or a protocol's clients (Workers::none), for the message that says so. */
std::string variants_of(const std::string& protocol, Workers workers) {
    std::string list;
    for (const ProgramInfo& program : all_programs()) {
        if (program.protocol != protocol || program.workers != workers || !*program.variant) continue;
        list += (list.empty() ? "" : ", ") + std::string(program.variant);
    }
    return list.empty() ? "none" : list;
}

constexpr Workers worker_models[] = {Workers::fork, Workers::iterative, Workers::thread};  // the default first

/** The server that was asked for, or what to say. A variant needs no --workers: its name tells. */
Result<const ProgramInfo*> choose_server(const Arguments& given) {
    std::string variants;
    for (const Workers workers : worker_models) {
        if (!given.workers.empty() && given.workers != workers_name(workers)) continue;
        if (const ProgramInfo* program = find_server(given.protocol, workers, given.variant)) return program;
        variants += fmt::format("{}{}: {}", variants.empty() ? "" : "; ", workers_name(workers), variants_of(given.protocol, workers));
    }
    if (variants.empty()) return Error{"", 0, fmt::format("--workers {}: there are iterative, fork and thread", in_quotes(given.workers))};
    return Error{"", 0, fmt::format("--variant {}: there are {}", in_quotes(given.variant), variants)};
}

/** The limits that were given, over those that hold else. Nothing, or what to say. */
std::string read_limits(const Arguments& given, ServerLimits& limits) {
    int line_bytes = static_cast<int>(limits.line_bytes);
    const struct {
        const char* option;
        const std::string& text;
        int least, most;
        int& number;
    } all[] = {{"--max-clients", given.most_clients, 1, 4000, limits.clients},
               {"--max-line", given.line_bytes, 16, line_bytes, line_bytes},
               {"--idle", given.idle_seconds, 1, 86400, limits.idle_seconds}};
    for (const auto& limit : all) {
        if (limit.text.empty()) continue;
        if (given.protocol != "kv") return fmt::format("{}: only a kv server has this limit", limit.option);
        if (read_number(limit.text, limit.least, limit.most, limit.number)) continue;
        return fmt::format("{} {}: this limit is a number from {} to {}", limit.option, in_quotes(limit.text), limit.least, limit.most);
    }
    limits.line_bytes = static_cast<std::size_t>(line_bytes);
    return {};
}

/** For a server in a process of its own, whose folder is none of the user's business. */
std::string absolute_path(const std::string& path) {
    std::error_code ignored;
    const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
    return ignored ? path : absolute.string();
}

int run_serve(const Arguments& given) {
    if (const std::string trouble = protocol_trouble("serve", given.protocol); !trouble.empty()) return refuse(trouble);
    const bool is_kv = given.protocol == "kv";
    if (!given.database.empty() && !is_kv) return refuse("--db: only a kv server has a database");
    const Result<const ProgramInfo*> program = choose_server(given);
    if (!program) return refuse(program.error().detail);
    int port = (*program)->default_port, backlog = (*program)->default_backlog;
    if (!given.port.empty() && !read_number(given.port, 0, 65535, port)) {
        return refuse(fmt::format("--port {}: a port is a number from 0 to 65535", in_quotes(given.port)));
    }
    if (!given.backlog.empty() && !read_number(given.backlog, 0, std::numeric_limits<int>::max(), backlog)) {
        return refuse(fmt::format("--backlog {}: a backlog is a number from 0 to 2147483647", in_quotes(given.backlog)));
    }
    ServerLimits limits;
    if (const std::string trouble = read_limits(given, limits); !trouble.empty()) return refuse(trouble);
    return serve({.program = *program,
                  .address = given.address,
                  .port = std::to_string(port),
                  .backlog = backlog,
                  .database = is_kv ? absolute_path(given.database.empty() ? "database.txt" : given.database) : "",
                  .limits = limits,
                  .record = given.record});
}

/** Pictures are drawn by the window's own code, where there is one. */
int run_export(const Arguments& given, int (*open_window)(const WindowOptions&)) {
    const bool picture = open_window && ending_of(given.out) == ".png";
    if (!given.window.panel.empty() && !picture) return refuse("--panel: only a picture (.png) is of a panel");
    if (!given.window.at.empty() && !picture) return refuse("--at: only a picture (.png) is of a moment");
    if (picture) {
        WindowOptions window = given.window;
        window.recording = given.recording;
        window.picture = given.out;
        return open_window(window);
    }
    const std::optional<ExportForm> form = export_form(given.out);
    if (form) return export_recording(given.recording, *form, given.out);
    return refuse(fmt::format("export {}: the ending of this name is none of those there are: .txt, .json, .pcapng{}", in_quotes(given.out),
                              open_window ? " and .png" : ""));
}

int run_play(const Arguments& given) {
    if (is_lesson(given.recording)) return play_lesson(given.recording, given.wrong);
    if (given.wrong) return refuse(fmt::format("--wrong: {} is no lesson", in_quotes(given.recording)));
    return play(given.recording);
}

int run_lessons(const Arguments& given) {
    if (given.answers) return print_answers(given.lessons);
    if (given.lessons.empty()) return list_lessons();
    const std::vector<std::string> files(given.lessons.begin() + 1, given.lessons.end());
    if (given.lessons[0] != "check")
        return refuse(
            fmt::format("lessons {}: there are “lessons”, “lessons check LESSON…” and “lessons --answers”", in_quotes(given.lessons[0])));
    if (files.empty()) return refuse("lessons check: name a lesson's file");
    return check_lessons(files);
}

int run_client(const Arguments& given) {
    if (const std::string trouble = protocol_trouble("client", given.protocol); !trouble.empty()) return refuse(trouble);
    int port = 0;
    if (!read_number(given.port, 1, 65535, port)) {
        return refuse(fmt::format("client: {} is no port: that is a number from 1 to 65535", in_quotes(given.port)));
    }
    if (given.host.empty()) return refuse("client: the host has no name");
    const ProgramInfo* program = find_client(given.protocol, given.variant);
    if (!program) {
        return refuse(fmt::format("--variant {}: there are {}", in_quotes(given.variant), variants_of(given.protocol, Workers::none)));
    }
    return talk(*program, given.host, std::to_string(port));
}

int run_hostinfo(const Arguments& given) {
    if (given.only_ipv4 && given.only_ipv6) return refuse("hostinfo: -4 and -6 exclude each other");
    if (given.host.empty()) return refuse("hostinfo: the host has no name");
    const int family = given.only_ipv4 ? AF_INET : given.only_ipv6 ? AF_INET6 : AF_UNSPEC;
    return print_hostinfo({given.host.c_str(), given.service.c_str(), family, given.numeric});
}

/** All variants of servers by name, those of each protocol together, for the help: "echo: no-exit, no-wait; kv: memory". */
std::string server_variants() {
    std::string all;
    for (const char* protocol : protocols) {
        std::set<std::string> names;
        for (const ProgramInfo& program : all_programs()) {
            if (program.role == Role::server && *program.variant && std::string_view(program.protocol) == protocol)
                names.insert(program.variant);
        }
        if (!names.empty()) all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", protocol, fmt::join(names, ", "));
    }
    return all;
}

void describe(CLI::App& app, Arguments& given) {
    app.set_version_flag("--version", "synoptic " SYNOPTIC_VERSION, "print the version");
    app.add_option("--dump", given.window.dump_file)->group("");
    app.add_option("--size", given.window.size)->group("");
    app.add_option("recording", given.window.recording, "a lesson (its file, number or name) or a recording to open in the window");

    CLI::App* serve = app.add_subcommand("serve", "run a server without a window; print a line for each call");
    serve->add_option("protocol", given.protocol, "echo, message or kv")->required();
    serve->add_option("--workers", given.workers, "iterative, fork (unless said otherwise) or thread");
    serve->add_option("--address", given.address, "where to listen, 127.0.0.1 unless said otherwise; \"\" is all interfaces");
    serve->add_option("--port", given.port, "6666 (echo), 9999 (message) or 7777 (kv) unless said otherwise; 0 lets the kernel choose");
    serve->add_option("--backlog", given.backlog, "how many clients may wait to be accepted");
    serve->add_option("--db", given.database, "the database's file (kv), database.txt unless said otherwise");
    serve->add_option("--max-clients", given.most_clients, "kv: clients at a time, 1000 unless said otherwise");
    serve->add_option("--max-line", given.line_bytes, "kv: bytes of a request, 65561 unless said otherwise");
    serve->add_option("--idle", given.idle_seconds, "kv: seconds that a client may let pass without a request, 600 unless said otherwise");
    serve->add_option("--variant", given.variant, "a defective variant; " + server_variants());
    serve->add_option("--record", given.record, "the file that the session is saved to at its end, by convention NAME.synoptic");

    CLI::App* client = app.add_subcommand("client", "run a client on the terminal");
    client->add_option("protocol", given.protocol, "echo, message or kv")->required();
    client->add_option("host", given.host)->required();
    client->add_option("port", given.port)->required();
    client->add_option("--variant", given.variant, "a client that does it in another way, by name");

    CLI::App* hostinfo = app.add_subcommand("hostinfo", "print the addresses of a name, and the names of those");
    hostinfo->add_option("name", given.host)->required();
    hostinfo->add_option("service", given.service);
    hostinfo->add_flag("-4", given.only_ipv4, "IPv4 only");
    hostinfo->add_flag("-6", given.only_ipv6, "IPv6 only");
    hostinfo->add_flag("--numeric", given.numeric, "numbers only: an address a line");

    CLI::App* play = app.add_subcommand("play", "play a lesson without a window, or print the transcript of a recording");
    play->add_option("lesson", given.recording, "a lesson (a file, its number or its name), or a recording")->required();
    play->add_flag("--wrong", given.wrong, "answer all questions of the lesson wrongly");

    CLI::App* lessons = app.add_subcommand("lessons", "list the lessons, check lesson files, or print the answers");
    lessons->add_flag("--answers", given.answers, "print the answer sheet of these lessons, or of all");
    lessons->add_option("words", given.lessons, "check LESSON…, or lessons with --answers");

    CLI::App* exported = app.add_subcommand("export", "turn a recording into something that other programs read");
    exported->add_option("recording", given.recording)->required();
    exported
        ->add_option("file", given.out,
                     "NAME.txt (transcript), NAME.json (Perfetto, chrome://tracing), NAME.pcapng (Wireshark) or NAME.png")
        ->required();
    exported->add_option("--panel", given.window.panel,
                         "the panel that a picture shows: stage, calls, ladder, states, bytes, timeline, code, inspector or database");
    exported->add_option("--at", given.window.at,
                         "the event whose moment a picture shows, by its number; the last one unless said otherwise");
    exported->add_option("--size", given.window.size, "a picture's width and height, 1600x900 unless said otherwise");

    CLI::App* check = app.add_subcommand("check", "say what works on this machine, and how to get what does not");
    check->add_option("--tun", given.check.tun_path)->group("");
    check->add_option("--helper", given.check.helper_path)->group("");
    app.require_subcommand(0, 1);
}

/** A program that is started without stdin, stdout or stderr would get its sockets as numbers 0 to 2, and print into them. */
void fill_standard_descriptors() {
    for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = open("/dev/null", O_RDWR)) {
        if (fd <= STDERR_FILENO) continue;
        close(fd);
        return;
    }
}

/** What to say of a word that is no subcommand: the nearest ones, then all. */
std::string no_subcommand(const CLI::App& app, const std::string& word) {
    std::vector<std::string> near, all;
    for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
        const std::string& name = each->get_name();
        all.push_back(name);
        const bool begins = !word.empty() && name.starts_with(word);
        if (begins || letters_apart(word, name) <= name.size() * 2 / 5) near.push_back(name);
    }
    const std::string meant = near.empty() ? "" : fmt::format(" did you mean {}?", fmt::join(near, " or "));
    return fmt::format("{} is no subcommand:{} there are {}; without one the window opens; nor is it a recording: there is no such file",
                       in_quotes(word), meant, fmt::join(all, ", "));
}

bool is_there(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

/** A lesson's file, its number, or a part of its name: without a hyphen that could be a subcommand's, misspelt. */
bool means_lesson(const std::string& word) {
    if (word.ends_with(".md")) return true;
    const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    return !is_there(word) && (number || (word.find('-') != std::string::npos && word.find('/') == std::string::npos));
}

/** CLI11's message without its line breaks: wrong usage is one line. */
std::string one_line(std::string text) {
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

}  // namespace

void complain(const std::string& text) {
    std::fputs(printable(text + "\n").c_str(), stderr);
}

int fail(const std::string& why) {
    complain("synoptic: " + why);
    return 1;
}

int run_command_line(int argc, char** argv, int (*open_window)(const WindowOptions&)) {
    fill_standard_descriptors();
    CLI::App app("Synoptic shows sockets at work: a real server, real clients, every call.", "synoptic");
    Arguments given;
    describe(app, given);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& told) {  // help or the version
        return app.exit(told);
    } catch (const CLI::ParseError& error) {
        const std::string& word = given.window.recording;
        if (app.get_subcommands().empty() && !word.empty() && !is_there(word)) return refuse(no_subcommand(app, word));
        return refuse(one_line(error.what()));
    }
    if (app.got_subcommand("serve")) return run_serve(given);
    if (app.got_subcommand("client")) return run_client(given);
    if (app.got_subcommand("hostinfo")) return run_hostinfo(given);
    if (app.got_subcommand("check")) return check(given.check);
    if (app.got_subcommand("play")) return run_play(given);
    if (app.got_subcommand("lessons")) return run_lessons(given);
    if (app.got_subcommand("export")) return run_export(given, open_window);
    std::string& word = given.window.recording;
    if (means_lesson(word)) {
        const Result<std::string> path = find_lesson(word, lessons_folder());
        if (!path) return refuse(path.error().text());
        given.window.lesson = *path;
        word.clear();
    }
    if (!word.empty() && !is_there(word)) return refuse(no_subcommand(app, word));
    if (!open_window) return refuse("this program has no window: use serve, client, play, lessons, export, hostinfo or check");
    return open_window(given.window);
}

}  // namespace synoptic
