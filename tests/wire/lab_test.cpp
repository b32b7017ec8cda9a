// The lab itself: two hosts, sockets in either, processes that join, and what is said where it can't be had.
#include "core/wire/lab.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>

#include "core/wire/lab_refusal.h"
#include "tests/wire/lab_fixture.h"

namespace synoptic {
namespace {

/** Runs this in a child process and returns what it exits with. */
int in_a_child(const std::function<int()>& what) {
    const pid_t child = fork();
    if (child == 0) _exit(what());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** Copies packets by hand until `done` is readable: no relay yet. */
void carry_until(const Lab& lab, const std::function<bool()>& done) {
    ASSERT_TRUE(eventually([&] {
        for (const Host from : {Host::client, Host::server}) {
            char packet[2048];
            for (ssize_t size; (size = read(lab.tun(from), packet, sizeof packet)) > 0;) {
                EXPECT_EQ(write(lab.tun(other(from)), packet, static_cast<std::size_t>(size)), size);
            }
        }
        return done();
    }));
}

class LabFamilies : public LabTest, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Families, LabFamilies, testing::Values(AF_INET, AF_INET6),
                         [](const auto& which) { return which.param == AF_INET ? "IPv4" : "IPv6"; });

TEST_P(LabFamilies, AClientReachesAServerThroughTheAppAlone) {
    if (GetParam() == AF_INET6 && !lab->has_ipv6()) GTEST_SKIP() << lab->shortcomings().back();
    const OwnFd listenfd = open(Host::server, SOCK_STREAM, GetParam());
    const SocketAddress server = address_on_wire(Host::server, GetParam(), 6666);
    ASSERT_EQ(bind(listenfd, server.get(), server.length), 0) << strerror(errno);
    ASSERT_EQ(listen(listenfd, 3), 0);
    const OwnFd clientfd = open(Host::client, SOCK_STREAM | SOCK_NONBLOCK, GetParam());
    ASSERT_EQ(connect(clientfd, server.get(), server.length), -1);
    EXPECT_EQ(errno, EINPROGRESS);
    EXPECT_FALSE(becomes(clientfd, POLLOUT, 20)) << "nobody carries its SYN";
    carry_until(*lab, [&] { return becomes(clientfd, POLLOUT, 0) && becomes(listenfd, POLLIN, 0); });
    const OwnFd connfd(accept(listenfd, nullptr, nullptr));
    EXPECT_GE(connfd, 0);
}

TEST_F(LabTest, RefusalsOfSocketArePassedOn) {
    const Result<int> opened = lab->open_socket(Host::client, AF_INET, SOCK_STREAM, 250);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().call, "socket");
    EXPECT_EQ(opened.error().err, EPROTONOSUPPORT);
}

TEST_F(LabTest, AnyThreadMayAskForSockets) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            for (int n = 0; n < 50; ++n) EXPECT_GE(open(i % 2 ? Host::server : Host::client), 0);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST_F(LabTest, AProcessThatJoinedIsInTheHostWithoutRights) {
    enum { all_well, not_joined, not_refused, not_in_host, not_allowed };
    EXPECT_EQ(in_a_child([&] {
                  if (join_host(lab->descriptors(Host::server)) < 0) return +not_joined;
                  const int fd = socket(AF_INET, SOCK_STREAM, 0);
                  SocketAddress low = address_on_wire(Host::server, AF_INET, 80);
                  if (bind(fd, low.get(), low.length) == 0 || errno != EACCES) return +not_refused;
                  SocketAddress elsewhere = address_on_wire(Host::client, AF_INET, 6666);
                  if (bind(fd, elsewhere.get(), elsewhere.length) == 0 || errno != EADDRNOTAVAIL) return +not_in_host;
                  SocketAddress own = address_on_wire(Host::server, AF_INET, 6666);
                  return bind(fd, own.get(), own.length) == 0 ? +all_well : +not_allowed;
              }),
              all_well);
}

TEST_F(LabTest, AProcessThatExecsAfterJoiningGetsNoRightsBack) {
    EXPECT_EQ(in_a_child([&] {
                  if (join_host(lab->descriptors(Host::client)) < 0) return 100;
                  execlp("sh", "sh", "-c", "grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status", nullptr);
                  return 101;
              }),
              0);
}

TEST_F(LabTest, TheKernelsSettingsAreTheLabs) {
    EXPECT_TRUE(lab->shortcomings().empty()) << lab->shortcomings().front();
    EXPECT_EQ(in_a_child([&] {
                  if (join_host(lab->descriptors(Host::server)) < 0) return 100;
                  const auto value = [](const char* path) {
                      std::ifstream file(std::string("/proc/sys/net/ipv4/") + path);
                      int number = -1;
                      file >> number;
                      return number;
                  };
                  if (value("tcp_syncookies") != 0) return 1;
                  if (value("tcp_syn_retries") != 100 || value("tcp_synack_retries") != 100 || value("tcp_retries2") != 100) return 2;
                  return value("ip_unprivileged_port_start") == 1024 ? 0 : 3;
              }),
              0);
}

TEST_F(LabTest, RtoMinCanBeSetAndUnset) {
    for (const std::uint32_t rto_min_ms : {20u, 5000u, 0u}) {
        const Status set = lab->set_rto_min(rto_min_ms);
        EXPECT_TRUE(set) << set.error().text();
    }
}

TEST_F(LabTest, NsenterOpensAShellInTheHost) {
    for (const Host host : {Host::client, Host::server}) {
        const std::string command = lab->nsenter_command(host) + " cat /proc/net/fib_trie 2>&1";
        FILE* output = popen(command.c_str(), "r");
        std::string text;
        for (char line[256]; fgets(line, sizeof line, output);) text += line;
        if (pclose(output) == 127 << 8) GTEST_SKIP() << "nsenter (util-linux) is not there";
        // Its address is listed twice, in the tables main and local; the other host's is not.
        EXPECT_NE(text.find(std::string("|-- ") + addresses_of(host).ipv4 + "\n"), std::string::npos) << command << "\n" << text;
        EXPECT_EQ(text.find(std::string("|-- ") + addresses_of(other(host)).ipv4 + "\n"), std::string::npos) << command << "\n" << text;
    }
}

TEST_F(LabTest, ItsDeathIsNoticedAndAnotherCanBeStarted) {
    EXPECT_TRUE(lab->alive());
    kill(lab->pid(), SIGKILL);
    EXPECT_TRUE(becomes(lab->pidfd(), POLLIN));
    EXPECT_FALSE(lab->alive());
    const Result<int> opened = lab->open_socket(Host::client, AF_INET, SOCK_STREAM);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().text().find("restart the lab"), std::string::npos) << opened.error().text();
    Result<std::unique_ptr<Lab>> again = Lab::start(lab_setup(lifeline_read_end));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_TRUE((*again)->open_socket(Host::client, AF_INET, SOCK_STREAM));
}

