// The traced calls: the kernel's results, unchanged, and events that tell them as they were.
#include "core/sockets/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "core/base/address.h"
#include "tests/trace/ring_reader.h"

namespace synoptic {
namespace {

struct Loopback {
    sockaddr_storage storage{};
    socklen_t length = 0;
    explicit Loopback(int family, std::uint16_t port = 0) {
        if (family == AF_INET) {
            auto* address = reinterpret_cast<sockaddr_in*>(&storage);
            address->sin_family = AF_INET;
            address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address->sin_port = htons(port);
            length = sizeof *address;
        } else {
            auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
            address->sin6_family = AF_INET6;
            address->sin6_addr = in6addr_loopback;
            address->sin6_port = htons(port);
            length = sizeof *address;
        }
    }
    SA* sa() { return reinterpret_cast<SA*>(&storage); }
};

template <class T>
T from_payload(const std::string& payload) {
    T value{};
    EXPECT_GE(payload.size(), sizeof value);
    std::memcpy(static_cast<void*>(&value), payload.data(), std::min(payload.size(), sizeof value));
    return value;
}

class SocketsTest : public testing::TestWithParam<int> {
   protected:
    void SetUp() override {
        trace = std::move(*Trace::create());
        os = std::make_unique<Sockets>(Sockets::Setup{.trace = trace.get(), .program = ProgramId{1}, .input = nullptr, .output = {}});
        actor = std::make_unique<ActorScope>(*os, "test");
        ring = &this_writer().ring();
        read_ring(*ring);  // its actor_begin
    }
    void TearDown() override { actor.reset(); }

