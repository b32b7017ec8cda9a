// The call list's lines and its filter.
#include "gui/panels/calls_index.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <cerrno>

#include "core/model/tcp_fact.h"
#include "core/programs/registry.h"
#include "core/session/command.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr ActorId server_actor{1}, client_actor{2};

Address address_of(const char* host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host, &address.sin_addr);
    return Address::from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

class CallsIndexTest : public testing::Test {
   protected:
    EventIndex put(EventKind kind, Phase phase, ActorId actor, int fd = -1, std::int64_t value = 0, std::string_view payload = {},
                   int error = 0) {
        Event event;
        event.time = ++time_ * 1000;
        event.kind = kind;
        event.phase = phase;
        event.actor = actor;
        event.fd = fd;
        event.value = value;
        event.error = static_cast<std::uint16_t>(error);
        return history.append(event, payload);
    }
    void begin(ActorId actor, std::uint64_t program, const char* label, Role role, int tid) {
        Event event;
        event.time = ++time_ * 1000;
        event.kind = EventKind::program_begin;
        event.socket = program;
        event.a = static_cast<std::int64_t>(role);
        history.append(event, std::string("echo") + '\0' + label + '\0' + "127.0.0.1" + '\0' + "6666");
        event.kind = EventKind::actor_begin;
        event.actor = actor;
        event.a = tid;
        event.b = tid;
        history.append(event, "main");
    }
    void begin_both() {
        begin(server_actor, 1, "server 1", Role::server, 4101);
        begin(client_actor, 2, "client 3", Role::client, 4102);
    }
    std::vector<std::string> filtered(const std::string& words) {
        index.update(history);
        CallsQuery query;
        query.words = words;
        query.with_facts = false;
        EXPECT_TRUE(filter.update(index, history, query));
        std::vector<std::string> lines;
        for (const std::size_t at : filter.lines()) {
            const CallWords text = call_words(index, history, index.lines()[at], history.size());
            lines.push_back(text.who + ": " + text.call.substr(0, text.call.find('(')));
        }
        return lines;
    }

    History history;
    CallsIndex index;
    CallsFilter filter;
    std::uint64_t time_ = 0;
};

TEST_F(CallsIndexTest, ACardAndTheListSayTheSameOfWhatFgetsReturns) {
    begin_both();
    const EventIndex enter = put(EventKind::fgets, Phase::enter, client_actor);
    const EventIndex exit = put(EventKind::fgets, Phase::exit, client_actor, -1, 3, "hi\n");
    index.update(history);
    const CallWords words = call_words(index, history, index.lines().back(), history.size());
    EXPECT_EQ(words.result, " " + short_call(history, enter, exit).result);
    const EventIndex again = put(EventKind::fgets, Phase::enter, client_actor);
    const EventIndex end = put(EventKind::fgets, Phase::exit, client_actor, -1, 0);
    EXPECT_EQ(short_call(history, again, end).result, "= NULL");
}

TEST_F(CallsIndexTest, EnterAndExitAreOneLineAtTheEntersPlace) {
    begin_both();
    const EventIndex accept = put(EventKind::accept, Phase::enter, server_actor, 3);
    const EventIndex connect = put(EventKind::connect, Phase::enter, client_actor, 5);
    EXPECT_TRUE(index.update(history));
    const std::size_t before = index.lines().size();
    const EventIndex connected = put(EventKind::connect, Phase::exit, client_actor, 5);
    const EventIndex accepted = put(EventKind::accept, Phase::exit, server_actor, 3, 4);
    EXPECT_TRUE(index.update(history));
    ASSERT_EQ(index.lines().size(), before);
    const CallLine& first = index.lines()[before - 2];
    const CallLine& second = index.lines()[before - 1];
    EXPECT_EQ(first.at, accept);
    EXPECT_EQ(first.exit, accepted);
    EXPECT_EQ(second.at, connect);
    EXPECT_EQ(second.exit, connected);
    EXPECT_EQ(index.line_of(history, accepted), before - 2);
    EXPECT_EQ(index.line_of(history, connect), before - 1);
}

TEST_F(CallsIndexTest, ASignalHandlersCallsNestInTheOneThatTheyInterrupt) {
    begin_both();
    const EventIndex accept = put(EventKind::accept, Phase::enter, server_actor, 3);
    const EventIndex wait = put(EventKind::waitpid, Phase::enter, server_actor);
    const EventIndex waited = put(EventKind::waitpid, Phase::exit, server_actor, -1, 4103);
    const EventIndex interrupted = put(EventKind::accept, Phase::exit, server_actor, 3, -1, {}, EINTR);
    index.update(history);
    const std::size_t line = index.line_of(history, accept);
    ASSERT_LT(line + 1, index.lines().size());
    EXPECT_EQ(index.lines()[line].exit, interrupted);
    EXPECT_EQ(index.lines()[line + 1].at, wait);
    EXPECT_EQ(index.lines()[line + 1].exit, waited);
}

