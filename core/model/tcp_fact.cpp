#include "core/model/tcp_fact.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.h"

namespace synoptic {
namespace {

struct Carried {
    AddressPair ends;
    std::uint64_t timer_due_ns;
};
static_assert(sizeof(Carried) == 72);

std::uint32_t count(std::int64_t value) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
}

}  // namespace

const char* name_of(TcpHost host) {
    switch (host) {
        case TcpHost::here:
            return "this machine";
        case TcpHost::client:
            return "client host";
        case TcpHost::server:
            return "server host";
    }
    return "?";
}

Args tcp_args(const TcpFact& fact) {
    const TcpSocket& socket = fact.socket;
    const std::int64_t packed = static_cast<std::int64_t>(socket.state) | static_cast<std::int64_t>(socket.timer.kind) << 8 |
                                static_cast<std::int64_t>(socket.timer.retransmits) << 16;
    return {.fd = static_cast<std::int32_t>(fact.host),
            .a = packed,
            .b = socket.receive_queue_bytes,
            .value = socket.send_queue_bytes,
            .socket = socket.cookie};
}

std::string tcp_payload(const TcpFact& fact) {
    const Carried carried{{fact.socket.local, fact.socket.peer}, fact.timer_due_ns};
    return {reinterpret_cast<const char*>(&carried), sizeof carried};
}

TcpFact read_tcp_fact(const Event& event, std::string_view payload) {
    TcpFact fact;
    fact.host = event.fd == 1 ? TcpHost::client : event.fd == 2 ? TcpHost::server : TcpHost::here;
    TcpSocket& socket = fact.socket;
    socket.cookie = event.socket;
    const auto state = static_cast<std::uint8_t>(event.a), timer = static_cast<std::uint8_t>(event.a >> 8);
    if (state <= static_cast<std::uint8_t>(TcpState::closing)) socket.state = TcpState{state};
    if (timer <= static_cast<std::uint8_t>(TcpTimer::Kind::zero_window_probe)) socket.timer.kind = TcpTimer::Kind{timer};
    socket.timer.retransmits = static_cast<std::uint8_t>(event.a >> 16);
    socket.receive_queue_bytes = count(event.b);
    socket.send_queue_bytes = count(event.value);
    Carried carried{};
    if (!payload.empty()) std::memcpy(static_cast<void*>(&carried), payload.data(), std::min(payload.size(), sizeof carried));
    socket.local = carried.ends.local;
    socket.peer = carried.ends.peer;
    for (Address* address : {&socket.local, &socket.peer})
        address->length_bytes = std::min<std::uint32_t>(address->length_bytes, sizeof address->bytes);
    fact.timer_due_ns = carried.timer_due_ns;
    return fact;
}

std::string tcp_fact_text(const TcpFact& fact) {
    const TcpSocket& socket = fact.socket;
    std::string text = fmt::format("{} to {} is {}", socket.local.text(), socket.peer.text(), name_of(socket.state));
    if (socket.receive_queue_bytes != 0) text += fmt::format(", {} to be read", byte_count(socket.receive_queue_bytes));
    if (socket.send_queue_bytes != 0) text += fmt::format(", {} to be acknowledged", byte_count(socket.send_queue_bytes));
    if (socket.timer.kind != TcpTimer::Kind::none) text += fmt::format(", {} timer", name_of(socket.timer.kind));
    if (socket.timer.retransmits != 0) text += fmt::format(" × {}", socket.timer.retransmits);
    return text;
}

}  // namespace synoptic
