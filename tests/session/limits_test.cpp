// What happens when descriptors, room in the helper's channel, or the helper itself are lacking, and when a thread does not end.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "core/helper/channel.h"
#include "tests/session/session_fixture.h"

namespace synoptic {
namespace {

/** Sets the soft limit of this process's descriptors for as long as it lives. */
class DescriptorLimit {
   public:
    explicit DescriptorLimit(rlim_t limit) {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit now = before_;
        now.rlim_cur = limit;
        setrlimit(RLIMIT_NOFILE, &now);
    }
    ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

   private:
    rlimit before_{};
};

class LimitsTest : public SessionTest {
   protected:
    void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
        GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at memory through a pipe, and there is no descriptor left for one";
#endif
        SessionTest::SetUp();
    }
    /** The first process of the program with this label that runs; 0 if none does. */
    static pid_t process_of(const World& w, const std::string& label) {
        const Program* program = by_label(w, label);
        for (const auto& [id, process] : w.processes) {
            if (program && process.program == program->id && process.state == Process::State::runs) return process.pid;
        }
        return 0;
    }
    bool ends(const std::string& label) const {
        return eventually([&](const World& w) { return by_label(w, label) && by_label(w, label)->state == Program::State::ended; });
    }
};

TEST_F(LimitsTest, AProcessForWhichThereIsNoDescriptorLives) {
    std::string port;
    pid_t server = 0;
    {
        const DescriptorLimit none(0);
        port = start_server("echo_fork", Place::own_process);
        server = process_of(world(), "server 1");
        ASSERT_NE(server, 0);
        bool failed = true;
        outcome(session->submit(KillProcess{server, SIGUSR2}), &failed);
        EXPECT_FALSE(failed);
        EXPECT_TRUE(ends("server 1")) << "the helper tells";
    }
    EXPECT_EQ(by_label(world(), "server 1")->exit_status, 128 + SIGUSR2);
    EXPECT_FALSE(start_server("echo_fork", Place::own_process).empty());
    session->submit(StopServer{id_of("server 2")});
    EXPECT_TRUE(ends("server 2"));
}

TEST(SessionLimits, TheAppTakesWhatItMayAndItsProgramsKeepWhatTheUserHas) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max <= 1000) GTEST_SKIP() << "nothing to raise here";
    const DescriptorLimit low(1000);
    Result<std::unique_ptr<Session>> session = Session::start({});
    ASSERT_TRUE(session);
    getrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
    (*session)->submit(StartServer{.program = "echo_fork", .address = "127.0.0.1", .port = "0"});
    pid_t server = 0;
    ASSERT_TRUE((*session)->wait_for(
        [&](const World& w) {
            for (const auto& [id, process] : w.processes) server = process.is_app ? server : process.pid;
            return !w.listening.empty();
        },
        patience_ms));
    std::ifstream limits("/proc/" + std::to_string(server) + "/limits");
    std::string line;
    while (std::getline(limits, line) && !line.starts_with("Max open files")) {
    }
    EXPECT_NE(line.find(" 1000 "), std::string::npos) << line;
}

// Orders and answers fill the channel in both directions.
TEST_F(LimitsTest, MoreProcessesAreAddedAtOnceThanTheChannelHolds) {
    constexpr int many = 700;
    bool failed = true;
    const std::string said = outcome(
        session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = "1", .count = many, .place = Place::own_process}), &failed);
    EXPECT_FALSE(failed) << said;
    EXPECT_TRUE(eventually([&](const World& w) {
        const Program* last = by_label(w, "client " + std::to_string(many));
        return last && last->state == Program::State::ended;
    }));
}

