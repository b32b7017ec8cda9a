// Starts the built program with arguments, as a shell would, and talks to it through its standard streams.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace synoptic {

inline constexpr int cli_patience_ms = 30'000;  // until a test gives up waiting for what should happen soon

struct CommandSetup {
    bool stdin_open = true;              // else the program has no descriptor 0
    bool stdout_open = true;             // else it has no descriptor 1
    std::function<void()> in_process{};  // run in the process before the program
};

struct Outcome {
    int status = -1;  // exit status, or 1000 + the signal that killed it
    std::string out;  // what was not read before
    std::string err;
};

class CommandUnderTest {
   public:
    explicit CommandUnderTest(const std::vector<std::string>& arguments, const CommandSetup& setup = {});
    ~CommandUnderTest();  // nothing of it is left
    CommandUnderTest(const CommandUnderTest&) = delete;
    CommandUnderTest& operator=(const CommandUnderTest&) = delete;

    pid_t pid() const { return pid_; }
    /** The next line on stdout, without its newline; "" if there is none within the limit. */
    std::string line(int limit_ms = cli_patience_ms);
    /** Reads lines until one holds `text`; that one, or "". */
    std::string line_with(std::string_view text);
    void type(std::string_view text);
    void close_stdin();
    void close_stdout();
    void send_signal(int signal);
    /** Waits for its end. */
    Outcome finish();
    /** True if no process was left to us, its subreaper. To be asked after finish(). */
    bool left_nothing_behind() const;

   private:
    bool read_some(int limit_ms);
    pid_t pid_ = -1;
    int stdin_ = -1, stdout_ = -1, stderr_ = -1;
    std::string unread_;
    bool finished_ = false;
};

/** Runs it to its end with an empty stdin. */
Outcome run(const std::vector<std::string>& arguments);

/** "serve echo --port 0 …", up and listening; its port. */
class ServeUnderTest : public CommandUnderTest {
   public:
    explicit ServeUnderTest(std::vector<std::string> more = {}, const CommandSetup& setup = {});
    const std::string& first_line() const { return first_line_; }
    std::string port() const { return first_line_.substr(first_line_.rfind(':') + 1); }

   private:
    std::string first_line_;
};

/** Connects to 127.0.0.1, or ::1 if `host` has colons, sends and receives as much; what came back. */
std::string exchange(const std::string& host, const std::string& port, std::string_view bytes);

}  // namespace synoptic
