// check: the form of its lines, and its exit status with what it needs and without.
#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>
#include <sstream>

#include "command_under_test.h"

namespace synoptic {
namespace {

struct Line {
    bool ok = false;
    std::string text;
};

/** The lines by their names. Fails where one has not the form that docs/command-line.md promises. */
std::map<std::string, Line> lines_of(const std::string& out) {
    std::map<std::string, Line> lines;
    std::istringstream all(out);
    for (std::string line; std::getline(all, line);) {
        std::string name = line.substr(0, 18);
        name.erase(name.find_last_not_of(' ') + 1);
        const std::string state = line.size() > 18 ? line.substr(18, 9) : "";
        EXPECT_TRUE(state == "ok       " || state == "ok" || state == "missing  ") << line;
        lines[name] = {state[0] == 'o', line.size() > 27 ? line.substr(27) : ""};
        if (state[0] != 'o') {
            EXPECT_GT(line.size(), 40u) << "it says how to get it: " << line;
        }
    }
    return lines;
}

Outcome check(const std::vector<std::string>& more = {}, const CommandSetup& setup = {}) {
    std::vector<std::string> arguments = {"check"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    CommandUnderTest command(arguments, setup);
    command.close_stdin();
    Outcome outcome = command.finish();
    EXPECT_TRUE(command.left_nothing_behind());
    return outcome;
}

TEST(Check, PrintsALineForEachThing) {
    const Outcome outcome = check();
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_EQ(outcome.err, "");
    const auto lines = lines_of(outcome.out);
    for (const char* name : {"helper", "loopback", "wire", "IPv6 on the wire", "kernel's tables", "capture", "display", "fonts"}) {
        EXPECT_EQ(lines.count(name), 1u) << name << " in\n" << outcome.out;
    }
    EXPECT_EQ(lines.size(), 8u) << outcome.out;
    EXPECT_TRUE(lines.at("helper").ok && lines.at("loopback").ok) << outcome.out;
}

TEST(Check, WithoutATunTheWireIsMissingAndTheRestWorks) {
    const Outcome outcome = check({"--tun", "/no/such/tun"});
    EXPECT_EQ(outcome.status, 0) << "the app has loopback all the same";
    const auto lines = lines_of(outcome.out);
    const Line wire = lines.at("wire");
    EXPECT_FALSE(wire.ok);
    EXPECT_FALSE(lines.at("IPv6 on the wire").ok);
    // Where namespaces are forbidden, too, that is what it says first.
    EXPECT_TRUE(wire.text.find("there is no TUN device at /no/such/tun") != std::string::npos ||
                wire.text.find("namespace") != std::string::npos)
        << wire.text;
    EXPECT_TRUE(lines.at("loopback").ok);
}

TEST(Check, AFileThatIsNoTunIsNamed) {
    const Outcome outcome = check({"--tun", "/dev/null"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_FALSE(lines_of(outcome.out).at("wire").ok) << outcome.out;
}

TEST(Check, WithoutItsHelperTheAppCantDo) {
    for (const char* path : {"/no/such/helper", "/bin/true"}) {
        const Outcome outcome = check({"--helper", path});
        EXPECT_EQ(outcome.status, 1) << path;
        const auto lines = lines_of(outcome.out);
        EXPECT_FALSE(lines.at("helper").ok) << path;
        EXPECT_EQ(lines.at("helper").text.find("restart it"), std::string::npos) << "there is nothing to restart";
        EXPECT_NE(lines.at("helper").text.find(path), std::string::npos) << outcome.out;
        EXPECT_TRUE(lines.at("loopback").ok) << "that needs no process of its own";
        EXPECT_FALSE(lines.at("wire").ok) << "the lab process is the helper's";
    }
}

TEST(Check, WithoutLoopbackTheAppCantDo) {
    constexpr int forbidden = 77;
    const Outcome outcome = check({}, {.in_process = [] {
                                      if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) _exit(forbidden);  // a network whose lo is down
                                  }});
    if (outcome.status == forbidden) GTEST_SKIP() << "network namespaces are forbidden here";
    EXPECT_EQ(outcome.status, 1) << outcome.out;
    const auto lines = lines_of(outcome.out);
    EXPECT_FALSE(lines.at("loopback").ok);
    EXPECT_NE(lines.at("loopback").text.find("ip link set lo up"), std::string::npos) << outcome.out;
    EXPECT_TRUE(lines.at("helper").ok) << outcome.out;
}

Line display(const char* x, const char* wayland) {
    const Outcome outcome = check({"--tun", "/no/such/tun"}, {.in_process = [&] {
                                      setenv("DISPLAY", x, 1);
                                      setenv("WAYLAND_DISPLAY", wayland, 1);
                                  }});
    EXPECT_EQ(outcome.status, 0) << "a display is no must";
    return lines_of(outcome.out).at("display");
}

TEST(Check, ADisplayIsReachedOrSaidWhyNot) {
    const Line none = display("", "");
    EXPECT_FALSE(none.ok);
    EXPECT_NE(none.text.find("DISPLAY and WAYLAND_DISPLAY are empty"), std::string::npos) << none.text;
    const Line nobody = display(":58473", "");
    EXPECT_FALSE(nobody.ok);
    EXPECT_NE(nobody.text.find("DISPLAY=:58473 can't be reached"), std::string::npos) << nobody.text;
    for (const char* name : {":", "x", ":zero", "no.such.host.invalid:0"}) EXPECT_FALSE(display(name, "").ok) << name;

    const std::string path = "/tmp/synoptic_display_" + std::to_string(getpid());
    const int listenfd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(bind(listenfd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listenfd, 1), 0);
    const Line reached = display(":58473", path.c_str());
    EXPECT_TRUE(reached.ok);
    EXPECT_EQ(reached.text, "WAYLAND_DISPLAY=" + path);
    close(listenfd);
    unlink(path.c_str());
}

TEST(Check, FontsThatAreMissingAreNamedWithTheirPackages) {
    const Outcome outcome = check({"--tun", "/no/such/tun"});
    const Line fonts = lines_of(outcome.out).at("fonts");
    EXPECT_NE(fonts.text.find(fonts.ok ? "JetBrainsMono-Regular" : "fonts-"), std::string::npos) << fonts.text;
}

TEST(Check, NobodyWhoReadsItIsAnError) {
    EXPECT_EQ(check({"--tun", "/no/such/tun"}, {.in_process =
                                                    [] {
                                                        if (!freopen("/dev/full", "w", stdout)) _exit(126);
                                                    }})
                  .status,
              1);
}

}  // namespace
}  // namespace synoptic
