// A session with its helper, and what tests ask of it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "core/session/session.h"

namespace synoptic {

inline constexpr int patience_ms = 20'000;  // far more than is needed: a limit, not a measure

class SessionTest : public testing::Test {
   protected:
    void SetUp() override {
        Result<std::unique_ptr<Session>> started = Session::start({});
        ASSERT_TRUE(started) << started.error().text();
        session = std::move(*started);
    }

    World world() const { return session->history().at(session->history().size()); }
    bool eventually(const std::function<bool(const World&)>& condition) const { return session->wait_for(condition, patience_ms); }

    /** For what the kernel tells a moment later than the World: asks again until it holds. */
    static bool kernel_says(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::yield();
        }
        return true;
    }

    /** The program with this label, or null. The World must outlive it. */
    static const Program* by_label(const World& world, const std::string& label) {
        for (const auto& [id, program] : world.programs) {
            if (program.label == label) return &program;
        }
        return nullptr;
    }
    static const Socket* listener_of(const World& world, const std::string& label) {
        const Program* program = by_label(world, label);
        const Socket* socket = program ? find(world, program->listener) : nullptr;
        return socket && socket->state == Socket::State::listening ? socket : nullptr;
    }

    /** Starts a server on a free port of loopback and returns its port once it listens; "" if it does not. */
    std::string start_server(const std::string& program, Place place = Place::in_app, int backlog = 16) {
        session->submit(StartServer{.program = program, .place = place, .address = "127.0.0.1", .port = "0", .backlog = backlog});
        const std::string label = "server " + std::to_string(++servers);
        std::string port;
        EXPECT_TRUE(eventually([&](const World& w) {
            const Socket* listener = listener_of(w, label);
            if (listener) port = std::to_string(listener->local.port());
            return listener != nullptr;
        })) << label;
        return port;
    }
    /** Adds clients and waits until all are connected. */
    void add_clients(const std::string& port, int count, Place place = Place::in_app) {
        session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = port, .count = count, .place = place});
        const int first = clients + 1;
        clients += count;
        EXPECT_TRUE(eventually([&](const World& w) {
            for (int number = first; number <= clients; ++number) {
                const Program* client = by_label(w, "client " + std::to_string(number));
                const Socket* socket = client ? find(w, client->clientfd) : nullptr;
                if (!socket || socket->state != Socket::State::connected) return false;
            }
            return true;
        }));
    }
    ProgramId id_of(const std::string& label) const {
        const World w = world();
        const Program* program = by_label(w, label);
        return program ? program->id : ProgramId::none;
    }
    /** True once the client printed a line that holds this text. */
    bool hears(const std::string& client, const std::string& text) const {
        return eventually([&](const World& w) {
            const Program* program = by_label(w, client);
            if (!program) return false;
            for (const std::string& line : program->output) {
                if (line.find(text) != std::string::npos) return true;
            }
            return false;
        });
    }
    /** What became of a command; its text. */
    std::string outcome(std::uint64_t number, bool* failed = nullptr) const {
        std::string text;
        EXPECT_TRUE(eventually([&](const World& w) {
            for (const CommandRecord& record : w.commands) {
                if (record.number != number || !(record.done || record.failed)) continue;
                text = record.outcome;
                if (failed) *failed = record.failed;
                return true;
            }
            return false;
        }));
        return text;
    }

    std::unique_ptr<Session> session;
    int servers = 0, clients = 0;
};

}  // namespace synoptic
