// KernelTables against the real tables of this machine, and its looks of one moment each.
#include "core/session/kernel_tables.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "core/base/clock.h"
#include "tests/model/story.h"

namespace synoptic {
namespace {

/** A listening socket on 127.0.0.HOST and connections to it, with calls that nobody traces. */
class Listener {
   public:
    explicit Listener(const char* host, std::uint16_t port = 0) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address = ipv4(host, port);
        good = bind(fd_, as_sockaddr(), sizeof(sockaddr_in)) == 0 && ::listen(fd_, 5) == 0;
        sockaddr_in bound{};
        socklen_t length = sizeof bound;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &length);
        address = Address::from(reinterpret_cast<sockaddr*>(&bound), sizeof bound);
        socklen_t cookie_length = sizeof cookie;
        getsockopt(fd_, SOL_SOCKET, SO_COOKIE, &cookie, &cookie_length);
    }
    ~Listener() {
        for (const int fd : clients_) close(fd);
        close(fd_);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    bool connect_one() {
        clients_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        return connect(clients_.back(), as_sockaddr(), sizeof(sockaddr_in)) == 0;
    }
    /** The first client's own end. */
    Address client() const {
        sockaddr_in end{};
        socklen_t length = sizeof end;
        getsockname(clients_.front(), reinterpret_cast<sockaddr*>(&end), &length);
        return Address::from(reinterpret_cast<sockaddr*>(&end), length);
    }
    bool send_from_client(std::string_view bytes) const { return send(clients_.front(), bytes.data(), bytes.size(), 0) > 0; }
    void close_clients() {
        for (const int fd : clients_) close(fd);
        clients_.clear();
    }

    Address address;
    std::uint64_t cookie = 0;
    bool good = false;

   private:
    const sockaddr* as_sockaddr() const { return reinterpret_cast<const sockaddr*>(address.bytes); }
    int fd_;
    std::vector<int> clients_;
};

class KernelTablesTest : public testing::Test {
   protected:
    struct Told {
        std::uint64_t ticks;
        EventKind kind;
        Args args;
        std::string payload;
    };
    Story story;
    std::uint64_t now_ns = 1000 * ms_ns, ticks = 0;
    std::vector<Told> told;
    KernelTables tables{{.now =
                             [this] {
                                 return KernelTables::Moment{++ticks, now_ns};
                             },
                         .tell =
                             [this](std::uint64_t at, EventKind kind, const Args& args, std::string payload) {
                                 told.push_back({at, kind, args, std::move(payload)});
                             }}};

    /** Looks, and folds what was told, as the collector does. */
    void look() {
        const std::size_t before = told.size();
        tables.look(story.world());
        for (std::size_t at = before; at < told.size(); ++at) {
            const Told& fact = told[at];
            story.fact(fact.kind, {.fd = fact.args.fd,
                                   .a = fact.args.a,
                                   .b = fact.args.b,
                                   .value = fact.args.value,
                                   .payload = fact.payload,
                                   .socket = fact.args.socket});
        }
    }
    void look_later(std::uint64_t ms) {
        now_ns += ms * ms_ns;
        look();
    }
    std::size_t count(EventKind kind) const {
        return static_cast<std::size_t>(std::count_if(told.begin(), told.end(), [kind](const Told& fact) { return fact.kind == kind; }));
    }
    /** Tells the World of a server of ours there. */
    void serve(const Listener& listener) {
        story.program(1, true, false);
        const ActorId server = story.begin(1, getpid(), ProgramId{1});
        story.listener(server, 3, listener.cookie, listener.address);
    }
    /** Ends that the World holds for alive. */
    std::size_t live_ends() const {
        const auto& ends = story.world().tcp_ends;
        return static_cast<std::size_t>(
            std::count_if(ends.begin(), ends.end(), [](const auto& end) { return end.second.state != TcpState::closed; }));
    }
    static std::optional<bool> known_of(const TcpEnd* end) { return end ? std::optional(end->known == Known::observed) : std::nullopt; }
};

TEST_F(KernelTablesTest, WhoComesToAServerOfOursIsToldWithBothEnds) {
    Listener ours("127.0.0.1");
    ASSERT_TRUE(ours.good && ours.connect_one());
    serve(ours);
    look();
    EXPECT_EQ(live_ends(), 2u);
    EXPECT_EQ(count(EventKind::listen_queue), 1u) << "one waits to be accepted";
    const std::size_t so_far = told.size();
    look_later(2000);
    EXPECT_EQ(told.size(), so_far) << "nothing has changed";
    ours.close_clients();
    look_later(100);
    look_later(1000);
    const TcpEnd* server_end = nullptr;
    for (const auto& [key, end] : story.world().tcp_ends) server_end = end.local == ours.address ? &end : server_end;
    ASSERT_NE(server_end, nullptr);
    EXPECT_EQ(server_end->state, TcpState::close_wait);
}

TEST_F(KernelTablesTest, AnotherProgramsServerOnTheSamePortOfAnotherAddressIsNotOurs) {
    Listener ours("127.0.0.1");
    Listener theirs("127.0.0.2", ours.address.port());
    if (!theirs.good) GTEST_SKIP() << "this host has one loopback address only";
    ASSERT_TRUE(theirs.connect_one());
    serve(ours);
    look();
    EXPECT_EQ(live_ends(), 0u);
    ASSERT_TRUE(ours.connect_one());
    look_later(1000);
    EXPECT_EQ(live_ends(), 2u);
}

// All facts of one reading once shared the time of its beginning: a state could stand before its cause.
TEST_F(KernelTablesTest, EachStateIsOfTheMomentJustBeforeItsQuestion) {
    Listener ours("127.0.0.1");
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ours.connect_one());
    serve(ours);
    look();
    std::vector<std::uint64_t> moments;
    for (const Told& fact : told) {
        if (fact.kind == EventKind::tcp_state) moments.push_back(fact.ticks);
    }
    ASSERT_EQ(moments.size(), 6u);
    std::sort(moments.begin(), moments.end());
    EXPECT_EQ(std::unique(moments.begin(), moments.end()), moments.end());
}

