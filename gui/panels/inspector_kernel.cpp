// What the kernel's table says of a socket: the part of its page that no call tells. See inspector_segment.h.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/panels/inspector_segment.h"
#include "gui/panels/tcp_words.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

FactSection listener_facts(const World& world, const Socket& socket) {
    FactSection facts;
    const auto room = static_cast<std::uint64_t>(std::max<std::int64_t>(accept_queue_room(socket), 0));
    const auto queue = [&](const char* name, int length, std::string what) {
        const auto count = static_cast<std::uint64_t>(length);
        const bool full = count >= room;
        add(facts, name, fmt::format("{} of {}{}: {}", with_commas(count), with_commas(room), full ? ", full" : "", what),
            full        ? Tone::trouble
            : count > 0 ? Tone::client
                        : Tone::normal);
    };
    if (socket.syn_queue >= 0) queue("SYN queue", socket.syn_queue, "a SYN has come, the handshake's last ACK has not");
    if (socket.kernel_queue >= 0) {
        const std::size_t told = accept_queue(world, socket.id).size();
        std::string what = "the handshake is done, accept has not come";
        if (told != static_cast<std::size_t>(socket.kernel_queue)) what += fmt::format("; calls tell of {}", told);
        queue("accept queue", socket.kernel_queue, std::move(what));
    }
    return facts;
}

FactSection end_facts(const TcpEnd& end, std::uint64_t now_ns) {
    FactSection facts;
    const bool gone = end.state == TcpState::closed;
    const std::string since = clock_text(now_ns > end.since_ns ? now_ns - end.since_ns : 0);
    add(facts, "state", fmt::format("{} for {}", name_of(end.state), since),
        end.state == TcpState::established ? Tone::alive
        : gone                             ? Tone::dim
                                           : Tone::normal,
        {}, end.known);
    add(facts, "", meaning_of(end.state), Tone::dim);
    if (gone) return facts;
    const std::string timer = timer_text(end, now_ns);
    add(facts, "timer", timer.empty() ? "none runs" : timer, timer.empty() ? Tone::dim : Tone::blocked);
    if (end.timer.retransmits > 0 && end.timer.kind == TcpTimer::Kind::none)
        add(facts, "sent again", fmt::format("{} times without an answer", end.timer.retransmits));
    add(facts, "receive queue", fmt::format("{} that nobody has read", byte_count(end.receive_queue_bytes)),
        end.receive_queue_bytes > 0 ? Tone::blocked : Tone::normal);
    add(facts, "send queue", fmt::format("{} sent or to be sent, and not acknowledged", byte_count(end.send_queue_bytes)),
        end.send_queue_bytes > 0 ? Tone::blocked : Tone::normal);
    if (!end.owner.empty()) add(facts, "belongs to", fmt::format("{} (pid {}), which was not started here", end.owner, end.owner_pid));
    return facts;
}

}  // namespace

bool add_kernel_facts(InspectorPage& page, const World& world, const Socket& socket, std::uint64_t now_ns) {
    const TcpEnd* end = tcp_end(world, socket.id);
    FactSection facts;
    if (socket.state == Socket::State::listening)
        facts = listener_facts(world, socket);
    else if (end)
        facts = end_facts(*end, now_ns);
    if (facts.facts.empty()) return false;
    const TcpHost host = end ? end->host : socket.host;
    facts.title = fmt::format("The kernel's table, {}", name_of(host));
    page.sections.push_back(std::move(facts));
    return true;
}

}  // namespace synoptic
