#include "tests/bench/traced_app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

#include "core/base/address.h"
#include "tests/bench/place.h"

namespace bench {

using namespace synoptic;

TracedApp::TracedApp(Input* client_input) {
    SessionSetup setup;
    setup.client_input = client_input;
    pin_thread(other_core);  // the session's threads and the helper inherit it
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    unpin_thread();
    if (session)
        session_ = std::move(*session);
    else
        trouble_ = session.error().text();
}

TracedApp::Started TracedApp::start_server(const std::string& program, Place place, const std::string& database) {
    const EventIndex from = session_->history().size();
    session_->submit(StartServer{.program = program, .place = place, .address = "127.0.0.1", .port = "0", .database = database});
    return wait_for_start(from, true);
}

TracedApp::Started TracedApp::start_client(const std::string& port) {
    const EventIndex from = session_->history().size();
    session_->submit(AddClients{.host = "127.0.0.1", .port = port});
    return wait_for_start(from, false);
}

/** Reads on in the history until a program's first actor has begun and, if it is a server, listens. */
TracedApp::Started TracedApp::wait_for_start(EventIndex from, bool server) {
    const History& history = session_->history();
    Started started;
    EventIndex index = from;
    for (int i = 0; i < 5000; ++i) {
        for (; index < history.size(); ++index) {
            const Event event = history.event(index);
            const std::string_view payload = history.payload(index);
            if (event.kind == EventKind::command_failed) {
                started.trouble = payload;
                return started;
            }
            if (event.kind == EventKind::actor_begin && started.tid == 0) {
                started.pid = static_cast<pid_t>(event.a);
                started.tid = static_cast<pid_t>(event.b);
                pin_thread(measured_core, started.tid);
                if (!server) return started;
            }
            if (event.kind == EventKind::listen && event.phase == Phase::exit && event.error == 0 && payload.size() == sizeof(Address)) {
                Address address;
                std::memcpy(&address, payload.data(), sizeof address);
                started.port = std::to_string(address.port());
                return started;
            }
        }
        usleep(1000);
    }
    started.trouble = "the program did not start within five seconds";
    return started;
}

std::string TracedApp::note_of_lost() const {
    std::int64_t lost = 0;
    const History& history = session_->history();
    const EventIndex size = history.size();
    for (EventIndex index = 0; index < size; ++index) {
        if (history.event(index).kind == EventKind::lost) lost += history.event(index).value;
    }
    return lost == 0 ? "" : fmt::format("{:.2g} % of the events were lost", 100.0 * static_cast<double>(lost) / static_cast<double>(size));
}

}  // namespace bench
