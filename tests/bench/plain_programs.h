// The taught programs on plain system calls. Their sources are compiled a second time with tests/bench/plain/core/sockets/sockets.h in place of
// the traced calls, and with the namespace `synoptic` renamed to `synoptic_plain`, so that both can live in one executable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace bench {

/** Where a plain client's fgets takes its lines from: as synoptic::Input's read_line. */
using ReadLine = std::function<char*(char* buffer, int size)>;

/** One started plain program, on the thread that calls serve or talk. */
class PlainProgram {
   public:
    explicit PlainProgram(ReadLine read_line = {});
    ~PlainProgram();
    PlainProgram(const PlainProgram&) = delete;
    PlainProgram& operator=(const PlainProgram&) = delete;

    /** Runs "echo_iterative", "echo_fork" or "echo_thread" until stop(); its exit status, -1 if there is no such program. */
    int serve(const std::string& program, const std::string& address, const std::string& port, int backlog);
    /** Runs the echo client until its lines are at their end. */
    int talk(const std::string& host, const std::string& port);
    /** Any thread. The server's accept returns, and the server with it. */
    void stop();

   private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

/** A plain server on a thread of this process, on measured_core, until this object ends. */
class PlainServer {
   public:
    explicit PlainServer(const std::string& program);
    ~PlainServer();
    PlainServer(const PlainServer&) = delete;
    PlainServer& operator=(const PlainServer&) = delete;

    const std::string& port() const { return port_; }

   private:
    std::string port_;
    PlainProgram program_;
    std::thread thread_;
};

/** `PROGRAM --plain-server NAME PORT` serves on 127.0.0.1 until it is killed: a plain server in a process of its own. */
inline constexpr const char* plain_server_argument = "--plain-server";
inline constexpr int plain_backlog = 128;

}  // namespace bench
