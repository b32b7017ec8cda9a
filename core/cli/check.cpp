// check: what works on this machine, each thing tried for real, and how to get what does not.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "core/base/text.h"
#include "core/cli/display.h"
#include "core/cli/font_files.h"
#include "core/cli/subcommands.h"
#include "core/helper/helper.h"
#include "core/kernel/sock_diag.h"
#include "core/session/session.h"

namespace synoptic {

namespace {

constexpr int patience_ms = 10'000;
constexpr const char* loopback = "127.0.0.1";

struct Finding {
    const char* what;
    bool ok = false;
    std::string text{};      // ok: a detail, may be empty; else what is missing and how to get it
    bool is_needed = false;  // the app can't do without
};

/** A detail of what works; how it can be had of what does not. */
Finding found(const char* what, const Status& status, const std::string& detail, const std::string& remedy) {
    if (status) return {what, true, detail};
    std::string why = status.error().text();
    while (!why.empty() && (why.back() == '.' || why.back() == '\n')) why.pop_back();
    return {what, false, why + "; " + remedy};
}

/** Tries things with a session of its own. */
class Trial {
   public:
    explicit Trial(std::unique_ptr<Session> session) : session_(std::move(session)) {}

    /** Starts a server on loopback; its port. */
    Result<std::string> serve(const char* program, Place place) {
        const std::uint64_t number = session_->submit(StartServer{.program = program, .place = place, .address = loopback, .port = "0"});
        const std::string label = "server " + std::to_string(++servers_);
        std::string port, trouble;
        const bool told = session_->wait_for(
            [&](const World& world) {
                trouble = trouble_of(world, number, label);
                const Program* server = by_label(world, label);
                const Socket* listener = server ? find(world, server->listener) : nullptr;
                const bool listens = listener && listener->state == Socket::State::listening;
                if (listens) port = std::to_string(listener->local.port());
                return listens || !trouble.empty();
            },
            patience_ms);
        if (!told) return Error{"", 0, "it did not begin to listen in time"};
        if (!trouble.empty()) return Error{"", 0, trouble};
        return port;
    }

    Status connect(const std::string& port) {
        const std::uint64_t number = session_->submit(AddClients{.host = loopback, .port = port});
        std::string trouble;
        const bool told = session_->wait_for(
            [&](const World& world) {
                trouble = trouble_of(world, number, "client 1");
                const bool accepted = std::any_of(world.connections.begin(), world.connections.end(),
                                                  [](const auto& entry) { return entry.second.state == Connection::State::accepted; });
                return accepted || !trouble.empty();
            },
            patience_ms);
        if (!told) return Error{"", 0, "no connection came about in time"};
        if (!trouble.empty()) return Error{"", 0, trouble};
        return Done{};
    }

    /** The lab, with its relay. */
    LabState start_lab() {
        LabState lab;
        session_->submit(StartLab{});
        const bool told = session_->wait_for([&](const World& world) { return lab = world.lab, lab.asked; }, patience_ms);
        if (!told) lab.trouble = "the lab process did not answer in time";
        return lab;
    }

    /** Why the helper does not run; empty if it does. */
    std::string helper_trouble() const { return session_->history().at(session_->history().size()).helper_trouble; }

   private:
    static const Program* by_label(const World& world, const std::string& label) {
        for (const auto& [id, program] : world.programs) {
            if (program.label == label) return &program;
        }
        return nullptr;
    }
    /** Why the program that this command starts does not run; empty while it may. */
    static std::string trouble_of(const World& world, std::uint64_t command, const std::string& label) {
        for (const CommandRecord& record : world.commands) {
            if (record.number == command && record.failed) return record.outcome;
        }
        const Program* program = by_label(world, label);
        if (program && !program->trouble.empty()) return program->trouble;
        return program && program->state == Program::State::ended ? "it ended by itself" : "";
    }

