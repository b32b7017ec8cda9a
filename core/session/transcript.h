// Transcript: the History as lines of text, one for each call and each fact that matters. docs/transcript.md describes the form.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

class Transcript {
   public:
    explicit Transcript(const History& history) : history_(history) {}

    /** Gives each line, without its newline, for the events from where it stopped last up to `end`. */
    void print(EventIndex end, const std::function<void(const std::string&)>& line);

   private:
    struct Speaker {
        std::string who;                // "server 4101"
        std::vector<EventIndex> calls;  // entered and not returned, the innermost last
    };
    std::string line_of(EventIndex index);
    std::string head(std::uint64_t time_ns, const std::string& who) const;
    std::string call_line(const Event& at, const Speaker& speaker, EventIndex enter, EventIndex exit, bool blocked) const;
    Speaker& speaker(ActorId actor);
    void note_label(std::uint64_t program, std::string_view payload);
    std::string name_of(const Event& begun, std::string_view role) const;

    const History& history_;
    EventIndex next_ = 0;
    std::uint64_t began_ns_ = 0;
    std::map<ActorId, Speaker> speakers_;
    std::map<std::uint64_t, std::string> labels_;  // by ProgramId: names that programs were given
};

}  // namespace synoptic
