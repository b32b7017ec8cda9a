// What the capitals of grammar.def stand for.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include "core/lesson/matcher.h"
#include "core/trace/constants.h"

namespace synoptic {

namespace {

constexpr std::array reserved = {
    "a",    "an",    "the",  "no",     "not",       "all",  "everything", "nothing", "nobody", "clients", "client", "segment", "segments",
    "at",   "from",  "with", "status", "localhost", "this", "loopback",   "until",   "within", "row",     "rows",   "wire",    "descriptor",
    "more", "fewer", "port", "to",     "on",        "as",   "and",        "in",      "zombie", "zombies", "once",   "everyone"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool is_name(std::string_view word) {
    if (word.empty() || !std::isalpha(static_cast<unsigned char>(word[0]))) return false;
    const bool letters = std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
    return letters && !is_reserved(word);
}

/** Reads words one after the other. */
class Reader {
   public:
    Reader(const MatchInput& input, const MatchState& begin) : input_(input), state(begin) {}
    const LessonWord* peek(std::size_t ahead = 0) const {
        return state.at + ahead < input_.words.size() ? &input_.words[state.at + ahead] : nullptr;
    }
    bool word(std::string_view literal) {
        if (!peek() || peek()->quoted || lower(peek()->text) != lower(literal)) return false;
        ++state.at;
        return true;
    }
    bool words(std::string_view first, std::string_view second) {
        if (!peek(1) || lower(peek()->text) != first || lower(peek(1)->text) != second) return false;
        state.at += 2;
        return true;
    }
    std::string name() {
        if (!peek() || peek()->quoted || !is_name(peek()->text)) return {};
        return input_.words[state.at++].text;
    }
    std::optional<std::int64_t> number() {
        static constexpr std::array names = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                             "seven", "eight", "nine", "ten",   "eleven", "twelve"};
        if (!peek() || peek()->quoted) return std::nullopt;
        const std::string text = lower(peek()->text);
        const auto named = std::find(names.begin(), names.end(), text);
        if (named != names.end()) {
            ++state.at;
            return named - names.begin();
        }
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
        ++state.at;
        return number;
    }

   private:
    const MatchInput& input_;

   public:
    MatchState state;
};

using Ways = std::vector<MatchState>;

Ways match_who(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    const std::string name = reader.name();
    if (name.empty()) return {};
    Ways ways;
    const MatchState behind_name = reader.state;
    if (reader.word("'s")) {
        const bool is_last = reader.word("last");
        const bool child = reader.word("child");
        if (!is_last && !child && reader.word("worker")) {
            reader.state.words.who.push_back({name, Who::Part::worker});
            ways.push_back(reader.state);
        } else if (child || reader.word("thread")) {
            const std::optional<std::int64_t> nth = is_last ? std::optional<std::int64_t>(Who::last) : reader.number();
            if (nth && (is_last || (*nth >= 1 && *nth <= 4000))) {
                reader.state.words.who.push_back({name, child ? Who::Part::child : Who::Part::thread, static_cast<int>(*nth)});
                ways.push_back(reader.state);
            }
        }
    }
    ways.push_back(behind_name);
    ways.back().words.who.push_back({name});
    return ways;
}

Ways match_count(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    Count count;
    if (reader.word("?"))
        count.how = Count::How::asked;
    else if (reader.word("a") || reader.word("an"))
        count = {Count::How::at_least, 1};
    else if (reader.word("no"))
        count = {Count::How::exactly, 0};
    else {
        std::int64_t shift = 0;
        if (reader.words("at", "least"))
            count.how = Count::How::at_least;
        else if (reader.words("at", "most"))
            count.how = Count::How::at_most;
        else if (reader.words("more", "than"))
            count.how = Count::How::at_least, shift = 1;
        else if (reader.words("fewer", "than") || reader.words("less", "than"))
            count.how = Count::How::at_most, shift = -1;
        const std::optional<std::int64_t> number = reader.number();
        if (!number) return {};
        count.number = *number + shift;
    }
    reader.state.words.counts.push_back(count);
    return {reader.state};
}

/** "200 ms", "2s", "1 min". */
Ways match_time(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    const LessonWord* word = reader.peek();
    if (!word || word->quoted) return {};
    double number = 0;
    const std::string& text = word->text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) return {};
    std::string unit(end, text.data() + text.size());
    ++reader.state.at;
    if (unit.empty()) {
        if (!reader.peek()) return {};
        unit = reader.peek()->text;
        ++reader.state.at;
    }
    static const std::map<std::string, double> units = {{"ms", 1},         {"s", 1000},         {"sec", 1000},   {"second", 1000},
                                                        {"seconds", 1000}, {"milliseconds", 1}, {"min", 60'000}, {"minute", 60'000}};
    const auto factor = units.find(unit);
    if (factor == units.end() || number * factor->second > 3'600'000) return {};
    reader.state.words.ms = static_cast<std::uint32_t>(number * factor->second);
    return {reader.state};
}

struct SegmentName {
    const char* text;
    SegmentWord word;
    std::uint8_t kinds;
};
constexpr SegmentName segment_names[] = {
    {"syn", SegmentWord::syn, kind_syn},
    {"syns", SegmentWord::syn, kind_syn},
    {"syn+ack", SegmentWord::syn_ack, kind_syn_ack},
    {"syn-ack", SegmentWord::syn_ack, kind_syn_ack},
    {"ack", SegmentWord::ack, kind_ack},
    {"acks", SegmentWord::ack, kind_ack},
    {"data", SegmentWord::data, kind_data},
    {"fin", SegmentWord::fin, kind_fin},
    {"fins", SegmentWord::fin, kind_fin},
    {"rst", SegmentWord::rst, kind_rst},
    {"rsts", SegmentWord::rst, kind_rst},
    {"segment", SegmentWord::any, kind_all},
    {"segments", SegmentWord::any, kind_all},
    {"probe", SegmentWord::probe, 0},
    {"probes", SegmentWord::probe, 0},
    {"everything", SegmentWord::any, kind_all},
};

const SegmentName* segment_name(const LessonWord* word) {
    if (!word || word->quoted) return nullptr;
    const std::string text = lower(word->text);
    const auto* found =
        std::find_if(std::begin(segment_names), std::end(segment_names), [&](const SegmentName& each) { return text == each.text; });
    return found == std::end(segment_names) ? nullptr : found;
}

Ways match_segment(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    if (reader.words("zero", "window") || reader.words("zero", "windows"))
        reader.state.words.segment = SegmentWord::zero_window;
    else if (reader.words("duplicate", "ack") || reader.words("duplicate", "acks"))
        reader.state.words.segment = SegmentWord::duplicate_ack;
    else if (const SegmentName* name = segment_name(reader.peek()); name && std::strcmp(name->text, "everything") != 0) {
        ++reader.state.at;
        reader.state.words.segment = name->word;
        reader.state.words.kinds = name->kinds;
    } else
        return {};
    if (!reader.word("segments")) (void)reader.word("segment");
    return {reader.state};
}

Ways match_kinds(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    std::uint8_t kinds = 0;
    for (;;) {
        const SegmentName* name = segment_name(reader.peek());
        if (!name || name->kinds == 0) return {};
        kinds |= name->kinds;
        ++reader.state.at;
        if (!reader.word(",") && !reader.word("and")) break;
        (void)reader.word("and");
    }
    reader.state.words.kinds = kinds;
    return {reader.state};
}

/** "from clients", "from server"; may be missing. */
Ways match_way(const MatchInput& input, const MatchState& state, bool with_to) {
    Reader reader(input, state);
    Ways ways;
    const auto whose = [&](std::string& into) {
        if (reader.word("clients") || reader.word("client"))
            into = "clients";
        else
            into = reader.name();
        return !into.empty();
    };
    bool taken = false;
    if (reader.word("from")) {
        if (!whose(reader.state.words.from)) return {};
        taken = true;
    }
    if (with_to && reader.word("to")) {
        if (!whose(reader.state.words.to)) return {};
        taken = true;
    }
    if (taken)
        ways.push_back(reader.state);
    else
        ways.push_back(state);
    return ways;
}

bool is_literal_address(const std::string& text) {
    unsigned char bytes[16];
    return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

std::string host(Reader& reader) {
    if (reader.words("this", "machine")) return "this machine";
    if (!reader.peek() || reader.peek()->quoted) return {};
    const std::string text = reader.peek()->text;
    const bool is_host = is_literal_address(text) || text == "localhost" || text == "ip6-localhost" || text == "ip6-loopback";
    if (is_host) ++reader.state.at;
    return is_host ? text : std::string();
}

Ways match_target(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    ConnectTarget& target = reader.state.words.target;
    target = {};
    if (reader.word("nobody")) {
        target.nobody = true;
        return {reader.state};
    }
    target.no_name = reader.words("no", "name");
    if (!target.no_name) target.host = host(reader);
    if (reader.word("port")) {
        const std::optional<std::int64_t> port = reader.number();
        if (!port || *port < 1 || *port > 65535) return {};
        target.port = std::to_string(*port);
        return {reader.state};
    }
    target.server = reader.name();
    if (target.server.empty()) return {};
    if (reader.words("'s", "port") || (target.host.empty() && !target.no_name)) return {reader.state};
    return {};
}

/** "Ann", "Ann, Bob and Cem". */
Ways match_news(const MatchInput& input, const MatchState& state) {
    Reader reader(input, state);
    for (;;) {
        const std::string name = reader.name();
        if (name.empty()) return {};
        reader.state.words.fresh.push_back(name);
        const bool comma = reader.word(",");
        if (!reader.word("and") && !comma) return {reader.state};
    }
}

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
Ways from_list(const MatchInput& input, const MatchState& state, const std::vector<std::string>& list,
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

bool is_reserved(std::string_view word) {
    const std::string text = lower(word);
    return std::any_of(reserved.begin(), reserved.end(), [&](const char* each) { return text == each; });
}

std::vector<MatchState> match_capital(std::string_view capital, const MatchInput& input, const MatchState& state, std::string& expected) {
    Reader reader(input, state);
    const auto one = [&](bool good) { return good ? Ways{reader.state} : Ways{}; };
    if (capital == "WHO") {
        expected = "a name of the lesson";
        return match_who(input, state);
    }
    if (capital == "NAME" || capital == "NEW") {
        expected = capital == "NEW" ? "a new name" : "a name of the lesson";
        const std::string name = reader.name();
        if (capital == "NEW")
            reader.state.words.fresh.push_back(name);
        else
            reader.state.words.who.push_back({name});
        return one(!name.empty());
    }
    if (capital == "NEWS") {
        expected = "a new name, or several";
        return match_news(input, state);
    }
    if (capital == "N") {
        expected = "a number";
        return match_count(input, state);
    }
    if (capital == "NUMBER" || capital == "NTH") {
        expected = capital == "NTH" ? "2nd, 3rd, 4th …" : "a number";
        std::optional<std::int64_t> number = reader.number();
        if (!number && capital == "NTH" && reader.peek()) {
            const std::string& text = reader.peek()->text;
            std::int64_t nth = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nth);
            const std::string_view ending(end, static_cast<std::size_t>(text.data() + text.size() - end));
            if (error == std::errc() && (ending == "st" || ending == "nd" || ending == "rd" || ending == "th"))
                number = nth, ++reader.state.at;
        }
        if (number) reader.state.words.numbers.push_back(*number);
        return one(number.has_value() && (capital != "NTH" || (*number >= 1 && *number <= 1'000'000)));
    }
    if (capital == "TIME") {
        expected = "a time (200 ms, 2 s)";
        return match_time(input, state);
    }
    if (capital == "TEXT") {
        expected = "a text in \"quotes\"";
        const bool good = reader.peek() && reader.peek()->quoted;
        if (good) reader.state.words.texts.push_back(input.words[reader.state.at++].text);
        return one(good);
    }
    if (capital == "SEGMENT") {
        expected = "a kind of segment (SYN, SYN+ACK, ACK, data, FIN, RST, segment)";
        return match_segment(input, state);
    }
    if (capital == "KINDS") {
        expected = "kinds of segments (SYN, SYN+ACK, ACK, data, FIN, RST, everything)";
        return match_kinds(input, state);
    }
    if (capital == "WAY" || capital == "BETWEEN") {
        expected = "“from clients”, “from server”";
        return match_way(input, state, capital == "BETWEEN");
    }
    if (capital == "TARGET") {
        expected = "a server's name, nobody, or an address of this machine and a port";
        return match_target(input, state);
    }
    if (capital == "HOST" || capital == "ADDRESS") {
        expected = "an address of this machine";
        const std::string name = host(reader);
        reader.state.words.names.push_back(name);
        return one(!name.empty());
    }
    if (capital == "CALL") {
        expected = "a call (accept, recv, …)";
        static const std::vector<std::string> names = call_names();
        return from_list(input, state, names, [](MatchState& into, const std::string& word) {
            into.words.call = kind_by_name(word);
            return into.words.call != EventKind::none && is_call(into.words.call);
        });
    }
    if (capital == "STATE") {
        expected = "a state (ESTABLISHED, CLOSE_WAIT, closed, …)";
        static const std::vector<std::string> names = state_names();
        return from_list(input, state, names, [](MatchState& into, const std::string& word) {
            into.words.state = state_by_name(word);
            return into.words.state != TcpState::none;
        });
    }
    if (capital == "ERRNO") {
        expected = "an errno's name (ECONNREFUSED)";
        static const std::vector<std::string> names = error_names();
        return from_list(input, state, names, [](MatchState& into, const std::string& word) {
            into.words.error = error_by_name(word);
            return into.words.error != 0;
        });
    }
    if (capital == "SIGNAL") {
        expected = "a signal (SIGKILL)";
        static const std::vector<std::string> names = {"SIGKILL", "SIGTERM", "SIGINT",  "SIGPIPE", "SIGSEGV",
                                                       "SIGABRT", "SIGSTOP", "SIGCONT", "SIGHUP"};
        return from_list(input, state, names, [](MatchState& into, const std::string& word) {
            into.words.signal = signal_by_name(word);
            return into.words.signal != 0;
        });
    }
    if (capital == "FATE") {
        expected = "sent, dropped, delivered, retransmitted or duplicated";
        static const std::vector<std::string> names = {"sent", "dropped", "delivered", "retransmitted", "duplicated"};
        return from_list(input, state, names, [](MatchState& into, const std::string& word) {
            if (std::find(names.begin(), names.end(), word) == names.end()) return false;
            into.words.names.push_back(word);
            return true;
        });
    }
    if (capital == "FILE" || capital == "WORD") {
        expected = capital == "FILE" ? "a file's name without folders (pairs.txt)" : "a name";
        const bool good = reader.peek() && !reader.peek()->quoted &&
                          (capital == "WORD" || reader.peek()->text.find('/') == std::string::npos) && reader.peek()->text[0] != '.';
        if (good) reader.state.words.names.push_back(input.words[reader.state.at++].text);
        return one(good);
    }
    if (capital == "QUOTE") {
        expected = "FILE: TEXT";
        const bool good = reader.peek() != nullptr;
        if (good) reader.state.words.texts.emplace_back(input.line.substr(reader.peek()->begin));
        reader.state.at = input.words.size();
        return one(good);
    }
    expected = std::string(capital);
    return {};
}

}  // namespace synoptic