    std::unique_ptr<Session> session_;
    int servers_ = 0;
};

Finding check_helper(Trial& trial, const std::string& helper) {
    const Result<std::string> port = trial.serve("echo_fork", Place::own_process);
    const std::string trouble = trial.helper_trouble();
    Status started = port ? Status(Done{}) : Status(port.error());
    if (!started && !trouble.empty()) started = Error{"", 0, trouble};
    Finding finding = found("helper", started, "starts processes of their own", "build it again, it belongs beside the program: " + helper);
    finding.is_needed = true;
    return finding;
}

Finding check_loopback(Trial& trial) {
    const Result<std::string> port = trial.serve("echo_iterative", Place::in_app);
    const Status connected = port ? trial.connect(*port) : Status(port.error());
    Finding finding =
        found("loopback", connected, "a client of a server on 127.0.0.1 was accepted", "sudo ip link set lo up brings the device up");
    finding.is_needed = true;
    return finding;
}

std::vector<Finding> check_wire(Trial& trial) {
    const LabState lab = trial.start_lab();
    if (!lab.lives) return {{"wire", false, lab.trouble}, {"IPv6 on the wire", false, "it needs the wire"}};
    const HostAddresses &client = addresses_of(Host::client), &server = addresses_of(Host::server);
    const std::string without = lab.shortcomings.empty() ? "" : "; " + lab.shortcomings;
    const Finding ipv4{"wire", true, fmt::format("{} {} and {} {}{}", client.name, client.ipv4, server.name, server.ipv4, without)};
    if (lab.has_ipv6) return {ipv4, {"IPv6 on the wire", true, fmt::format("{} and {}", client.ipv6, server.ipv6)}};
    const char* remedy = " sudo sysctl net.ipv6.conf.all.disable_ipv6=0 switches it on, unless the kernel was started without it";
    return {ipv4, {"IPv6 on the wire", false, lab.shortcomings + remedy}};
}

Finding check_tables() {
    const auto table = SockDiag().tcp_sockets();
    return found("kernel's tables", table ? Status(Done{}) : Status(table.error()), "TCP states, timers and queues by sock_diag",
                 "sudo modprobe tcp_diag brings them, unless a seccomp profile forbids the question; without them states are inferred");
}

Finding check_capture() {
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
    const Status opened = fd >= 0 ? Status(Done{}) : Status(errno_error("socket"));
    if (fd >= 0) close(fd);
    std::error_code unreadable;
    const std::string program = std::filesystem::read_symlink("/proc/self/exe", unreadable);
    return found("capture", opened, "this user may capture packets",
                 "capturing on loopback needs CAP_NET_RAW: sudo setcap cap_net_raw+ep " + program + " gives it; the wire needs none");
}

Finding check_display() {
    const Result<std::string> display = reach_display();
    return found("display", display ? Status(Done{}) : Status(display.error()), display ? *display : "",
                 "start it in a graphical session, or over ssh -X; serve, client and hostinfo need none");
}

Finding check_fonts() {
    const std::string text = find_font("Inter", "Regular"), code = find_font("JetBrainsMono", "Regular");
    if (!text.empty() && !code.empty()) return {"fonts", true, text + ", " + code};
    std::string packages;
    if (text.empty()) packages = "fonts-inter (Fedora: rsms-inter-fonts, Arch: inter-font)";
    if (code.empty())
        packages += (packages.empty() ? "" : " and ") +
                    std::string("fonts-jetbrains-mono (Fedora: jetbrains-mono-fonts, Arch: ttf-jetbrains-mono)");
    return {"fonts", false,
            std::string(text.empty() ? "Inter" : "JetBrains Mono") + (text.empty() && code.empty() ? " and JetBrains Mono are" : " is") +
                " not installed, and another is shown; packages: " + packages};
}

std::vector<Finding> check_all(const CheckOptions& options) {
    std::vector<Finding> findings;
    const std::string helper = options.helper_path.empty() ? helper_path() : options.helper_path;
    SessionSetup setup;
    setup.helper = helper;
    setup.tun_path = options.tun_path;
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    if (session) {
        Trial trial(std::move(*session));
        findings = {check_helper(trial, helper), check_loopback(trial)};
        for (Finding& finding : check_wire(trial)) findings.push_back(std::move(finding));
    } else {
        findings.push_back({"session", false, session.error().text(), true});
    }
    for (Finding (*check)() : {check_tables, check_capture, check_display, check_fonts}) findings.push_back(check());
    return findings;
}

}  // namespace

int check(const CheckOptions& options) {
    const std::vector<Finding> findings = check_all(options);
    std::string printed;
    bool enough = true;
    for (const Finding& finding : findings) {
        std::string line = finding.what;
        line.resize(std::max<std::size_t>(line.size(), 18), ' ');
        line.append(finding.ok ? "ok" : "missing");
        if (!finding.text.empty()) line.append(finding.ok ? "       " : "  ").append(escaped(finding.text));
        printed.append(line).push_back('\n');
        enough = enough && (finding.ok || !finding.is_needed);
    }
    const bool written = std::fwrite(printed.data(), 1, printed.size(), stdout) == printed.size() && std::fflush(stdout) == 0;
    return enough && written ? 0 : 1;
}

}  // namespace synoptic
