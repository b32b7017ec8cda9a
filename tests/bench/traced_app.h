// The app without its window: a session whose programs are traced, whose collector drains the rings, and whose helper forks.
#pragma once

#include <memory>
#include <string>

#include "core/session/session.h"

namespace bench {

class TracedApp {
   public:
    /** Its threads and its helper run on other_core. `client_input` is where its clients read their lines from. */
    explicit TracedApp(synoptic::Input* client_input = nullptr);

    struct Started {
        pid_t pid = 0, tid = 0;  // of the program's first thread
        std::string port;        // of a server
        std::string trouble;     // why it did not start; else empty
    };
    /** Starts a server on 127.0.0.1 and waits until it listens. It, and its workers, run on measured_core. */
    Started start_server(const std::string& program, synoptic::Place place, const std::string& database = {});
    /** Starts an echo client inside the app, on measured_core. */
    Started start_client(const std::string& port);

    /** What the table says beside a figure if events were dropped because a ring was full, as then not all was paid for; else empty. */
    std::string note_of_lost() const;
    /** What went wrong at the start; empty if nothing did. */
    const std::string& trouble() const { return trouble_; }

   private:
    Started wait_for_start(synoptic::EventIndex from, bool server);

    std::unique_ptr<synoptic::Session> session_;
    std::string trouble_;
};

}  // namespace bench