    std::vector<ReadEvent> events() { return read_ring(*ring); }
    /** The enter and the exit of the only call since the last look. */
    std::pair<ReadEvent, ReadEvent> only_call(EventKind kind) {
        auto seen = events();
        EXPECT_EQ(seen.size(), 2u);
        if (seen.size() != 2) return {};
        EXPECT_EQ(seen[0].event.kind, kind);
        EXPECT_EQ(seen[1].event.kind, kind);
        EXPECT_EQ(seen[0].event.phase, Phase::enter);
        EXPECT_EQ(seen[1].event.phase, Phase::exit);
        return {seen[0], seen[1]};
    }
    std::unique_ptr<Trace> trace;
    std::unique_ptr<Sockets> os;
    std::unique_ptr<ActorScope> actor;
    Ring* ring = nullptr;
};

std::uint64_t cookie_of(int fd) {
    std::uint64_t cookie = 0;
    socklen_t length = sizeof cookie;
    EXPECT_EQ(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length), 0);
    return cookie;
}

TEST_P(SocketsTest, AWholeExchangeIsTold) {
    const int family = GetParam();
    const int listenfd = os->socket(family, SOCK_STREAM, 0);
    ASSERT_GE(listenfd, 0);
    auto [socket_enter, socket_exit] = only_call(EventKind::socket);
    EXPECT_EQ(socket_enter.event.a, family);
    EXPECT_EQ(socket_enter.event.b, SOCK_STREAM);
    EXPECT_EQ(socket_exit.event.value, listenfd);
    EXPECT_EQ(socket_exit.event.socket, cookie_of(listenfd));

    const int on = 1;
    ASSERT_EQ(os->setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    auto [option_enter, option_exit] = only_call(EventKind::setsockopt);
    EXPECT_EQ(option_enter.event.a, SOL_SOCKET);
    EXPECT_EQ(option_enter.event.b, SO_REUSEADDR);
    EXPECT_EQ(from_payload<int>(option_enter.payload), 1);

    int value = 0;
    socklen_t length = sizeof value;
    ASSERT_EQ(os->getsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &value, &length), 0);
    EXPECT_EQ(from_payload<int>(only_call(EventKind::getsockopt).second.payload), 1);

    Loopback any_port(family);
    ASSERT_EQ(os->bind(listenfd, any_port.sa(), any_port.length), 0);
    auto [bind_enter, bind_exit] = only_call(EventKind::bind);
    EXPECT_EQ(from_payload<Address>(bind_enter.payload).port(), 0);
    const Address bound = from_payload<Address>(bind_exit.payload);
    EXPECT_NE(bound.port(), 0);

    ASSERT_EQ(os->listen(listenfd, 3), 0);
    auto [listen_enter, listen_exit] = only_call(EventKind::listen);
    EXPECT_EQ(listen_enter.event.a, 3);
    EXPECT_EQ(from_payload<Address>(listen_exit.payload), bound);

    const int clientfd = os->socket(family, SOCK_STREAM, 0);
    events();
    Loopback server(family, bound.port());
    ASSERT_EQ(os->connect(clientfd, server.sa(), server.length), 0);
    auto [connect_enter, connect_exit] = only_call(EventKind::connect);
    EXPECT_EQ(from_payload<Address>(connect_enter.payload), bound);
    const auto client_pair = from_payload<AddressPair>(connect_exit.payload);
    EXPECT_EQ(client_pair.peer, bound);

    sockaddr_storage cliaddr;
    socklen_t clilen = sizeof cliaddr;
    const int connfd = os->accept(listenfd, reinterpret_cast<SA*>(&cliaddr), &clilen);
    ASSERT_GE(connfd, 0);
    auto [accept_enter, accept_exit] = only_call(EventKind::accept);
    EXPECT_EQ(accept_enter.event.fd, listenfd);
    EXPECT_EQ(accept_enter.event.a, static_cast<std::int64_t>(sizeof cliaddr));
    EXPECT_EQ(accept_exit.event.value, connfd);
    EXPECT_EQ(accept_exit.event.a, static_cast<std::int64_t>(clilen));
    EXPECT_EQ(accept_exit.event.socket, cookie_of(connfd));
    const auto server_pair = from_payload<AddressPair>(accept_exit.payload);
    EXPECT_EQ(server_pair.local, client_pair.peer);
    EXPECT_EQ(server_pair.peer, client_pair.local);

    ASSERT_EQ(os->send(clientfd, "hi\0x", 4, 0), 4);
    auto [send_enter, send_exit] = only_call(EventKind::send);
    EXPECT_EQ(send_enter.payload, std::string("hi\0x", 4));
    EXPECT_EQ(send_exit.event.value, 4);
    char buffer[100];
    ASSERT_EQ(os->recv(connfd, buffer, sizeof buffer, 0), 4);
    auto [recv_enter, recv_exit] = only_call(EventKind::recv);
    EXPECT_EQ(recv_enter.event.a, 100);
    EXPECT_EQ(recv_exit.payload, std::string("hi\0x", 4));

    ASSERT_EQ(os->write(connfd, "back", 4), 4);
    EXPECT_EQ(only_call(EventKind::write).first.payload, "back");
    ASSERT_EQ(os->read(clientfd, buffer, sizeof buffer), 4);
    EXPECT_EQ(only_call(EventKind::read).second.payload, "back");

    sockaddr_storage name;
    socklen_t name_length = sizeof name;
    ASSERT_EQ(os->getpeername(clientfd, reinterpret_cast<SA*>(&name), &name_length), 0);
    EXPECT_EQ(from_payload<Address>(only_call(EventKind::getpeername).second.payload), bound);
    name_length = sizeof name;
    ASSERT_EQ(os->getsockname(connfd, reinterpret_cast<SA*>(&name), &name_length), 0);
    EXPECT_EQ(from_payload<Address>(only_call(EventKind::getsockname).second.payload), bound);

    ASSERT_EQ(os->shutdown(clientfd, SHUT_WR), 0);
    EXPECT_EQ(only_call(EventKind::shutdown).first.event.a, SHUT_WR);
    ASSERT_EQ(os->recv(connfd, buffer, sizeof buffer, 0), 0);
    EXPECT_EQ(only_call(EventKind::recv).second.event.value, 0);
    for (const int fd : {clientfd, connfd, listenfd}) {
        ASSERT_EQ(os->close(fd), 0);
        EXPECT_EQ(only_call(EventKind::close).first.event.fd, fd);
        EXPECT_EQ(fcntl(fd, F_GETFD), -1);
    }
}
TEST_P(SocketsTest, ADatagramIsToldWithItsAddress) {
    const int family = GetParam();
    const int server = os->socket(family, SOCK_DGRAM, 0), client = os->socket(family, SOCK_DGRAM, 0);
    Loopback any_port(family);
    ASSERT_EQ(os->bind(server, any_port.sa(), any_port.length), 0);
    events();
    Loopback to(family);
    ASSERT_EQ(os->getsockname(server, to.sa(), &to.length), 0);
    const Address bound = from_payload<Address>(only_call(EventKind::getsockname).second.payload);

    ASSERT_EQ(os->sendto(client, "hi", 2, 0, to.sa(), to.length), 2);
    auto [sendto_enter, sendto_exit] = only_call(EventKind::sendto);
    EXPECT_EQ(from_payload<Address>(sendto_enter.payload), bound);
    EXPECT_EQ(sendto_enter.payload.substr(sizeof(Address)), "hi");
    EXPECT_EQ(sendto_enter.event.a, 2);
    EXPECT_EQ(sendto_enter.event.value, static_cast<std::int64_t>(to.length));
    EXPECT_EQ(sendto_exit.event.value, 2);
    const Address sender = from_payload<Address>(sendto_exit.payload);
    EXPECT_NE(sender.port(), 0) << "sendto has bound it";

    char buffer[1];
    Loopback from(family);
    socklen_t length = sizeof from.storage;
    ASSERT_EQ(os->recvfrom(server, buffer, sizeof buffer, MSG_TRUNC, from.sa(), &length), 2);
    auto [recvfrom_enter, recvfrom_exit] = only_call(EventKind::recvfrom);
    EXPECT_EQ(recvfrom_enter.event.b, MSG_TRUNC);
    EXPECT_EQ(from_payload<Address>(recvfrom_exit.payload).port(), sender.port());
    EXPECT_EQ(recvfrom_exit.payload.substr(sizeof(Address)), "h") << "no more than the buffer holds";
    EXPECT_EQ(recvfrom_exit.event.a, static_cast<std::int64_t>(any_port.length));

    ASSERT_EQ(os->sendto(client, "x", 1, 0, to.sa(), to.length), 1);
    events();
    ASSERT_EQ(os->recvfrom(server, buffer, sizeof buffer, 0, nullptr, nullptr), 1);
    EXPECT_EQ(only_call(EventKind::recvfrom).second.event.a, -1);
    EXPECT_EQ(os->recvfrom(server, buffer, sizeof buffer, MSG_DONTWAIT, nullptr, nullptr), -1);
    EXPECT_EQ(only_call(EventKind::recvfrom).second.event.error, EAGAIN);
    EXPECT_EQ(os->sendto(client, "x", 1, 0, nullptr, 0), -1);
    EXPECT_EQ(only_call(EventKind::sendto).second.event.error, EDESTADDRREQ);
    os->close(server);
    os->close(client);
}

TEST_P(SocketsTest, ASocketHasNoPosition) {
    const int fd = os->socket(GetParam(), SOCK_STREAM, 0);
    events();
    EXPECT_EQ(os->lseek(fd, 7, SEEK_SET), -1);
    EXPECT_EQ(errno, ESPIPE);
    auto [enter, exit] = only_call(EventKind::lseek);
    EXPECT_EQ(enter.event.a, 7);
    EXPECT_EQ(enter.event.b, SEEK_SET);
    EXPECT_EQ(exit.event.error, ESPIPE);
    os->close(fd);
}

INSTANTIATE_TEST_SUITE_P(Families, SocketsTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& which) { return which.param == AF_INET ? "IPv4" : "IPv6"; });

