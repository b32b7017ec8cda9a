// The interpreter of the manifest's argument templates, and results as strace prints them. It must take any event: recordings are files.
#include "core/trace/format.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "core/trace/constants.h"

namespace synoptic {
namespace {

constexpr const char* untold = "…";     // of an argument that the call fills in: it has not returned, or has written nothing
constexpr const char* lost_text = "?";  // it was told, but there was no room for it in the trace

/** What {field:format} is filled in from. */
struct Source {
    const Event& event;
    Payload payload;
    bool is_exit;
    std::size_t most_bytes;
};

template <class T>
bool read_value(Payload payload, T& value) {
    if (payload.size() < sizeof value) return false;
    std::memcpy(&value, payload.data(), sizeof value);
    return true;
}

/** True if an out-argument was not written: the call failed, or returned nothing that fills it. */
bool wrote_nothing(const Event& exit) {
    switch (exit.kind) {
        case EventKind::getaddrinfo:
        case EventKind::getnameinfo:
        case EventKind::pthread_create:
            return exit.value != 0;
        case EventKind::waitpid:
        case EventKind::fgets:
            return exit.value <= 0;
        default:
            return exit.value < 0;
    }
}

std::string braced(const Address& address) {
    return address.known() ? fmt::format("{{{}}}", address.text()) : lost_text;
}

std::string optval_text(const Source& source, std::int64_t level, std::int64_t option) {
    if (level == SOL_SOCKET && option == SO_LINGER) {
        if (linger value; read_value(source.payload, value))
            return fmt::format("[{{l_onoff={}, l_linger={}}}]", value.l_onoff, value.l_linger);
    }
    if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
        if (timeval value; read_value(source.payload, value))
            return fmt::format("[{{tv_sec={}, tv_usec={}}}]", value.tv_sec, value.tv_usec);
    }
    if (level == SOL_SOCKET && option == SO_ERROR) {
        if (int value; read_value(source.payload, value)) return fmt::format("[{}]", value == 0 ? "0" : error_name(value));
    }
    if (int value; source.payload.size() == sizeof value && read_value(source.payload, value)) return fmt::format("[{}]", value);
    return in_quotes(source.payload, source.most_bytes);
}

std::string addresses_text(Payload payload) {
    std::string list;
    for (; payload.size() >= sizeof(Address); payload.remove_prefix(sizeof(Address))) {
        if (!list.empty()) list += ", ";
        list += braced(payload_address(payload.substr(0, sizeof(Address))));
    }
    return fmt::format("[{}]", list);
}

/** ai_flags | ai_family << 32 | ai_socktype << 48, as sockets packs it. */
std::string aihints_text(std::int64_t packed) {
    const auto bits = static_cast<std::uint64_t>(packed);
    const auto flags = static_cast<std::int64_t>(bits & 0xffff'ffffu);
    const auto family = static_cast<std::int64_t>((bits >> 32) & 0xffffu), socktype = static_cast<std::int64_t>(bits >> 48);
    if (packed == 0) return "NULL";
    std::string text = "{ai_flags=" + aiflags_text(flags) + ", ai_family=" + domain_name(family);
    if (socktype != 0) text += ", ai_socktype=" + socktype_name(socktype);
    return text + "}";
}

std::string string_text(const Source& source, std::size_t which) {
    const std::vector<std::string> strings = payload_strings(source.payload);
    if (which >= strings.size() || strings[which].empty()) return "NULL";
    return in_quotes(strings[which], source.most_bytes);
}

std::string bytes_text(const Source& source, std::size_t begin = 0) {
    const Payload bytes = source.payload.substr(std::min(begin, source.payload.size()));
    std::string text = in_quotes(bytes, source.most_bytes);
    const bool says_so = bytes.size() > source.most_bytes;
    if ((source.event.flags & event_payload_cut) && !says_so) text += "…";
    return text;
}

/** A field in a format that reads the payload. `enter` has the level and option that a value is to be read with. */
std::string payload_text(std::string_view format, const Source& source, const Event& enter) {
    const bool null_address = enter.kind == EventKind::accept && enter.a == -1;  // accept(fd, NULL, NULL)
    if (format == "peer" && null_address) return "NULL";
    const bool no_destination = enter.kind == EventKind::sendto && enter.value == 0;  // of a connected socket
    const bool not_asked = enter.kind == EventKind::recvfrom && source.event.a == -1;
    if (format == "address" && (no_destination || not_asked)) return "NULL";
    if (source.event.flags & event_payload_lost) return lost_text;
    if (format == "bytes") return bytes_text(source);
    if (format == "datagram") return bytes_text(source, sizeof(Address));
    if (format == "address") return braced(payload_address(source.payload));
    if (format == "peer") return braced(payload_pair(source.payload).peer);
    if (format == "addresses") return addresses_text(source.payload);
    if (format == "text1") return string_text(source, 0);
    if (format == "text2") return string_text(source, 1);
    if (format == "optval") return optval_text(source, enter.a, enter.b);
    // The length of an option's value is passed by value to setsockopt and by address to getsockopt.
    if (format == "size") return fmt::format(fmt::runtime(source.is_exit ? "[{}]" : "{}"), source.payload.size());
    return in_quotes(source.payload, source.most_bytes);
}

/** A field in a format that reads a number. */
std::string number_text(std::string_view format, std::int64_t number, const Event& enter) {
    if (format == "domain") return domain_name(number);
    if (format == "socktype") return socktype_name(number);
    if (format == "protocol") return protocol_name(number);
    if (format == "level") return level_name(number);
    if (format == "option") return option_name(enter.a, number);
    if (format == "msgflags") return msgflags_text(number);
    if (format == "how") return how_name(number);
    if (format == "aihints") return aihints_text(number);
    if (format == "niflags") return niflags_text(number);
    if (format == "whence") return whence_name(number);
    if (format == "waitflags") return waitflags_text(number);
    if (format == "status") return wait_status_text(static_cast<int>(number));
    if (format == "length") return number < 0 ? "NULL" : fmt::format("[{}]", number);
    if (format == "thread") return fmt::format("{:#x}", static_cast<std::uint64_t>(number));  // pthread_t, as ltrace has it
    return std::to_string(number);
}

/** Fills in one {field:format}, given without its braces. */
std::string fill_in(std::string_view hole, const Told& enter, const Told* exit, std::size_t most_bytes) {
    const bool of_exit = hole.starts_with('>');
    if (of_exit) hole.remove_prefix(1);
    if (of_exit && (!exit || wrote_nothing(exit->event))) return untold;
    const std::size_t colon = std::min(hole.find(':'), hole.size());
    const std::string_view field = hole.substr(0, colon), format = colon < hole.size() ? hole.substr(colon + 1) : "";
    const Told& told = of_exit ? *exit : enter;
    if (field == "payload") return payload_text(format, Source{told.event, told.payload, of_exit, most_bytes}, enter.event);
    const std::int64_t number = field == "fd"  ? told.event.fd
                                : field == "a" ? told.event.a
                                : field == "b" ? told.event.b
                                               : told.event.value;
    return number_text(format, number, enter.event);
}

std::string gai_result(const Event& exit) {
    const int code = static_cast<int>(exit.value);
    const char* name = gai_error_name(code);
    std::string text = fmt::format(" = {}", code);
    if (name) text += fmt::format(" {}", name);
    if (code == EAI_SYSTEM && exit.error != 0) return text + fmt::format(" ({}: {})", error_name(exit.error), error_text(exit.error));
    return text + fmt::format(" ({})", gai_strerror(code));
}

}  // namespace

std::string print_call(const Told& enter, const Told* exit, std::size_t most_bytes) {
    const KindInfo& info = kind_info(enter.event.kind);
    std::string text = std::string(info.name) + "(";
    if (info.section == 0) return text + ")";
    std::string_view rest = info.arguments;
    while (!rest.empty()) {
        const std::size_t open = std::min(rest.find('{'), rest.size());
        text += rest.substr(0, open);
        rest.remove_prefix(open);
        if (rest.empty()) break;
        const std::size_t close = std::min(rest.find('}'), rest.size() - 1);
        text += fill_in(rest.substr(1, close - 1), enter, exit, most_bytes);
        rest.remove_prefix(close + 1);
    }
    return text + ")";
}

std::string print_result(const Event& enter, const Event* exit) {
    if (enter.kind == EventKind::_exit) return " = ?";
    if (!exit) return "";
    switch (exit->kind) {
        case EventKind::getaddrinfo:
        case EventKind::getnameinfo:
            if (exit->value != 0) return gai_result(*exit);
            break;
        case EventKind::fgets:
            return exit->value > 0 ? " = buffer" : " = NULL";  // its first argument, whatever the program calls that
        case EventKind::pthread_create:
        case EventKind::pthread_join:
        case EventKind::pthread_detach:  // return the error number itself
            if (exit->value != 0)
                return fmt::format(" = {} ({})", error_name(static_cast<int>(exit->value)), error_text(static_cast<int>(exit->value)));
            break;
        default:
            break;
    }
    if (exit->value < 0 && exit->error != 0)
        return fmt::format(" = {} {} ({})", exit->value, error_name(exit->error), error_text(exit->error));
    return fmt::format(" = {}", exit->value);
}

int failure_of(const Event& exit) {
    switch (exit.kind) {
        case EventKind::getaddrinfo:
        case EventKind::getnameinfo:
        case EventKind::pthread_create:
        case EventKind::pthread_join:
        case EventKind::pthread_detach:  // the result is the error
            return static_cast<int>(exit.value);
        default:
            return exit.value < 0 ? exit.error : 0;
    }
}

const char* error_name(int err) {
    if (const char* name = err < 0 ? gai_error_name(err) : strerrorname_np(err)) return name;
    static thread_local char unknown[24];
    *fmt::format_to_n(unknown, sizeof unknown - 1, "errno {}", err).out = '\0';
    return unknown;
}

std::string error_text(int err) {
    if (err < 0) return gai_strerror(err);
    const char* text = strerrordesc_np(err);
    return text ? text : fmt::format("errno {}", err);
}

std::string wait_status_text(int status) {
    if (status < 0) return "status unknown";
    if (WIFEXITED(status)) return fmt::format("exited {}", WEXITSTATUS(status));
    if (WIFSTOPPED(status)) return "stopped";
    if (WIFCONTINUED(status)) return "continued";
    const int signal = WTERMSIG(status);
    const char* name = sigabbrev_np(signal);
    const std::string killed = name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", signal);
    return WCOREDUMP(status) ? killed + ", core dumped" : killed;
}

Address payload_address(Payload payload) {
    Address address;
    if (!read_value(payload, address)) return {};
    address.length_bytes = std::min<std::uint32_t>(address.length_bytes, sizeof address.bytes);
    return address;
}

AddressPair payload_pair(Payload payload) {
    if (payload.size() < sizeof(AddressPair)) return {};
    return {payload_address(payload), payload_address(payload.substr(sizeof(Address)))};
}

std::vector<std::string> payload_strings(Payload payload) {
    std::vector<std::string> strings;
    while (!payload.empty()) {
        const std::size_t end = std::min(payload.find('\0'), payload.size());
        strings.emplace_back(payload.substr(0, end));
        payload.remove_prefix(std::min(end + 1, payload.size()));
    }
    return strings;
}

}  // namespace synoptic
