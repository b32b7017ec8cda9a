// Addresses: a lesson reaches this machine and the wire's hosts, and no other.
#include <arpa/inet.h>

#include "core/lesson/matcher_reader.h"
#include "core/wire/host.h"

namespace synoptic {

namespace {

/** 127.0.0.0/8 and ::1: no other address is this machine's own wherever it is. */
bool is_loopback_address(const std::string& text) {
    in_addr four;
    in6_addr six;
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/** A lesson reaches no other machine: what is no name of this one must be an address of it, or of the wire's hosts. */
std::string host(WordReader& reader, bool or_on_the_wire) {
    if (reader.words("this", "machine")) return "this machine";
    if (!reader.peek() || reader.peek()->quoted) return {};
    const std::string text = reader.peek()->text;
    const bool is_name = text == "localhost" || text == "ip6-localhost" || text == "ip6-loopback";
    const bool is_host = is_name || is_loopback_address(text) || (or_on_the_wire && is_wire_address(text));
    if (is_host) ++reader.state.at;
    return is_host ? text : std::string();
}

}  // namespace

bool is_wire_address(const std::string& text) {
    for (const Host host : {Host::client, Host::server}) {
        if (text == addresses_of(host).ipv4 || text == addresses_of(host).ipv6) return true;
    }
    return false;
}

MatchWays match_target(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    ConnectTarget& target = reader.state.words.target;
    target = {};
    if (reader.word("nobody")) {
        target.nobody = true;
        return {reader.state};
    }
    target.no_name = reader.words("no", "name");
    if (!target.no_name) target.host = host(reader, true);
    if (reader.word("port")) {
        const std::optional<std::int64_t> port = reader.number();  // its range: check_actions.cpp
        if (!port) return {};
        target.port = std::to_string(*port);
        return {reader.state};
    }
    target.server = reader.name();
    if (target.server.empty()) return {};
    if (reader.words("'s", "port") || (target.host.empty() && !target.no_name)) return {reader.state};
    return {};
}

MatchWays match_host(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::string name = host(reader, true);
    reader.state.words.names.push_back(name);
    return ways_if(!name.empty(), reader);
}

/** To be looked up: an address of the wire is in no hosts file, and would be asked of a name server. */
MatchWays match_own_name(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    const std::string name = host(reader, false);
    reader.state.words.names.push_back(name);
    return ways_if(!name.empty(), reader);
}

}  // namespace synoptic