class SocketsErrorTest : public SocketsTest {};
INSTANTIATE_TEST_SUITE_P(Once, SocketsErrorTest, testing::Values(AF_INET));

TEST_P(SocketsErrorTest, FailuresKeepErrnoAndTellIt) {
    errno = 0;
    EXPECT_EQ(os->listen(-1, 3), -1);
    EXPECT_EQ(errno, EBADF);
    auto [enter, exit] = only_call(EventKind::listen);
    EXPECT_EQ(exit.event.value, -1);
    EXPECT_EQ(exit.event.error, EBADF);
    EXPECT_EQ(os->close(-1), -1);
    EXPECT_EQ(errno, EBADF);
    EXPECT_EQ(only_call(EventKind::close).second.event.error, EBADF);
    EXPECT_EQ(os->socket(AF_INET, SOCK_STREAM, 12345), -1);
    EXPECT_EQ(only_call(EventKind::socket).second.event.error, errno);
    EXPECT_EQ(os->connect(-1, nullptr, 0), -1);
    EXPECT_EQ(errno, EBADF);
    EXPECT_EQ(os->accept(-1, nullptr, nullptr), -1);
    EXPECT_EQ(os->bind(-1, nullptr, 16), -1);
    EXPECT_EQ(os->recv(-1, nullptr, 0, 0), -1);
    EXPECT_EQ(os->send(-1, "x", 1, MSG_NOSIGNAL), -1);
}

TEST_P(SocketsErrorTest, NamesAreLookedUpAndTold) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    ASSERT_EQ(os->getaddrinfo("127.0.0.1", "6666", &hints, &list), 0);
    auto [enter, exit] = only_call(EventKind::getaddrinfo);
    EXPECT_EQ(enter.payload, std::string("127.0.0.1\0006666\0", 15));
    const Address found = from_payload<Address>(exit.payload);
    EXPECT_EQ(found.text(), "127.0.0.1:6666");
    char host[64], service[32];
    ASSERT_EQ(os->getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV), 0);
    EXPECT_EQ(only_call(EventKind::getnameinfo).second.payload, std::string("127.0.0.1\0006666\0", 15));
    freeaddrinfo(list);
    EXPECT_EQ(os->getaddrinfo("not an address", "6666", &hints, &list), EAI_NONAME);
    EXPECT_EQ(only_call(EventKind::getaddrinfo).second.event.value, EAI_NONAME);
}

