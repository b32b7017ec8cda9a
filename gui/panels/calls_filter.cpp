// The call list's filter: see calls_index.h.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <sstream>

#include "core/trace/format.h"
#include "gui/panels/calls_index.h"

namespace synoptic {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

bool whole_number(const std::string& word, long long& number) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc() && end == word.data() + word.size();
}

bool names_a_maker(const std::string& word) {
    return word == "client" || word == "server" || word == "child" || word == "worker";
}

}  // namespace

void CallsFilter::parse() {
    terms_.clear();
    std::istringstream in(lower(query_.words));
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    for (std::size_t at = 0; at < words.size(); ++at) {
        Term term{Term::Kind::text, words[at], 0, EventKind::none};
        long long number = 0;
        if (names_a_maker(term.text) && at + 1 < words.size() && whole_number(words[at + 1], number)) {
            term.kind = Term::Kind::maker;
            term.text += " " + words[++at];
        } else if (term.text == "-1" || term.text == "error" || term.text == "errors") {
            term.kind = Term::Kind::error;
        } else if (whole_number(term.text, number)) {
            term.kind = Term::Kind::number;
            term.number = number;
        } else if (const EventKind call = kind_by_name(term.text); call != EventKind::none && is_call(call)) {
            term.kind = Term::Kind::call;
            term.call = call;
        }
        terms_.push_back(term);
    }
}

bool CallsFilter::fits(const CallsIndex& index, const History& history, const CallLine& line, const Term& term) const {
    const Event event = history.event(line.at);
    const std::optional<Event> exit = line.exit < history.size() ? std::optional(history.event(line.exit)) : std::nullopt;
    const CallMaker& maker = index.maker(event.actor);
    switch (term.kind) {
        case Term::Kind::error:
            return (exit && failure_of(*exit) != 0) || event.kind == EventKind::command_failed;
        case Term::Kind::call:
            return event.kind == term.call;
        case Term::Kind::maker:
            return lower(maker.label) == term.text;
        case Term::Kind::number: {
            const bool by_maker = maker.pid == term.number || maker.tid == term.number;
            if (event.phase == Phase::happened) return by_maker || event.a == term.number;
            return event.fd == term.number || by_maker || (exit && exit->value == term.number);
        }
        case Term::Kind::text:
            break;
    }
    const CallWords words = call_words(index, history, line, history.size());
    return lower(words.who + " " + words.call + words.result).find(term.text) != std::string::npos;
}

bool CallsFilter::fits(const CallsIndex& index, const History& history, const CallLine& line) const {
    const Event event = history.event(line.at);
    if (query_.line != 0 && (event.file != query_.file || event.line != query_.line || event.file == 0)) return false;
    if (!query_.with_facts && event.phase == Phase::happened) return false;
    if (event.kind == EventKind::tcp_state && index.end_began(history, line.at) < query_.from) return false;
    if (!query_.actors.empty() || !query_.programs.empty()) {
        ProgramId program = index.maker(event.actor).program;
        const bool of_program =
            event.kind == EventKind::program_begin || event.kind == EventKind::program_ready || event.kind == EventKind::program_end;
        if (of_program) program = ProgramId{static_cast<std::uint32_t>(event.socket)};
        const bool by_actor = std::find(query_.actors.begin(), query_.actors.end(), event.actor) != query_.actors.end();
        const bool by_program = std::find(query_.programs.begin(), query_.programs.end(), program) != query_.programs.end();
        if (!by_actor && !by_program) return false;
    }
    return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) { return fits(index, history, line, term); });
}

bool CallsFilter::update(const CallsIndex& index, const History& history, const CallsQuery& query, std::size_t most_lines) {
    const std::vector<CallLine>& all = index.lines();
    if (!(query == query_) || of_ != &history || looked_at_ > all.size()) {
        *this = CallsFilter();
        query_ = query;
        of_ = &history;
        looked_at_ = index.lines_before(query.from);
        parse();
    }
    // An exit can make a line fit: "-1" is not known before.
    std::erase_if(open_, [&](std::size_t at) {
        if (all[at].exit == no_event) return false;
        if (fits(index, history, all[at])) lines_.insert(std::lower_bound(lines_.begin(), lines_.end(), at), at);
        return true;
    });
    const std::size_t end = std::min(all.size(), looked_at_ + most_lines);
    for (; looked_at_ < end; ++looked_at_) {
        const CallLine& line = all[looked_at_];
        if (fits(index, history, line))
            lines_.push_back(looked_at_);
        else if (line.exit == no_event && history.event(line.at).phase == Phase::enter)
            open_.push_back(looked_at_);
    }
    return looked_at_ == all.size();
}

}  // namespace synoptic
