#include "core/session/transcript.h"

#include <fmt/format.h>

#include "core/model/tcp_fact.h"
#include "core/trace/format.h"

namespace synoptic {

void Transcript::print(EventIndex end, const std::function<void(const std::string&)>& line) {
    for (; next_ < end; ++next_) {
        const std::string text = line_of(next_);
        if (!text.empty()) line(text);
    }
}

std::string Transcript::head(std::uint64_t time_ns, const std::string& who) const {
    const std::uint64_t since_ns = time_ns > began_ns_ ? time_ns - began_ns_ : 0;
    return fmt::format("{:>4}.{:06}  {:<14}  ", since_ns / 1'000'000'000u, since_ns / 1000u % 1'000'000u, who);
}

Transcript::Speaker& Transcript::speaker(ActorId actor) {
    const auto [at, is_new] = speakers_.try_emplace(actor);
    if (is_new) at->second.who = fmt::format("? {}", static_cast<unsigned>(actor));  // its beginning was lost
    return at->second;
}

std::string Transcript::call_line(const Event& at, const Speaker& speaker, EventIndex enter, EventIndex exit, bool blocked) const {
    const Event entered = history_.event(enter);
    const Told told{entered, history_.payload(enter)};
    const std::string text = head(at.time, speaker.who);
    if (exit == no_event) return text + print_call(told, nullptr) + (blocked ? " <blocked>" : print_result(entered, nullptr));
    const Event left = history_.event(exit);
    const Told back{left, history_.payload(exit)};
    return text + print_call(told, &back) + print_result(entered, &left);
}

/** Keeps a program's label where it is a name that it was given, "Ann": one that the session has counted, "client 3", says no more than the role. */
void Transcript::note_label(std::uint64_t program, std::string_view payload) {
    const std::vector<std::string> strings = payload_strings(payload);
    if (strings.size() < 2) return;
    const std::string& label = strings[1];
    if (!label.empty() && !label.starts_with("server ") && !label.starts_with("client ")) labels_[program] = label;
}

/** Of an actor that began: its program's name if it is the first one there, else its role. */
std::string Transcript::name_of(const Event& begun, std::string_view role) const {
    const auto label = labels_.find(begun.socket);
    return begun.value == 0 && label != labels_.end() ? label->second : std::string(role);
}

std::string Transcript::line_of(EventIndex index) {
    const Event event = history_.event(index);
    if (began_ns_ == 0) began_ns_ = event.time;
    if (event.kind == EventKind::actor_begin) {
        speakers_[event.actor] = Speaker{fmt::format("{} {}", name_of(event, history_.payload(index)), event.b), {}};
    }
    if (event.kind == EventKind::program_begin) note_label(event.socket, history_.payload(index));
    if (!is_call(event.kind)) {
        if (event.kind == EventKind::blocked) {
            Speaker& who = speaker(event.actor);
            return who.calls.empty() ? "" : call_line(event, who, who.calls.back(), no_event, true);
        }
        const std::string who = event.actor == ActorId::none ? "---" : speaker(event.actor).who;
        const bool of_table = event.kind == EventKind::tcp_state;  // whose addresses the manifest's printer does not know
        const std::string_view payload = history_.payload(index);
        std::string line =
            head(event.time, who) + "--- " + (of_table ? tcp_fact_text(read_tcp_fact(event, payload)) : print_fact({event, payload}));
        if (event.kind == EventKind::actor_end) speakers_.erase(event.actor);
        return line;
    }
    Speaker& who = speaker(event.actor);
    if (event.phase == Phase::enter) {
        who.calls.push_back(index);
        return event.kind == EventKind::_exit ? call_line(event, who, index, no_event, false) : "";
    }
    if (event.phase == Phase::arrive && (event.flags & event_at_breakpoint) != 0) {
        return head(event.time, who.who) + print_call({event, history_.payload(index)}, nullptr) + " <breakpoint>";
    }
    if (event.phase != Phase::exit) return "";
    if (who.calls.empty() || history_.event(who.calls.back()).kind != event.kind) {
        // fork returns in the child, too, whose enter is its parent's.
        return head(event.time, who.who) + kind_info(event.kind).name + "()" + print_result(event, &event);
    }
    const EventIndex enter = who.calls.back();
    who.calls.pop_back();
    return call_line(event, who, enter, index, false);
}

}  // namespace synoptic