TEST_F(CallsIndexTest, ACallIsOpenWhereItsExitIsLaterThanTheMomentShown) {
    begin_both();
    const EventIndex enter = put(EventKind::recv, Phase::enter, client_actor, 5);
    Event event;
    event.kind = EventKind::blocked;
    event.a = static_cast<std::int64_t>(client_actor);
    event.time = ++time_ * 1000;
    const EventIndex blocked = history.append(event, {});
    const EventIndex exit = put(EventKind::recv, Phase::exit, client_actor, 5, 3, "hi\n");
    index.update(history);
    const CallLine& line = index.lines()[index.line_of(history, enter)];
    EXPECT_EQ(line.blocked, blocked);
    const CallWords now = call_words(index, history, line, history.size());
    EXPECT_FALSE(now.open);
    EXPECT_TRUE(now.blocked);
    EXPECT_EQ(now.result, " = 3");
    EXPECT_EQ(now.who, "client 3");
    const CallWords then = call_words(index, history, line, exit);
    EXPECT_TRUE(then.open);
    EXPECT_TRUE(then.blocked);
    EXPECT_TRUE(then.result.empty());
    EXPECT_FALSE(call_words(index, history, line, blocked).blocked);
}

TEST_F(CallsIndexTest, ACallWhoseMakerDiedNeverReturns) {
    begin_both();
    const EventIndex enter = put(EventKind::recv, Phase::enter, server_actor, 4);
    Event event;
    event.kind = EventKind::process_ended;
    event.a = 4101;
    event.value = 9;
    history.append(event, {});
    index.update(history);
    const CallWords words = call_words(index, history, index.lines()[index.line_of(history, enter)], history.size());
    EXPECT_TRUE(words.open);
    EXPECT_TRUE(words.never);
    EXPECT_EQ(words.result, " = ?");
}

TEST_F(CallsIndexTest, FiltersByMakerCallDescriptorErrorAndText) {
    begin_both();
    put(EventKind::accept, Phase::enter, server_actor, 3);
    put(EventKind::send, Phase::enter, client_actor, 5, 0, "hello");
    put(EventKind::send, Phase::exit, client_actor, 5, 5);
    put(EventKind::recv, Phase::enter, client_actor, 5);
    put(EventKind::recv, Phase::exit, client_actor, 5, -1, {}, ECONNRESET);
    using Lines = std::vector<std::string>;
    EXPECT_EQ(filtered("client 3"), (Lines{"client 3: send", "client 3: recv"}));
    EXPECT_EQ(filtered("accept"), (Lines{"server 1: accept"}));
    EXPECT_EQ(filtered("-1"), (Lines{"client 3: recv"}));
    EXPECT_EQ(filtered("5 send"), (Lines{"client 3: send"}));
    EXPECT_EQ(filtered("4101"), (Lines{"server 1: accept"}));
    EXPECT_EQ(filtered("HELLO"), (Lines{"client 3: send"}));
    EXPECT_EQ(filtered("econnreset"), (Lines{"client 3: recv"}));
    EXPECT_EQ(filtered("client 33"), Lines{});
}

TEST_F(CallsIndexTest, ALateErrorMakesALineFitAtItsOwnPlace) {
    begin_both();
    put(EventKind::connect, Phase::enter, client_actor, 5);
    put(EventKind::accept, Phase::enter, server_actor, 3);
    EXPECT_TRUE(filtered("-1").empty());
    put(EventKind::accept, Phase::exit, server_actor, 3, -1, {}, EMFILE);
    EXPECT_EQ(filtered("-1"), (std::vector<std::string>{"server 1: accept"}));
    put(EventKind::connect, Phase::exit, client_actor, 5, -1, {}, ECONNREFUSED);
    EXPECT_EQ(filtered("-1"), (std::vector<std::string>{"client 3: connect", "server 1: accept"}));
}