TEST_P(SocketsErrorTest, NoDescriptorsLeftIsToldBySocketAndAccept) {
    const int listenfd = os->socket(AF_INET, SOCK_STREAM, 0);
    Loopback address(AF_INET);
    ASSERT_EQ(os->bind(listenfd, address.sa(), address.length), 0);
    ASSERT_EQ(os->listen(listenfd, 3), 0);
    ASSERT_EQ(::getsockname(listenfd, address.sa(), &address.length), 0);
    const int clientfd = os->socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(os->connect(clientfd, address.sa(), address.length), 0);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit tight = before;
    tight.rlim_cur = 0;  // every number is too high now
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
    events();
    const int refused = os->socket(AF_INET, SOCK_STREAM, 0);
    const int socket_error = errno;
    const int accepted = os->accept(listenfd, nullptr, nullptr);
    const int accept_error = errno;
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(refused, -1);
    EXPECT_EQ(socket_error, EMFILE);
    EXPECT_EQ(accepted, -1);
    EXPECT_EQ(accept_error, EMFILE);
    const auto seen = events();
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(seen[1].event.error, EMFILE);
    EXPECT_EQ(seen[3].event.error, EMFILE);
    os->close(clientfd);
    os->close(listenfd);
}

extern "C" void do_nothing(int) {}

// Every call that can wait returns EINTR when a signal comes, and says so. The signals stop only when the call has returned.
TEST_P(SocketsErrorTest, ASignalInterruptsEveryCallThatWaits) {
    struct sigaction action {}, before {};
    action.sa_handler = do_nothing;
    sigaction(SIGUSR1, &action, &before);
    const int listenfd = os->socket(AF_INET, SOCK_STREAM, 0);
    Loopback address(AF_INET);
    os->bind(listenfd, address.sa(), address.length);
    os->listen(listenfd, 1);
    ::getsockname(listenfd, address.sa(), &address.length);
    const int clientfd = os->socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(os->connect(clientfd, address.sa(), address.length), 0);
    const int connfd = os->accept(listenfd, nullptr, nullptr);
    const std::string large(256 << 10, 'x');
    while (::send(clientfd, large.data(), large.size(), MSG_DONTWAIT) > 0) {
    }
    int status;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    char buffer[16];
    const std::vector<std::pair<EventKind, std::function<long()>>> calls = {
        {EventKind::accept, [&] { return long{os->accept(listenfd, nullptr, nullptr)}; }},
        {EventKind::recv, [&] { return long{os->recv(clientfd, buffer, sizeof buffer, 0)}; }},
        {EventKind::read, [&] { return long{os->read(clientfd, buffer, sizeof buffer)}; }},
        {EventKind::send, [&] { return long{os->send(clientfd, large.data(), large.size(), 0)}; }},
        {EventKind::write, [&] { return long{os->write(clientfd, large.data(), large.size())}; }},
        {EventKind::waitpid, [&] { return long{os->waitpid(child, &status, 0)}; }},
    };
    for (const auto& [kind, call] : calls) {
        long result;
        int error;
        do {  // again where the queue has had room meanwhile: then bytes were sent before the signal came
            events();
            std::atomic<bool> returned{false};
            std::thread signaller([&, waiting = pthread_self()] {
                while (!returned) {
                    pthread_kill(waiting, SIGUSR1);
                    std::this_thread::yield();
                }
            });
            result = call();
            error = errno;
            returned = true;
            signaller.join();
        } while (result > 0);
        EXPECT_EQ(result, -1) << kind_info(kind).name;
        EXPECT_EQ(error, EINTR) << kind_info(kind).name;
        EXPECT_EQ(only_call(kind).second.event.error, EINTR) << kind_info(kind).name;
    }
    kill(child, SIGKILL);
    EXPECT_EQ(os->waitpid(child, &status, 0), child);
    sigaction(SIGUSR1, &before, nullptr);
    for (const int fd : {connfd, clientfd, listenfd}) os->close(fd);
}

