// A session with the wire's two hosts, and what tests ask of it.
#pragma once

#include <cstdlib>

#include "tests/session/session_fixture.h"

namespace synoptic {

/** Skips a test whose programs join a host as processes of their own. ThreadSanitizer has a thread of its own in each, and setns(2) refuses such a one. */
#ifdef __SANITIZE_THREAD__
#define SYNOPTIC_NEEDS_JOINING() GTEST_SKIP() << "under ThreadSanitizer no process can join a user namespace: EINVAL"
#else
#define SYNOPTIC_NEEDS_JOINING() static_cast<void>(0)
#endif

class WireTest : public SessionTest {
   protected:
    void SetUp() override {
        SessionSetup setup;
        if (const char* tun = std::getenv("SYNOPTIC_TUN")) setup.tun_path = tun;
        Result<std::unique_ptr<Session>> started = Session::start(std::move(setup));
        ASSERT_TRUE(started) << started.error().text();
        session = std::move(*started);
        bool failed = false;
        const std::string said = outcome(session->submit(StartLab{}), &failed);
        if (failed) GTEST_SKIP() << said;
    }

    void serve(const std::string& program, Place place = Place::in_app, int backlog = 16) {
        session->submit(StartServer{.program = program, .place = place, .address = "", .port = "6666", .backlog = backlog, .network = Network::wire});
        ++servers;
        EXPECT_TRUE(eventually([&](const World& w) { return listener_of(w, "server " + std::to_string(servers)) != nullptr; }));
    }
    void join(int count = 1, Place place = Place::in_app, const std::string& host = "10.77.0.2") {
        session->submit(AddClients{.program = "echo_client", .host = host, .port = "6666", .count = count, .place = place, .network = Network::wire});
        clients += count;
    }
    static const Socket* socket_of(const World& w, const std::string& label) {
        const Program* client = by_label(w, label);
        return client ? find(w, client->clientfd) : nullptr;
    }
    bool is_connected(const std::string& label) const {
        return eventually([&](const World& w) {
            const Socket* socket = socket_of(w, label);
            return socket && socket->state == Socket::State::connected;
        });
    }
    static bool is_accepted(const World& w, const std::string& label) {
        const Socket* socket = socket_of(w, label);
        const Connection* connection = socket ? find(w, socket->connection) : nullptr;
        return connection && connection->state == Connection::State::accepted;
    }
    void set_rules(const Rules& rules) { outcome(session->submit(SetRules{rules})); }
    /** The segment with this title that waits, and repeats no other; none if there is none. */
    static WireId waiting(const World& w, const std::string& title) {
        for (const WireId id : waiting_segments(w)) {
            const WireSegment* segment = find(w, id);
            if (segment->reading.title == title && segment->copy_of == WireId::none) return id;
        }
        return WireId::none;
    }
    WireId await_segment(const std::string& title) const {
        WireId found{};
        EXPECT_TRUE(eventually([&](const World& w) { return (found = waiting(w, title)) != WireId::none; })) << title;
        return found;
    }
    void deliver(WireId id) { session->submit(MoveSegment{id, SegmentMove::deliver_once}); }
    /** The end of the only flow, on this host. */
    static const TcpEnd* end_of(const World& w, TcpHost host) {
        if (w.flows.empty()) return nullptr;
        const WireFlow& flow = w.flows.rbegin()->second;
        return host == TcpHost::client ? tcp_end(w, host, flow.client, flow.server) : tcp_end(w, host, flow.server, flow.client);
    }
    bool end_is(TcpHost host, TcpState state) const {
        return eventually([&](const World& w) {
            const TcpEnd* end = end_of(w, host);
            return end && end->state == state && end->known == Known::observed;
        });
    }
};

}  // namespace synoptic
