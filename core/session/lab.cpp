// The wire: the lab and the relay, and what the user does with segments.
#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/helper/channel.h"
#include "core/session/implementation.h"

namespace synoptic {

namespace {

std::string lines(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all.append(all.empty() ? "" : "\n").append(text);
    return all;
}

std::future<bool> order_relay(Relay& relay, const MoveSegment& command) {
    switch (command.move) {
        case SegmentMove::deliver:
            return relay.deliver(command.segment, command.stack);
        case SegmentMove::deliver_once:
            return relay.deliver_once(command.segment);
        case SegmentMove::drop:
            return relay.drop(command.segment, command.stack);
        case SegmentMove::duplicate:
            return relay.duplicate(command.segment);
        case SegmentMove::hold:
            return relay.hold(command.segment);
        case SegmentMove::overtake:
            break;
    }
    return relay.overtake(command.segment);
}

}  // namespace

Host Session::Implementation::host_of(const Run& run) {
    return run.info->role == Role::server ? Host::server : Host::client;
}

/** Tells whether there is a lab; without one, `trouble` says why. */
void Session::Implementation::post_lab(const std::string& trouble) {
    std::string text;
    const bool lives = lab_lives && lab;
    for (const std::string& part : {trouble, lives ? lab->nsenter_command(Host::client) : "", lives ? lab->nsenter_command(Host::server) : "",
                                    lives ? lines(lab->shortcomings()) : ""}) {
        text.append(part).push_back('\0');
    }
    post(EventKind::lab_state, {.a = lives ? lab->pid() : 0, .b = lives, .value = lives && lab->has_ipv6()}, text);
}

Status Session::Implementation::start_lab() {
    end_lab();
    Result<std::unique_ptr<Lab>> made =
        Lab::start({.helper_path = setup.helper.empty() ? helper_path() : setup.helper, .lifeline_read_end = lifeline_read, .tun_path = setup.tun_path});
    if (!made) {
        post_lab(made.error().text());
        return made.error();
    }
    feed = std::make_unique<WireFeed>(*collector, Network::wire);
    Result<std::unique_ptr<Relay>> relayed = Relay::start({.client_tun = (*made)->tun(Host::client),
                                                           .server_tun = (*made)->tun(Host::server),
                                                           .sink = feed.get(),
                                                           .rules = rules,
                                                           .next_id = &next_segment,
                                                           .paused = wire_paused});
    if (!relayed) {
        post_lab(relayed.error().text());
        return relayed.error();
    }
    lab = std::move(*made);
    relay = std::move(*relayed);
    lab_lives = true;
    epoll_event event{.events = EPOLLIN, .data = {.u64 = static_cast<std::uint64_t>(lab->pid())}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, lab->pidfd(), &event);
    const Result<int> client_tables = lab->open_socket(Host::client, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    const Result<int> server_tables = lab->open_socket(Host::server, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    collector->read_tables_of(client_tables ? *client_tables : -1, server_tables ? *server_tables : -1);
    if (helper_pid.load() != 0) tell_helper_of_lab();
    post_lab("");
    return Done{};
}

/** Its programs join the hosts by these, each in a message of its own. */
void Session::Implementation::tell_helper_of_lab() {
    if (!lab) return;
    const HostDescriptors client = lab->descriptors(Host::client), server = lab->descriptors(Host::server);
    int which = 0;
    for (const int fd : {client.user_ns, client.net_ns, server.net_ns}) {
        [[maybe_unused]] const Status sent = send_order({{"do", "namespace"}, {"which", which++}}, fd);
    }
}

/** Takes the wire down. Programs in its hosts are asked to end: nothing that they send would arrive any more. */
void Session::Implementation::end_lab() {
    for (auto& [id, run] : runs) {
        if (run->network != Network::wire) continue;
        run->stop_asked = true;
        ask_to_stop(*run, 2);
    }
    if (!relay) return;
    if (lab_lives) epoll_ctl(epoll_fd, EPOLL_CTL_DEL, lab->pidfd(), nullptr);
    collector->read_tables_of(-1, -1);
    relay.reset();
    lab.reset();
    lab_lives = false;
}

/** The lab process has ended by itself. Its hosts live on by the descriptors that are held here, but no socket can be made in them any more. */
void Session::Implementation::lab_ended() {
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, lab->pidfd(), nullptr);
    lab_lives = false;
    post_lab("The lab process, which holds the wire's two hosts, has ended. What is connected there goes on, and segments that wait can still be moved, but "
             "nothing new can start there. Restart the wire: it ends the programs in its hosts.");
}

Status Session::Implementation::check_network(Network network) {
    if (network == Network::loopback || lab_lives) return Done{};
    if (lab) return Error{"", 0, wire_has_ended};
    return start_lab();
}

Result<std::string> Session::Implementation::execute(const StartLab&) {
    const bool anew = lab != nullptr;
    if (const Status started = start_lab(); !started) return started.error();
    return std::string(anew ? "the wire was restarted" : "the wire's two hosts stand");
}

Result<std::string> Session::Implementation::execute(const SetRules& command) {
    rules = command.rules;
    post(EventKind::rules_set, {}, std::string(reinterpret_cast<const char*>(&rules), sizeof rules));  // before what they cause
    if (relay) relay->set_rules(rules);
    return std::string("the wire's rules were set");
}

Result<std::string> Session::Implementation::execute(const MoveSegment& command) {
    if (!relay) return Error{"", 0, "there is no wire, so that no segment waits on it"};
    // The relay answers at once: it waits for nobody.
    if (!order_relay(*relay, command).get())
        return Error{"", 0, fmt::format("segment {} does not wait any more: it was delivered or dropped meanwhile", static_cast<std::uint64_t>(command.segment))};
    return std::string("one segment");
}

Result<std::string> Session::Implementation::execute(const DeliverAll&) {
    if (!relay) return Error{"", 0, "there is no wire, so that no segment waits on it"};
    relay->deliver_all();
    return std::string("all that waited");
}

}  // namespace synoptic