TEST_F(LimitsTest, AServerThatDiedWhileTheHelperCouldNotLookHasEndedWhenTheHelperIsKilled) {
    start_server("echo_fork", Place::own_process);
    const pid_t server = process_of(world(), "server 1");
    kill(session->helper_pid(), SIGSTOP);
    kill(server, SIGKILL);
    ASSERT_TRUE(eventually([&](const World& w) { return zombie_count(w) == 1; }));
    kill(session->helper_pid(), SIGKILL);
    EXPECT_TRUE(ends("server 1"));
    EXPECT_EQ(by_label(world(), "server 1")->exit_status, 128 + SIGKILL) << "its orphan came to the app";
    EXPECT_EQ(zombie_count(world()), 0u);
}

TEST_F(LimitsTest, WhatTheHelperSaidLastIsHeard) {
    constexpr int many = 60;
    session->submit(AddClients{.program = "echo_client", .host = "127.0.0.1", .port = "1", .count = many, .place = Place::own_process});
    // All are ordered; some have started, and of some the helper has not said so.
    ASSERT_TRUE(eventually([&](const World& w) {
        return by_label(w, "client " + std::to_string(many)) && by_label(w, "client 1")->state != Program::State::starting;
    }));
    kill(session->helper_pid(), SIGKILL);
    EXPECT_TRUE(eventually([&](const World& w) {
        for (int number = 1; number <= many; ++number) {
            const Program* client = by_label(w, "client " + std::to_string(number));
            if (!client || client->state != Program::State::ended) return false;
        }
        return true;
    }));
}

TEST_F(LimitsTest, AddressesThatAreTooLongAreRefused) {
    const std::string endless(9000, 'a');
    bool failed = false;
    EXPECT_NE(outcome(session->submit(StartServer{.program = "echo_fork", .address = endless, .port = "0"}), &failed).find("longer"), std::string::npos);
    EXPECT_TRUE(failed);
    outcome(session->submit(AddClients{.host = endless, .port = "1", .place = Place::own_process}), &failed);
    EXPECT_TRUE(failed);
    outcome(session->submit(AddClients{.host = "127.0.0.1", .port = endless, .place = Place::own_process}), &failed);
    EXPECT_TRUE(failed);
    const Status sent = send_message(-1, {{"address", endless}});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().err, EMSGSIZE) << "nobody sends what the other end could not read";
}

TEST_F(LimitsTest, ZombiesOfAServerThatNeverWaitsAreAllKnown) {
    const std::string port = start_server("echo_fork_no_wait", Place::own_process);
    constexpr int many = 60;
    add_clients(port, many);
    session->submit(CloseClient{});
    EXPECT_TRUE(eventually([&](const World& w) { return zombie_count(w) == many; }));
}

/** An input that does not end when it is told to. */
class DeafInput : public Input {
   public:
    char* read_line(char*, int) override {
        waiting = true;
        waiting.notify_all();
        released.wait(false);
        return nullptr;
    }
    void end() override {}
    std::atomic<bool> waiting{false}, released{false};
};

int thread_count() {
    int count = 0;
    for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}

TEST(SessionThreads, AClientThatDoesNotEndMayGoOnAfterTheSession) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer has a thread of its own that comes when it likes: threads can't be counted";
#endif
    DeafInput input;
    const int threads = thread_count();
    {
        SessionSetup setup;
        setup.client_input = &input;
        Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
        ASSERT_TRUE(session);
        (*session)->submit(StartServer{.program = "echo_thread", .address = "127.0.0.1", .port = "0"});
        std::string port;
        ASSERT_TRUE((*session)->wait_for(
            [&](const World& w) {
                if (!w.listening.empty()) port = std::to_string(find(w, *w.listening.begin())->local.port());
                return !port.empty();
            },
            patience_ms));
        (*session)->submit(AddClients{.host = "127.0.0.1", .port = port});
        input.waiting.wait(false);
    }
    EXPECT_EQ(thread_count(), threads + 1);
    input.released = true;
    input.released.notify_all();
    while (thread_count() > threads) std::this_thread::yield();  // it writes its ring, and says that it is done
}

}  // namespace
}  // namespace synoptic
