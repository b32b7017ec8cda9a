// Words out of lists that others have made: calls, states, errno's names, signals.
#include <algorithm>
#include <cctype>
#include <cstring>
#include <functional>

#include "core/lesson/matcher_reader.h"
#include "core/trace/constants.h"

namespace synoptic {

namespace {

int error_by_name(const std::string& name) {
    for (int error = 1; error < 134; ++error) {
        const char* each = strerrorname_np(error);
        if (each && name == each) return error;
    }
    for (int code = -1; code > -120; --code) {  // getaddrinfo's are negative (netdb.h)
        const char* each = gai_error_name(code);
        if (each && name == each) return code;
    }
    return 0;
}

int signal_by_name(std::string name) {
    if (name.starts_with("SIG")) name = name.substr(3);
    for (int signal = 1; signal < 32; ++signal) {
        const char* each = sigabbrev_np(signal);
        if (each && name == each) return signal;
    }
    return 0;
}

std::string upper_state(std::string text) {
    for (char& c : text) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (text == "SYN_RECV" || text == "SYN_RECEIVED") return "SYN_RCVD";  // Linux's and RFC 9293's word
    if (text == "FIN_WAIT1") return "FIN_WAIT_1";
    if (text == "FIN_WAIT2") return "FIN_WAIT_2";
    return text;
}

TcpState state_by_name(const std::string& text) {
    const std::string upper = upper_state(text);
    for (int state = static_cast<int>(TcpState::established); state <= static_cast<int>(TcpState::closing); ++state) {
        std::string name = name_of(static_cast<TcpState>(state));
        if (upper == upper_state(name)) return static_cast<TcpState>(state);
    }
    return TcpState::none;
}

/** One word out of a list, or, with letters amiss, the nearest of it. */
MatchWays from_list(const MatchInput& input, const MatchState& state, const std::vector<std::string>& list,
                    const std::function<bool(MatchState&, const std::string&)>& take) {
    if (state.at >= input.words.size() || input.words[state.at].quoted) return {};
    MatchState further = state;
    const std::string& word = input.words[state.at].text;
    ++further.at;
    if (take(further, word)) return {further};
    if (!input.forgives || state.typos > 0) return {};
    const std::string nearest = nearest_word(word, list);
    if (nearest.empty() || !take(further, nearest)) return {};
    ++further.typos;
    further.meant.emplace_back(word, nearest);
    return {further};
}

std::vector<std::string> call_names() {
    std::vector<std::string> names;
    for (int kind = 1; kind < static_cast<int>(EventKind::count); ++kind) {
        if (is_call(static_cast<EventKind>(kind))) names.emplace_back(kind_info(static_cast<EventKind>(kind)).name);
    }
    return names;
}

std::vector<std::string> state_names() {
    std::vector<std::string> names;
    for (int state = static_cast<int>(TcpState::established); state <= static_cast<int>(TcpState::closing); ++state)
        names.emplace_back(name_of(static_cast<TcpState>(state)));
    return names;
}

std::vector<std::string> error_names() {
    std::vector<std::string> names;
    for (int error = 1; error < 134; ++error) {
        if (const char* name = strerrorname_np(error)) names.emplace_back(name);
    }
    return names;
}

}  // namespace

MatchWays match_call(const MatchInput& input, const MatchState& state) {
    static const std::vector<std::string> names = call_names();
    return from_list(input, state, names, [](MatchState& into, const std::string& word) {
        into.words.call = kind_by_name(word);
        return into.words.call != EventKind::none && is_call(into.words.call);
    });
}

MatchWays match_state_name(const MatchInput& input, const MatchState& state) {
    static const std::vector<std::string> names = state_names();
    return from_list(input, state, names, [](MatchState& into, const std::string& word) {
        into.words.state = state_by_name(word);
        return into.words.state != TcpState::none;
    });
}

MatchWays match_errno(const MatchInput& input, const MatchState& state) {
    static const std::vector<std::string> names = error_names();
    return from_list(input, state, names, [](MatchState& into, const std::string& word) {
        into.words.error = error_by_name(word);
        return into.words.error != 0;
    });
}

MatchWays match_signal(const MatchInput& input, const MatchState& state) {
    static const std::vector<std::string> names = {"SIGKILL", "SIGTERM", "SIGINT",  "SIGPIPE", "SIGSEGV",
                                                   "SIGABRT", "SIGSTOP", "SIGCONT", "SIGHUP"};
    return from_list(input, state, names, [](MatchState& into, const std::string& word) {
        into.words.signal = signal_by_name(word);
        return into.words.signal != 0;
    });
}

MatchWays match_fate(const MatchInput& input, const MatchState& state) {
    static const std::vector<std::string> names = {"sent", "dropped", "delivered", "retransmitted", "duplicated"};
    return from_list(input, state, names, [](MatchState& into, const std::string& word) {
        if (std::find(names.begin(), names.end(), word) == names.end()) return false;
        into.words.names.push_back(word);
        return true;
    });
}

}  // namespace synoptic
