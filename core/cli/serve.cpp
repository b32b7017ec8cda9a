// serve: a server on this host's own network, and what it does, line by line.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/replacement_file.h"
#include "core/base/text.h"
#include "core/cli/news.h"
#include "core/cli/subcommands.h"
#include "core/session/capture.h"
#include "core/session/recording.h"
#include "core/session/session.h"
#include "core/session/transcript.h"

namespace synoptic {

namespace {

/** SIGINT, SIGTERM and SIGHUP as a descriptor. To be made before any thread begins, so that all of them leave these signals to it. */
int signals_that_end() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, signal);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

class Server {
   public:
    explicit Server(const ServeOptions& options) : options_(options), signals_(signals_that_end()) {}
    ~Server() {
        session_.reset();
        if (signals_ >= 0) close(signals_);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int run() {
        if (!options_.record.empty()) {
            // A place where nothing can be written is better known before the session than after it.
            if (const Result<ReplacementFile> tried = ReplacementFile::begin(options_.record); !tried) return fail(tried.error().text());
        }
        SessionSetup setup;
        setup.on_append = [this] { news_.told(); };
        Result<std::unique_ptr<Session>> started = Session::start(std::move(setup));
        if (!started) return fail(started.error().text());
        session_ = std::move(*started);
        session_->submit(StartServer{.program = options_.program->name,
                                     .place = Place::in_app,
                                     .address = options_.address,
                                     .port = options_.port,
                                     .backlog = options_.backlog,
                                     .database = options_.database,
                                     .limits = options_.limits});
        const int status = follow();
        return save() ? status : 1;
    }

   private:
    int follow() {
        Transcript transcript(session_->history());
        World world;
        for (;;) {
            pollfd waiting[2] = {{signals_, POLLIN, 0}, {news_.fd(), POLLIN, 0}};
            poll(waiting, 2, -1);
            if (waiting[0].revents) stop(world);
            news_.heard();
            const EventIndex end = session_->history().size();
            session_->history().advance(world, end);
            const Program* program = world.programs.empty() ? nullptr : &world.programs.begin()->second;
            if (program && !listening_) tell_where(world, *program);
            if (listening_) {
                transcript.print(end, [this](const std::string& line) { put(line); });
            }
            if (program && program->state == Program::State::ended) return status_of(*program);
            if (!world.commands.empty() && world.commands.front().failed) return fail(world.commands.front().outcome);
        }
    }

    /** Writes the recording that was asked for; false if that failed, which stderr says. */
    bool save() const {
        if (options_.record.empty()) return true;
        const History& history = session_->history();
        RecordingNotes notes;
        notes.realtime_offset_ns = realtime_offset_ns();
        notes.sources = sources_of(history);
        const Status saved = save_recording(options_.record, history, notes);
        if (!saved) fail(saved.error().text());
        return static_cast<bool>(saved);
    }

    void put(const std::string& line) {
        if (reader_gone_) return;
        const bool written = std::fputs((line + "\n").c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
        if (written) return;
        // Whoever only wanted to know the port has closed the pipe. That is no reason to end for a server: SIGTERM is.
        reader_gone_ = true;
        complain(std::string("synoptic: the transcript ends here, the server goes on: ") + std::strerror(errno));
    }

    /** The first line of all: others wait for it to know the port. */
    void tell_where(const World& world, const Program& program) {
        const Socket* listener = find(world, program.listener);
        if (!listener || listener->state != Socket::State::listening) return;
        listening_ = true;
        put("listening on " + listener->local.text());
    }

    void stop(const World& world) {
        signalfd_siginfo info;
        while (read(signals_, &info, sizeof info) > 0) {}
        // The first program of a session is number 1, also if the World has not heard of it yet.
        session_->submit(StopServer{world.programs.empty() ? ProgramId{1} : world.programs.begin()->first});
    }

    int status_of(const Program& program) const {
        if (program.stopped_by_user) return 0;
        if (!program.trouble.empty()) return fail(program.trouble);
        if (program.exit_status != 0 && !program.output.empty()) return fail(escaped(program.output.back()));
        if (program.exit_status != 0) return fail("the server ended with status " + std::to_string(program.exit_status));
        return 0;
    }

    const ServeOptions& options_;
    int signals_;
    News news_;
    std::unique_ptr<Session> session_;
    bool listening_ = false;
    bool reader_gone_ = false;
};

}  // namespace

int serve(const ServeOptions& options) {
    return Server(options).run();
}

}  // namespace synoptic
