// The call list's lines, kept beside a History as it grows: enter and exit of a call are one line, at the enter's place; a late exit fills it in.
// Also the filter's words. No drawing and no World: millions of events are indexed once each, 24 bytes a line.
//
// Not thread-safe: the window's thread only. It reads what History::size() covers.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/model/history.h"
#include "gui/panels/call_makers.h"
#include "gui/panels/kernel_ends.h"

namespace synoptic {

/** One line: a call, or a fact. */
struct CallLine {
    EventIndex at = no_event;       // the enter, or the fact
    EventIndex exit = no_event;     // no_event: the call has not returned
    EventIndex blocked = no_event;  // the kernel said that it sleeps; no_event: it never did
};

class CallsIndex {
   public:
    /** Indexes what was appended since; at most so many events, so that a frame stays short. True if nothing is left to do. */
    bool update(const History& history, std::size_t most_events = 60'000);

    const std::vector<CallLine>& lines() const { return lines_; }
    /** How many lines began before event `limit`. */
    std::size_t lines_before(EventIndex limit) const;
    /** The line to which an event belongs, as its enter, its exit or by itself; lines().size() if none. */
    std::size_t line_of(const History& history, EventIndex event) const;
    /** Of what the kernel's table tells of a connection's end (tcp_state): the first word of that end; no_event of any other event. */
    EventIndex end_began(const History& history, EventIndex event) const { return ends_.began(history, event); }
    const CallMakers& makers() const { return makers_; }
    const CallMaker& maker(ActorId actor) const { return makers_.maker(actor); }

   private:
    void take(const History& history, EventIndex index);
    void take_fact(const History& history, EventIndex index, const Event& event);

    const History* of_ = nullptr;
    EventIndex next_ = 0;
    std::vector<CallLine> lines_;
    std::unordered_map<ActorId, std::vector<std::size_t>> open_;  // lines of calls that have not returned, the innermost last
    KernelEnds ends_;
    CallMakers makers_;
    std::int64_t step_command_ = -1;  // the number of the last command that was a step
};

/** A line in words, as it is shown, searched and copied. `limit`: what came later is not known yet. */
struct CallWords {
    std::string who;     // "client 3"
    std::string call;    // "recv(5, \"hi\\n\", 100, 0)", or the fact
    std::string result;  // " = 3"; empty while the call is open
    std::string took;    // "120 µs"; empty while the call is open, and of a fact
    bool fact = false, command = false;
    bool by_server = false;  // a server or one of its workers
    bool failed = false;
    bool open = false;     // it has not returned
    bool never = false;    // and never will: its maker has ended
    bool blocked = false;  // it slept in the kernel
};
CallWords call_words(const CallMakers& makers, const History& history, const CallLine& line, EventIndex limit);
inline CallWords call_words(const CallsIndex& index, const History& history, const CallLine& line, EventIndex limit) {
    return call_words(index.makers(), history, line, limit);
}
/** A line of text for the clipboard: time, who, call, result, duration. */
std::string call_text(const CallsIndex& index, const History& history, const CallLine& line, EventIndex limit);

/** Which lines are shown. */
struct CallsQuery {
    std::string
        words;  // all must fit: "client 3", a call's name, "-1" or "error", a number (descriptor, pid, tid, result), any text of the line
    bool with_facts = true;
    std::vector<ActorId> actors;      // none: everybody
    std::vector<ProgramId> programs;  // together with `actors`: any of them
    std::uint16_t file = 0;           // calls from this line of the History's file of this number
    int line = 0;                     // 0: from everywhere
    EventIndex from =
        0;  // of a lesson: where its present run began; also leaves out what the kernel tells later of ends that were there before
    friend bool operator==(const CallsQuery&, const CallsQuery&) = default;
    bool all() const { return words.empty() && with_facts && actors.empty() && programs.empty() && line == 0 && from == 0; }
};

class CallsFilter {
   public:
    /** Looks at lines that are new, or have returned since; starts again where the query has changed. True if nothing is left to do. */
    bool update(const CallsIndex& index, const History& history, const CallsQuery& query, std::size_t most_lines = 20'000);
    const std::vector<std::size_t>& lines() const { return lines_; }  // in order

   private:
    struct Term {
        enum class Kind { error, call, number, maker, text } kind;
        std::string text;
        long long number = 0;
        EventKind call = EventKind::none;
    };
    void parse();
    bool fits(const CallsIndex& index, const History& history, const CallLine& line) const;
    bool fits(const CallsIndex& index, const History& history, const CallLine& line, const Term& term) const;

    CallsQuery query_;
    std::vector<Term> terms_;
    std::vector<std::size_t> lines_;
    std::vector<std::size_t> open_;  // lines that had not returned when they were looked at, and did not fit
    std::size_t looked_at_ = 0;
    const History* of_ = nullptr;
};

}  // namespace synoptic
