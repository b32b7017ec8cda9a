// client: a client on the terminal. What it prints goes to stdout, its calls to stderr. hostinfo: names and addresses.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/cli/news.h"
#include "core/cli/prompt.h"
#include "core/cli/subcommands.h"
#include "core/session/session.h"
#include "core/session/transcript.h"

namespace synoptic {

namespace {

/** stdin as the client's input and stdout as its output. If nobody reads the output any more, the input is at its end, too. What is printed before
    the first line is asked for waits until then: why no connection came about is said once, on stderr. */
class Terminal : public Input {
   public:
    explicit Terminal(bool prompts) : prompts_(prompts) {}
    char* read_line(char* buffer, int size) override {
        begin();
        if (reader_gone_) return nullptr;
        return prompts_ ? read_prompted_part(buffer, size) : std::fgets(buffer, size, stdin);
    }
    /** Not called: here a client ends with its input or its connection, and a signal ends the whole program. */
    void end() override {}

    /** The client's printf: waits until the calls before it were shown, else answers would stand above the questions. */
    void print(std::string_view text) {
        std::unique_lock lock(mutex_);
        const std::uint64_t mine = ++printed_;
        // An event may be lost (its ring was full): then nobody gives the word for this one.
        if (!released_.wait_for(lock, std::chrono::seconds(1), [&] { return shown_before_ + lost_ >= mine; })) lost_ = mine - shown_before_;
        if (begun_)
            write(text);
        else
            held_ += text;
    }
    /** What still waits. */
    void flush() {
        const std::lock_guard lock(mutex_);
        write(std::exchange(held_, {}));
    }
    /** So many calls of printf have begun in all, and what came before them was shown. */
    void release(std::uint64_t prints) {
        const std::lock_guard lock(mutex_);
        shown_before_ = std::max(shown_before_, prints);
        released_.notify_all();
    }
    bool reader_gone() const { return reader_gone_; }

   private:
    /** The first line is asked for: from now on all is printed as it comes. */
    void begin() {
        const std::lock_guard lock(mutex_);
        if (std::exchange(begun_, true)) return;
        if (prompts_) write("put KEY VALUE, get KEY, del KEY; help says more, Bye ends\n");
        write(std::exchange(held_, {}));
    }
    void write(std::string_view text) {
        const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
        if (!written) reader_gone_ = true;
    }
    /** As fgets gives a long line: in parts. */
    char* read_prompted_part(char* buffer, int size) {
        if (typed_.empty() && !read_prompted(typed_)) return nullptr;
        const std::size_t length = std::min(typed_.size(), static_cast<std::size_t>(size) - 1);
        std::memcpy(buffer, typed_.data(), length);
        buffer[length] = 0;
        typed_.erase(0, length);
        return buffer;
    }

    std::atomic<bool> reader_gone_{false};
    std::mutex mutex_;
    std::condition_variable released_;
    std::uint64_t printed_ = 0, shown_before_ = 0, lost_ = 0;
    const bool prompts_;
    bool begun_ = false;
    std::string held_;   // printed before it began
    std::string typed_;  // not read yet
};

/** Prints the calls until the client has ended; returns its exit status. */
int follow(const Session& session, News& news, Terminal& terminal, bool print_calls) {
    Transcript transcript(session.history());
    World world;
    EventIndex looked_at = 0;
    std::uint64_t prints = 0;
    for (;;) {
        pollfd waiting{news.fd(), POLLIN, 0};
        poll(&waiting, 1, -1);
        news.heard();
        const EventIndex end = session.history().size();
        session.history().advance(world, end);
        if (print_calls) transcript.print(end, [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); });
        for (; looked_at < end; ++looked_at) {
            const Event event = session.history().event(looked_at);
            prints += event.kind == EventKind::printf && event.phase == Phase::enter;
        }
        terminal.release(prints);
        if (!world.commands.empty() && world.commands.front().failed) return fail(world.commands.front().outcome);
        if (world.programs.empty()) continue;
        const Program& client = world.programs.begin()->second;
        if (client.state != Program::State::ended) continue;
        if (!client.trouble.empty()) return fail(client.trouble);  // held words say the same
        terminal.flush();
        return client.exit_status;
    }
}

}  // namespace

int talk(const ProgramInfo& program, const std::string& host, const std::string& port) {
    // At a prompt calls would come between what is typed: there they are only printed if stderr leads elsewhere.
    const bool prompts = std::string_view(program.protocol) == "kv" && is_interactive();
    Terminal terminal(prompts);
    News news;
    SessionSetup setup;
    setup.on_append = [&news] { news.told(); };
    setup.output = [&terminal](std::string_view text) { terminal.print(text); };
    setup.client_input = &terminal;
    setup.with_helper = false;
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    if (!session) return fail(session.error().text());
    (*session)->submit(AddClients{.program = program.name, .host = host, .port = port});
    const int status = follow(**session, news, terminal, !prompts || isatty(STDERR_FILENO) == 0);
    return terminal.reader_gone() ? 1 : status;
}

int print_hostinfo(const HostinfoArguments& arguments) {
    std::string printed;
    Sockets os({.trace = nullptr,
                .program = {},
                .input = nullptr,
                .output = [&printed](std::string_view text) { printed += text; },
                .own_process = false});
    if (hostinfo(os, arguments) != 0) {
        printed.pop_back();  // its newline
        return fail(escaped(printed));
    }
    if (!arguments.numeric) {  // --numeric is for programs that read the list: one address a line, and nothing else
        printed += "\nby the older calls:\n";
        hostinfo_older(os, arguments);
    }
    const bool written = std::fwrite(printed.data(), 1, printed.size(), stdout) == printed.size() && std::fflush(stdout) == 0;
    return written ? 0 : 1;
}

}  // namespace synoptic