TEST_F(CallsIndexTest, CallsThatReturnTheirErrorFailToo) {
    begin_both();
    put(EventKind::getaddrinfo, Phase::enter, client_actor);
    put(EventKind::getaddrinfo, Phase::exit, client_actor, -1, EAI_NONAME);  // without an errno
    put(EventKind::pthread_create, Phase::enter, server_actor);
    put(EventKind::pthread_create, Phase::exit, server_actor, -1, EAGAIN, {}, EAGAIN);
    put(EventKind::getnameinfo, Phase::enter, server_actor);
    put(EventKind::getnameinfo, Phase::exit, server_actor, -1, 0);
    EXPECT_EQ(filtered("error"), (std::vector<std::string>{"client 3: getaddrinfo", "server 1: pthread_create"}));
    const auto failed = [this](std::size_t from_end) {
        return call_words(index, history, index.lines()[index.lines().size() - from_end], history.size()).failed;
    };
    EXPECT_TRUE(failed(3));
    EXPECT_TRUE(failed(2));
    EXPECT_FALSE(failed(1));
}

TEST_F(CallsIndexTest, StepsAreNoLinesUnlessTheyFail) {
    const auto command = [this](EventKind kind, std::int64_t number, std::int64_t b) {
        Event event;
        event.time = ++time_ * 1000;
        event.kind = kind;
        event.a = number;
        event.b = b;
        history.append(event, "step");
    };
    const auto step = static_cast<std::int64_t>(Command(Step{}).index());
    command(EventKind::command, 1, step);
    command(EventKind::command_done, 1, 0);
    command(EventKind::step_done, 0, 0);
    index.update(history);
    EXPECT_TRUE(index.lines().empty());
    command(EventKind::command, 2, step);
    command(EventKind::command_failed, 2, 0);
    command(EventKind::command, 3, step + 1);
    command(EventKind::command_done, 3, 0);
    index.update(history);
    EXPECT_EQ(index.lines().size(), 3u);
}

TEST_F(CallsIndexTest, GrowsInStepsWithItsHistoryAndStartsAgainWithAnother) {
    begin_both();
    for (int at = 0; at < 100; ++at) {
        put(EventKind::send, Phase::enter, client_actor, 5, 0, "x");
        put(EventKind::send, Phase::exit, client_actor, 5, 1);
    }
    EXPECT_FALSE(index.update(history, 50));
    while (!index.update(history, 50)) continue;
    EXPECT_EQ(index.lines().size(), 104u);
    History other;
    EXPECT_TRUE(index.update(other));
    EXPECT_TRUE(index.lines().empty());
}

TEST_F(CallsIndexTest, FromARunOnTheKernelsWordsOfEarlierEndsAreLeftOut) {
    const auto tell = [this](std::uint16_t client_port, TcpState state, std::uint64_t cookie) {
        TcpFact fact;
        fact.host = TcpHost::client;
        fact.socket.cookie = cookie;
        fact.socket.state = state;
        fact.socket.local = address_of("10.77.0.1", client_port);
        fact.socket.peer = address_of("10.77.0.2", 6666);
        const Args args = tcp_args(fact);
        Event event;
        event.time = ++time_ * 1000;
        event.kind = EventKind::tcp_state;
        event.fd = args.fd;
        event.a = args.a;
        event.b = args.b;
        event.value = args.value;
        event.socket = args.socket;
        return history.append(event, tcp_payload(fact));
    };
    begin_both();
    tell(40001, TcpState::established, 11);
    put(EventKind::close, Phase::enter, client_actor, 3);
    const EventIndex run = history.size();
    tell(40001, TcpState::time_wait, 12);  // a socket of the kernel's own: another cookie
    const EventIndex own = tell(40002, TcpState::established, 13);
    const EventIndex own_end = tell(40002, TcpState::time_wait, 14);
    tell(40001, TcpState::closed, 12);
    const EventIndex again = tell(40001, TcpState::syn_sent, 15);  // the same addresses, another connection
    const EventIndex again_open = tell(40001, TcpState::established, 15);
    index.update(history);
    CallsQuery query;
    query.from = run;
    EXPECT_FALSE(query.all());
    EXPECT_TRUE(filter.update(index, history, query));
    std::vector<EventIndex> shown;
    for (const std::size_t line : filter.lines()) shown.push_back(index.lines()[line].at);
    EXPECT_EQ(shown, (std::vector<EventIndex>{own, own_end, again, again_open}));
    query.from = 0;
    EXPECT_TRUE(filter.update(index, history, query));
    EXPECT_EQ(filter.lines().size(), index.lines().size()) << "all of it is still there";
    EXPECT_EQ(index.end_began(history, again_open), again);
    EXPECT_EQ(index.end_began(history, 0), no_event) << "no word of the kernel's";
}

}  // namespace
}  // namespace synoptic
