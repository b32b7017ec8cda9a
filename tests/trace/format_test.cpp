#include "core/trace/format.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace synoptic {
namespace {

using namespace std::string_literals;

template <class T>
std::string bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

Address ipv4(const char* host, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    inet_pton(AF_INET, host, &in.sin_addr);
    return Address::from(reinterpret_cast<sockaddr*>(&in), sizeof in);
}

/** A call as the trace tells it; printed with or without its exit. */
struct Traced {
    Event enter{};
    std::string told;
    Event exit{};
    std::string answered;

    Traced(EventKind kind, int fd, std::int64_t a = 0, std::int64_t b = 0, std::string payload = {}) : told(std::move(payload)) {
        enter.kind = exit.kind = kind;
        enter.phase = Phase::enter;
        exit.phase = Phase::exit;
        enter.fd = exit.fd = fd;
        enter.a = a;
        enter.b = b;
    }
    Traced& returns(std::int64_t value, int error = 0, std::string payload = {}, std::int64_t a = 0) {
        exit.value = value;
        exit.error = static_cast<std::uint16_t>(error);
        exit.a = a;
        answered = std::move(payload);
        return *this;
    }
    std::string open() const { return print_call({enter, told}, nullptr) + print_result(enter, nullptr); }
    std::string done() const {
        const Told answer{exit, answered};
        return print_call({enter, told}, &answer) + print_result(enter, &exit);
    }
};

TEST(PrintCall, Accept) {
    Traced call(EventKind::accept, 3, 128);
    EXPECT_EQ(call.open(), "accept(3, …, …)");
    call.returns(4, 0, bytes_of(AddressPair{ipv4("127.0.0.1", 6666), ipv4("127.0.0.1", 52684)}), 16);
    EXPECT_EQ(call.done(), "accept(3, {127.0.0.1:52684}, [16]) = 4");
    call.returns(-1, EMFILE);
    EXPECT_EQ(call.done(), "accept(3, …, …) = -1 EMFILE (Too many open files)");
    Traced null(EventKind::accept, 3, -1);
    null.returns(4, 0, bytes_of(AddressPair{ipv4("127.0.0.1", 6666), ipv4("127.0.0.1", 52684)}), -1);
    EXPECT_EQ(null.done(), "accept(3, NULL, NULL) = 4");
}

TEST(PrintCall, SettingUpAServer) {
    EXPECT_EQ(Traced(EventKind::socket, -1, AF_INET, SOCK_STREAM | SOCK_CLOEXEC).returns(3).done(),
              "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3");
    EXPECT_EQ(Traced(EventKind::setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, bytes_of(1)).returns(0).done(),
              "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
    EXPECT_EQ(Traced(EventKind::bind, 3, 16, 0, bytes_of(ipv4("0.0.0.0", 6666))).returns(-1, EADDRINUSE).done(),
              "bind(3, {0.0.0.0:6666}, 16) = -1 EADDRINUSE (Address already in use)");
    EXPECT_EQ(Traced(EventKind::listen, 3, 2147483647).returns(0).done(), "listen(3, 2147483647) = 0");
    EXPECT_EQ(Traced(EventKind::getsockopt, 3, SOL_SOCKET, SO_ERROR).returns(0, 0, bytes_of(ECONNREFUSED)).done(),
              "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
    EXPECT_EQ(Traced(EventKind::setsockopt, 3, SOL_SOCKET, SO_LINGER, bytes_of(linger{1, 5})).returns(0).done(),
              "setsockopt(3, SOL_SOCKET, SO_LINGER, [{l_onoff=1, l_linger=5}], 8) = 0");
    EXPECT_EQ(Traced(EventKind::getsockname, 3, 128).returns(0, 0, bytes_of(ipv4("127.0.0.1", 40000)), 16).done(),
              "getsockname(3, {127.0.0.1:40000}, [16]) = 0");
}

TEST(PrintCall, Bytes) {
    EXPECT_EQ(Traced(EventKind::send, 4, 4, MSG_NOSIGNAL, "hi\n\0"s).returns(4).done(), "send(4, \"hi\\n\\0\", 4, MSG_NOSIGNAL) = 4");
    Traced recv(EventKind::recv, 4, 100);
    EXPECT_EQ(recv.open(), "recv(4, …, 100, 0)");
    EXPECT_EQ(recv.returns(3, 0, "hi\n").done(), "recv(4, \"hi\\n\", 100, 0) = 3");
    EXPECT_EQ(recv.returns(0).done(), "recv(4, \"\", 100, 0) = 0");
    EXPECT_EQ(recv.returns(-1, ECONNRESET).done(), "recv(4, …, 100, 0) = -1 ECONNRESET (Connection reset by peer)");
    recv.returns(3);
    recv.exit.flags = event_payload_lost;
    EXPECT_EQ(recv.done(), "recv(4, ?, 100, 0) = 3");
    Traced big(EventKind::send, 4, 9000, 0, std::string(4096, 'x'));
    big.enter.flags = event_payload_cut;
    const Told told{big.enter, big.told};
    EXPECT_EQ(print_call(told, nullptr, 3), "send(4, \"xxx\"…, 9000, 0)");
    EXPECT_TRUE(print_call(told, nullptr, 5000).ends_with("x\"…, 9000, 0)"));
    EXPECT_EQ(Traced(EventKind::write, 1, 2, 0, "a\xff").returns(2).done(), "write(1, \"a\\xff\", 2) = 2");
}

TEST(PrintCall, Datagrams) {
    Traced sendto(EventKind::sendto, 3, 2, 0, bytes_of(ipv4("127.0.0.1", 7)) + "hi");
    sendto.enter.value = 16;
    EXPECT_EQ(sendto.returns(2).done(), "sendto(3, \"hi\", 2, 0, {127.0.0.1:7}, 16) = 2");
    EXPECT_EQ(Traced(EventKind::sendto, 3, 2, 0, bytes_of(Address{}) + "hi").returns(-1, EDESTADDRREQ).done(),
              "sendto(3, \"hi\", 2, 0, NULL, 0) = -1 EDESTADDRREQ (Destination address required)");
    Traced recvfrom(EventKind::recvfrom, 3, 100);
    EXPECT_EQ(recvfrom.open(), "recvfrom(3, …, 100, 0, …, …)");
    EXPECT_EQ(recvfrom.returns(2, 0, bytes_of(ipv4("127.0.0.1", 40000)) + "hi", 16).done(),
              "recvfrom(3, \"hi\", 100, 0, {127.0.0.1:40000}, [16]) = 2");
    EXPECT_EQ(Traced(EventKind::recvfrom, 3, 100).returns(2, 0, bytes_of(Address{}) + "hi", -1).done(),
              "recvfrom(3, \"hi\", 100, 0, NULL, NULL) = 2");
    EXPECT_EQ(Traced(EventKind::recvfrom, 3, 100).returns(2, 0, "short").done(), "recvfrom(3, \"\", 100, 0, ?, [0]) = 2");
    EXPECT_EQ(Traced(EventKind::lseek, 3, 0, SEEK_END).returns(-1, ESPIPE).done(), "lseek(3, 0, SEEK_END) = -1 ESPIPE (Illegal seek)");
}

TEST(PrintCall, Names) {
    const std::int64_t hints = std::int64_t{AI_PASSIVE | AI_NUMERICSERV} | std::int64_t{AF_INET6} << 32 | std::int64_t{SOCK_STREAM} << 48;
    Traced call(EventKind::getaddrinfo, -1, hints, 0, "localhost\0006666\0"s);
    EXPECT_EQ(call.open(),
              "getaddrinfo(\"localhost\", \"6666\", {ai_flags=AI_PASSIVE|AI_NUMERICSERV, ai_family=AF_INET6, ai_socktype=SOCK_STREAM}, …)");
    call.returns(0, 0, bytes_of(ipv4("127.0.0.1", 6666)) + bytes_of(ipv4("10.0.0.1", 6666)));
    EXPECT_TRUE(call.done().ends_with(", [{127.0.0.1:6666}, {10.0.0.1:6666}]) = 0")) << call.done();
    EXPECT_TRUE(call.returns(EAI_NONAME).done().ends_with(" = -2 EAI_NONAME (Name or service not known)")) << call.done();
    EXPECT_TRUE(call.returns(EAI_SYSTEM, EMFILE).done().ends_with(" = -11 EAI_SYSTEM (EMFILE: Too many open files)")) << call.done();
    Traced passive(EventKind::getaddrinfo, -1, 0, 0, "\0006666\0"s);
    EXPECT_EQ(passive.open(), "getaddrinfo(NULL, \"6666\", NULL, …)");
    Traced back(EventKind::getnameinfo, -1, NI_NUMERICHOST, 0, bytes_of(ipv4("127.0.0.1", 7)));
    EXPECT_EQ(back.returns(0, 0, "127.0.0.1\0echo\0"s).done(), "getnameinfo({127.0.0.1:7}, \"127.0.0.1\", \"echo\", NI_NUMERICHOST) = 0");
}

TEST(PrintCall, ProcessesAndThreads) {
    EXPECT_EQ(Traced(EventKind::fork, -1).returns(4102).done(), "fork() = 4102");
    Traced wait(EventKind::waitpid, -1, -1, WNOHANG);
    EXPECT_EQ(wait.open(), "waitpid(-1, …, WNOHANG)");
    EXPECT_EQ(wait.returns(4102, 0, {}, SIGPIPE).done(), "waitpid(-1, killed by SIGPIPE, WNOHANG) = 4102");
    EXPECT_EQ(wait.returns(0).done(), "waitpid(-1, …, WNOHANG) = 0");
    EXPECT_EQ(wait.returns(-1, ECHILD).done(), "waitpid(-1, …, WNOHANG) = -1 ECHILD (No child processes)");
    EXPECT_EQ(Traced(EventKind::_exit, -1, 3).open(), "_exit(3) = ?");
    EXPECT_EQ(Traced(EventKind::pthread_create, -1).returns(EAGAIN, EAGAIN).done().substr(0, 15), "pthread_create(");
    EXPECT_TRUE(
        Traced(EventKind::pthread_create, -1).returns(EAGAIN, EAGAIN).done().ends_with(" = EAGAIN (Resource temporarily unavailable)"));
    EXPECT_EQ(Traced(EventKind::pthread_join, -1, 0x7f00).returns(0).done(), "pthread_join(0x7f00) = 0");
    EXPECT_EQ(Traced(EventKind::shutdown, 4, SHUT_WR).returns(0).done(), "shutdown(4, SHUT_WR) = 0");
}

TEST(PrintCall, Lines) {
    Traced call(EventKind::fgets, 0, 100);
    EXPECT_EQ(call.open(), "fgets(…, 100, stdin)");
    EXPECT_EQ(call.returns(3, 0, "hi\n").done(), "fgets(\"hi\\n\", 100, stdin) = buffer");
    EXPECT_EQ(call.returns(0).done(), "fgets(…, 100, stdin) = NULL");
    EXPECT_EQ(Traced(EventKind::printf, -1, 0, 0, "ok\n").returns(3).done(), "printf(\"ok\\n\") = 3");
}

TEST(PrintCall, TakesAnyEvent) {
    std::mt19937_64 random(7);
    const auto garbage = [&] {
        Event event;
        std::uint64_t words[8];
        for (auto& word : words) word = random();
        std::memcpy(static_cast<void*>(&event), words, sizeof event);
        event.kind = static_cast<EventKind>(random() % (static_cast<int>(EventKind::count) + 3));
        return event;
    };
    for (int round = 0; round < 20'000; ++round) {
        Event enter = garbage(), exit = garbage();
        if (round % 2) exit.kind = enter.kind;
        std::string payload(random() % 100, static_cast<char>(random()));
        const Told told{enter, payload}, answer{exit, payload};
        EXPECT_FALSE(print_call(told, &answer, random() % 50).empty());
        print_result(enter, &exit);
        EXPECT_FALSE(print_fact(told).empty());
    }
}

TEST(PrintFact, IsOneLine) {
    Event event;
    event.phase = Phase::happened;
    event.kind = EventKind::process_ended;
    event.a = 4102;
    event.value = SIGKILL;
    EXPECT_EQ(print_fact({event, ""}), "process 4102 ended: killed by SIGKILL");
    event.value = -1;
    event.b = 1;
    EXPECT_EQ(print_fact({event, ""}), "process 4102 ended; it is a zombie until its parent waits");
    event.kind = EventKind::process_reaped;
    event.b = 4100;
    EXPECT_EQ(print_fact({event, ""}), "process 4102 was waited for by 4100: status unknown");
    event.b = 0;
    EXPECT_EQ(print_fact({event, ""}), "process 4102 was waited for: status unknown");
    event = Event{};
    event.kind = EventKind::program_begin;
    event.value = 3;
    event.b = 1;
    EXPECT_EQ(print_fact({event,
                          "echo_fork\0server 1\0"
                          "127.0.0.1\0"
                          "6666\0"s}),
              "server 1: echo_fork starts as a process of its own, 127.0.0.1 port 6666, backlog 3");
    event = Event{};
    event.kind = EventKind::command;
    EXPECT_EQ(print_fact({event, "say \"\x1b[2J\""}), "asked: say \"\\x1b[2J\"");
}

TEST(Names, OfErrors) {
    EXPECT_STREQ(error_name(EADDRINUSE), "EADDRINUSE");
    EXPECT_STREQ(error_name(9999), "errno 9999");
    EXPECT_EQ(error_text(EADDRINUSE), "Address already in use");
    EXPECT_EQ(wait_status_text(0), "exited 0");
    EXPECT_EQ(wait_status_text(3 << 8), "exited 3");
    EXPECT_EQ(wait_status_text(-1), "status unknown");
}

TEST(Advice, SaysWhatToDo) {
    const std::pair<EventKind, std::set<int>> known[] = {
        {EventKind::bind, {EADDRINUSE, EACCES, EADDRNOTAVAIL}},
        {EventKind::connect, {ECONNREFUSED, ETIMEDOUT, ENETUNREACH}},
        {EventKind::accept, {EMFILE, ENFILE, EINTR, ECONNABORTED}},
        {EventKind::socket, {EMFILE, ENFILE}},
        {EventKind::fork, {EAGAIN, ENOMEM, ENOSYS}},
        {EventKind::send, {EPIPE, ECONNRESET}},
        {EventKind::write, {EPIPE, ECONNRESET}},
        {EventKind::recv, {ECONNRESET, ENOTCONN, EINTR, ECONNREFUSED}},
        {EventKind::recvfrom, {EAGAIN, EINTR}},
        {EventKind::sendto, {EAGAIN, EINTR}},
        {EventKind::lseek, {ESPIPE}},
        {EventKind::getaddrinfo, {EAI_NONAME, EAI_AGAIN}},
        {EventKind::waitpid, {ECHILD}},
    };
    for (const auto& [kind, errors] : known) {
        for (const int error : errors) EXPECT_TRUE(advice(kind, error).ends_with(".")) << kind_info(kind).name << " " << error;
    }
    EXPECT_NE(advice(EventKind::bind, EACCES).find("1024"), std::string::npos);
    EXPECT_EQ(advice(EventKind::bind, 0), "");
    EXPECT_EQ(advice(EventKind::actor_begin, EINVAL), "");
}

TEST(Manifest, NamesLeadBackToKinds) {
    for (int number = 1; number < static_cast<int>(EventKind::count); ++number) {
        const auto kind = static_cast<EventKind>(number);
        EXPECT_EQ(kind_by_name(kind_info(kind).name), kind);
        EXPECT_NE(*kind_info(kind).help, '\0');
    }
    EXPECT_EQ(kind_by_name("nonsense"), EventKind::none);
    EXPECT_STREQ(kind_info(static_cast<EventKind>(60000)).name, "none");
    EXPECT_TRUE(is_call(EventKind::accept));
    EXPECT_FALSE(is_call(EventKind::blocked));
}

TEST(Manifest, IsWhatTheDocumentationSays) {
    const std::string path = std::string(SYNOPTIC_SOURCE_DIR) + "/docs/events.md";
    if (std::getenv("SYNOPTIC_WRITE_DOCS")) std::ofstream(path) << events_manual();
    std::stringstream page;
    page << std::ifstream(path).rdbuf();
    EXPECT_EQ(page.str(), events_manual()) << "run this test once with SYNOPTIC_WRITE_DOCS=1 in the environment";
}

}  // namespace
}  // namespace synoptic