TEST_F(LabTest, OneThatDoesNotAnswerIsKilledAndSaid) {
    LabSetup setup = lab_setup(lifeline_read_end);
    setup.patience_ms = 100;
    Result<std::unique_ptr<Lab>> started = Lab::start(setup);
    if (!started) GTEST_SKIP() << "too slow for so little patience: " << started.error().text();
    Lab& stopped = **started;
    ASSERT_EQ(kill(stopped.pid(), SIGSTOP), 0);
    const Result<int> opened = stopped.open_socket(Host::client, AF_INET, SOCK_STREAM);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().err, ETIMEDOUT);
    EXPECT_NE(opened.error().text().find("did not answer"), std::string::npos) << opened.error().text();
    EXPECT_TRUE(becomes(stopped.pidfd(), POLLIN)) << "it has ended";
}

TEST_F(LabTest, OneThatIsStoppedDoesNotKeepTheAppFromEnding) {
    Result<std::unique_ptr<Lab>> second = Lab::start(lab_setup(lifeline_read_end));
    ASSERT_TRUE(second) << second.error().text();
    ASSERT_EQ(kill((*second)->pid(), SIGSTOP), 0);
    second->reset();  // returns
}

TEST_F(LabTest, OneThatDoesNotSetUpItsHostsIsGivenUp) {
    char folder[] = "/tmp/synoptic_lab_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const std::string path = std::string(folder) + "/sleeper";
    std::ofstream(path) << "#!/bin/sh\nexec sleep 1000\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    LabSetup setup = lab_setup(lifeline_read_end);
    setup.helper_path = path;
    setup.patience_ms = 50;
    const Result<std::unique_ptr<Lab>> started = Lab::start(setup);
    std::filesystem::remove_all(folder);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().err, ETIMEDOUT);
    EXPECT_NE(started.error().text().find("in time"), std::string::npos) << started.error().text();
}

TEST_F(LabTest, ItEndsWithTheApp) {
    lifeline_write_end.close();
    EXPECT_TRUE(becomes(lab->pidfd(), POLLIN));
}

TEST_F(LabTest, ItLeavesNoDescriptorAndNoProcess) {
    const auto count = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
    const auto before = count();
    const pid_t pid = [&] {
        Result<std::unique_ptr<Lab>> second = Lab::start(lab_setup(lifeline_read_end));
        EXPECT_TRUE(second) << second.error().text();
        return second ? (*second)->pid() : -1;
    }();
    EXPECT_EQ(count(), before);
    EXPECT_EQ(kill(pid, 0), -1) << "ended and reaped";
}