TEST_F(KernelTablesTest, BytesAreLookedAtSoonAndCauseNoWalk) {
    Listener ours("127.0.0.1");
    ASSERT_TRUE(ours.connect_one());
    serve(ours);
    const ActorId client = story.begin(2, getpid(), story.program(2, false, false), {}, 0, getpid() + 1);
    story.socket(client, 4, 77);
    story.connect_enter(client, 4, ours.address);
    story.connect_exit(client, 4, ours.client(), ours.address);
    for (int i = 0; i < 20; ++i) look_later(100);  // until all that is there is known
    ASSERT_EQ(live_ends(), 2u);
    const auto queue = [&] { return tcp_end(story.world(), TcpHost::here, ours.address, ours.client())->receive_queue_bytes; };
    ASSERT_EQ(queue(), 0u);

    ASSERT_TRUE(ours.send_from_client("hello"));
    ASSERT_TRUE(ours.connect_one());  // another program's, that no call has told of
    Event sent{.actor = client, .kind = EventKind::send, .phase = Phase::exit, .fd = 4, .value = 5};
    tables.note(sent, story.world());
    look_later(25);
    EXPECT_EQ(queue(), 5u);
    tables.note(sent, story.world());
    look_later(100);
    EXPECT_EQ(live_ends(), 2u) << "a walk";
    look_later(1000);
    EXPECT_EQ(live_ends(), 4u) << "once a second there is one";
}

// A search through /proc takes long, and a socket that accept has just made is no stranger.
TEST_F(KernelTablesTest, SocketsOfOurOwnProcessesAreNeverCalledAnothersProgram) {
    Listener ours("127.0.0.1");
    ASSERT_TRUE(ours.connect_one());
    serve(ours);
    for (int i = 0; i < 50; ++i) {
        look_later(100);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // the search has a thread of its own
    }
    EXPECT_EQ(live_ends(), 2u);
    EXPECT_EQ(count(EventKind::socket_owner), 0u);
}

TEST_F(KernelTablesTest, AStrangerAtTheOtherEndIsNamed) {
    Listener ours("127.0.0.1");
    int ready[2], release[2];
    ASSERT_EQ(pipe(ready), 0);
    ASSERT_EQ(pipe(release), 0);
    const pid_t stranger = fork();
    if (stranger == 0) {
        char byte = ours.connect_one() ? 'y' : 'n';
        [[maybe_unused]] const ssize_t told_one = write(ready[1], &byte, 1);
        close(release[1]);
        [[maybe_unused]] const ssize_t end = read(release[0], &byte, 1);
        _exit(0);
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    ASSERT_EQ(byte, 'y');
    serve(ours);
    for (int i = 0; i < 5000 && count(EventKind::socket_owner) == 0; ++i) {
        look_later(100);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::string owner;
    for (const auto& [key, end] : story.world().tcp_ends) owner += end.owner_pid == stranger ? end.owner : "";
    EXPECT_EQ(owner, "session_test");
    for (const int fd : {ready[0], ready[1], release[0], release[1]}) close(fd);
    EXPECT_EQ(waitpid(stranger, nullptr, 0), stranger);
}

TEST_F(KernelTablesTest, ATableThatCantBeReadIsToldOnceAndTriedAgain) {
    TcpFact fact{TcpHost::client, {}, 0};
    fact.socket.cookie = 71;
    fact.socket.state = TcpState::established;
    fact.socket.local = ipv4("10.77.0.1", 40000);
    fact.socket.peer = ipv4("10.77.0.2", 6666);
    const Args args = tcp_args(fact);
    story.fact(EventKind::tcp_state,
               {.fd = args.fd, .a = args.a, .b = args.b, .value = args.value, .payload = tcp_payload(fact), .socket = args.socket});
    const auto end = [&] { return tcp_end(story.world(), TcpHost::client, ipv4("10.77.0.1", 40000), ipv4("10.77.0.2", 6666)); };
    EXPECT_EQ(known_of(end()), true);

    tables.read_hosts(open("/dev/null", O_RDONLY | O_CLOEXEC),
                      open("/dev/null", O_RDONLY | O_CLOEXEC));  // no netlink sockets: every question fails
    look();
    ASSERT_EQ(count(EventKind::table_lost), 1u);
    EXPECT_NE(told.back().args.b, 0);
    EXPECT_FALSE(story.world().table_trouble[1].empty());
    EXPECT_EQ(known_of(end()), false) << "nobody can say that it is still so";
    for (int i = 0; i < 30; ++i) look_later(100);
    EXPECT_EQ(count(EventKind::table_lost), 1u) << "said once";

    story.fact(EventKind::lab_state, {.a = 4711, .b = 1});
    EXPECT_TRUE(story.world().table_trouble[1].empty()) << "another lab, another table";
}

}  // namespace
}  // namespace synoptic
