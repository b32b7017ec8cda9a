#include "tests/bench/plain_programs.h"

#include <unistd.h>

#include "core/programs/programs.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

class Lines : public synoptic::Input {
   public:
    explicit Lines(ReadLine read_line) : read_line_(std::move(read_line)) {}
    char* read_line(char* buffer, int size) override { return read_line_ ? read_line_(buffer, size) : nullptr; }
    void end() override {}

   private:
    ReadLine read_line_;
};

}  // namespace

struct PlainProgram::Inside {
    explicit Inside(ReadLine read_line) : lines(std::move(read_line)), os({.input = &lines}) {}
    Lines lines;
    synoptic::Sockets os;
};

PlainProgram::PlainProgram(ReadLine read_line) : inside_(std::make_unique<Inside>(std::move(read_line))) {}
PlainProgram::~PlainProgram() = default;

int PlainProgram::serve(const std::string& program, const std::string& address, const std::string& port, int backlog) {
    const synoptic::ServerArguments arguments{address.c_str(), port.c_str(), backlog};
    if (program == "echo_iterative") return synoptic::echo_iterative(inside_->os, arguments);
    if (program == "echo_fork") return synoptic::echo_fork(inside_->os, arguments);
    if (program == "echo_thread") return synoptic::echo_thread(inside_->os, arguments);
    return -1;
}

int PlainProgram::talk(const std::string& host, const std::string& port) {
    return synoptic::echo_client(inside_->os, {host.c_str(), port.c_str()});
}

void PlainProgram::stop() {
    inside_->os.stop();
}

PlainServer::PlainServer(const std::string& program) : port_(free_port()) {
    thread_ = std::thread([this, program] {
        pin_thread(measured_core);
        program_.serve(program, "127.0.0.1", port_, plain_backlog);
    });
    close(connect_when_ready(port_));
}

PlainServer::~PlainServer() {
    program_.stop();
    thread_.join();
}

}  // namespace bench