// ---------------------------------------------------------------------------------------------------------------------------- refusals

/** Starts a lab in a child process and returns the error's text. */
std::string refusal_in_a_child(const std::function<bool()>& prepare, const std::string& tun_path) {
    int text[2];
    EXPECT_EQ(pipe(text), 0);
    const int status = in_a_child([&] {
        int lifeline[2];
        if ((prepare && !prepare()) || pipe(lifeline) < 0) return 77;
        LabSetup setup = lab_setup(lifeline[0]);
        if (!tun_path.empty()) setup.tun_path = tun_path;
        const Result<std::unique_ptr<Lab>> started = Lab::start(setup);
        const std::string said = started ? "it started" : started.error().text();
        return write(text[1], said.data(), said.size()) < 0 ? 1 : 0;
    });
    char said[1024];
    ::close(text[1]);
    const ssize_t size = read(text[0], said, sizeof said);
    ::close(text[0]);
    return status == 77 ? "not prepared" : std::string(said, size > 0 ? static_cast<std::size_t>(size) : 0);
}

/** Enters a user namespace and forbids further ones in it. */
bool forbid_user_namespaces() {
    const uid_t uid = geteuid();
    if (unshare(CLONE_NEWUSER) < 0) return false;
    std::ofstream("/proc/self/uid_map") << uid << " " << uid << " 1";
    std::ofstream limit("/proc/sys/user/max_user_namespaces");
    limit << "0" << std::flush;
    return limit.good();
}

TEST(LabRefusal, SaysHowToAllowUserNamespaces) {
    const std::string said = refusal_in_a_child(forbid_user_namespaces, "");
    if (said == "not prepared") GTEST_SKIP() << "no user namespace to forbid others in";
    EXPECT_EQ(said,
              "unshare: No space left on device (no further user namespace is allowed here; sudo sysctl user.max_user_namespaces=15000 "
              "allows them)");
}

TEST(LabRefusal, SaysThatTheTunIsMissing) {
    const std::string said = refusal_in_a_child(nullptr, "/dev/net/no_such_tun");
    if (said.find("unshare") == 0) GTEST_SKIP() << said;
    EXPECT_EQ(said,
              "open: No such file or directory (there is no TUN device at /dev/net/no_such_tun; sudo modprobe tun makes it (in a "
              "container: --device "
              "/dev/net/no_such_tun))");
}

TEST(LabRefusal, SaysThatTheTunMayNotBeOpened) {
    // A file that only root may open. The child becomes nobody: in its own namespace a user may open any file of theirs, whatever its mode.
    const char* path = "/etc/shadow";
    if (access(path, F_OK) != 0) GTEST_SKIP() << "there is no " << path;
    const std::string said = refusal_in_a_child([] { return geteuid() != 0 || setuid(65534) == 0; }, path);
    if (said.find("unshare") == 0 || said.find("posix_spawn") == 0) GTEST_SKIP() << said;
    EXPECT_NE(said.find("this user may not open"), std::string::npos) << said;
}

TEST(LabRefusal, SaysThatAFileIsNoTun) {
    const std::string said = refusal_in_a_child(nullptr, "/dev/null");
    if (said.find("unshare") == 0) GTEST_SKIP() << said;
    EXPECT_NE(said.find("/dev/null is no TUN device"), std::string::npos) << said;
}

TEST(LabRefusal, NamesWhatEachDistributionForbids) {
    const auto text = [](int error, const NamespacePolicy& policy) {
        return lab_refusal(LabStep::user_namespace, error, "/dev/net/tun", policy).detail;
    };
    EXPECT_NE(text(EPERM, {.unprivileged_userns_clone = 0}).find("kernel.unprivileged_userns_clone=1"), std::string::npos);
    EXPECT_NE(text(EACCES, {.apparmor_restrict_unprivileged_userns = 1}).find("apparmor_restrict_unprivileged_userns=0"),
              std::string::npos);
    EXPECT_NE(text(EPERM, {.max_user_namespaces = 15000}).find("seccomp"), std::string::npos);
    EXPECT_NE(text(EINVAL, {}).find("CONFIG_USER_NS"), std::string::npos);
    const LabShortcoming no_ipv6{LabStep::address6, EACCES, "fd77::1"};
    EXPECT_NE(shortcoming_text(no_ipv6).find("IPv4 works"), std::string::npos);
}

}  // namespace
}  // namespace synoptic