TEST_P(SocketsErrorTest, AThreadIsAnActorOfItsOwn) {
    pthread_t thread;
    static Sockets* shared;
    shared = os.get();
    ASSERT_EQ(os->pthread_create(&thread, nullptr, [](void*) -> void* {
        shared->printf("in a thread %d\n", 7);
        return nullptr;
    }, nullptr), 0);
    ASSERT_EQ(os->pthread_join(thread, nullptr), 0);
    EXPECT_TRUE(os->wait_for_threads(std::chrono::seconds(10)));
    Ring& worker = trace->ring(1);
    EXPECT_EQ(worker.state.load(), RingState::ended);
    const auto seen = read_ring(worker);
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(seen[0].event.kind, EventKind::actor_begin);
    EXPECT_EQ(seen[0].event.value, static_cast<std::int64_t>(trace->actor_of(*ring)));
    EXPECT_EQ(seen[1].payload, "in a thread 7\n");
    EXPECT_EQ(seen[3].event.kind, EventKind::actor_end);
}

TEST_P(SocketsErrorTest, ForkIsRefusedInsideTheApp) {
    EXPECT_EQ(os->fork(), -1);
    EXPECT_EQ(errno, ENOSYS);
}

TEST_P(SocketsErrorTest, StopEndsWhatWaits) {
    const int listenfd = os->socket(AF_INET, SOCK_STREAM, 0);
    Loopback address(AF_INET);
    os->bind(listenfd, address.sa(), address.length);
    os->listen(listenfd, 1);
    std::thread waiting([&] {
        const ActorScope scope(*os, "waits");
        EXPECT_EQ(os->accept(listenfd, nullptr, nullptr), -1);
        EXPECT_EQ(errno, EINVAL);
    });
    // Once its enter is published; whether it sleeps in accept already makes no difference to shutdown.
    bool entered = false;
    while (!entered) {
        for (const ReadEvent& read : read_ring(trace->ring(1))) entered |= read.event.kind == EventKind::accept;
    }
    os->stop();
    waiting.join();
    EXPECT_EQ(os->socket(AF_INET, SOCK_STREAM, 0), -1);
    EXPECT_EQ(errno, ECANCELED);
    os->close(listenfd);
}

TEST(Sockets, ForkMakesAChildWithARingOfItsOwn) {
    const auto trace = std::move(*Trace::create());
    const pid_t server = fork();
    if (server == 0) {
        Sockets os({.trace = trace.get(), .program = ProgramId{4}, .input = nullptr, .output = {}, .own_process = true});
        const ActorScope actor(os, "server");
        const pid_t pid = os.fork();
        if (pid == 0) os._exit(7);
        int status;
        os.waitpid(pid, &status, 0);
        os._exit(WEXITSTATUS(status));
    }
    int status;
    ASSERT_EQ(waitpid(server, &status, 0), server);
    EXPECT_EQ(WEXITSTATUS(status), 7);
    const auto parent = read_ring(trace->ring(0));
    const auto child = read_ring(trace->ring(1));
    ASSERT_EQ(parent.size(), 7u);  // begin, fork, waitpid, _exit and end
    ASSERT_EQ(child.size(), 4u);   // begin, fork's other return, _exit, end
    EXPECT_EQ(parent[1].event.kind, EventKind::fork);
    EXPECT_EQ(parent[2].event.value, trace->ring(1).pid);
    EXPECT_EQ(parent[4].event.kind, EventKind::waitpid);
    EXPECT_EQ(WEXITSTATUS(static_cast<int>(parent[4].event.a)), 7);
    EXPECT_EQ(child[0].event.kind, EventKind::actor_begin);
    EXPECT_EQ(child[0].event.fd, 1) << "the parent's first fork";
    EXPECT_EQ(child[1].event.kind, EventKind::fork);
    EXPECT_EQ(child[1].event.value, 0);
    EXPECT_EQ(child[2].event.kind, EventKind::_exit);
    EXPECT_EQ(child[2].event.a, 7);
}

TEST(Sockets, WithoutATraceTheCallsWorkAllTheSame) {
    std::string printed;
    Sockets os({.trace = nullptr, .program = {}, .input = nullptr, .output = [&](std::string_view text) { printed += text; }});
    const int fd = os.socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_GE(fd, 0);
    os.printf("%d bytes\n", 5);
    errno = EADDRINUSE;
    os.perror("bind");
    EXPECT_EQ(errno, EADDRINUSE);
    EXPECT_EQ(printed, "5 bytes\nbind: Address already in use\n");
    char line[16];
    EXPECT_EQ(os.fgets(line, sizeof line), nullptr);
    EXPECT_EQ(os.close(fd), 0);
}

}  // namespace
}  // namespace synoptic
