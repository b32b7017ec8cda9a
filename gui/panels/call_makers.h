// Who makes calls: programs and their threads and processes as the history names them, known also when the World has forgotten them. Indexes of panels
// feed it with the facts that they read. Not thread-safe: the window's thread only.
#pragma once

#include <sys/types.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/model/history.h"

namespace synoptic {

/** Who made a call, or a program. */
struct CallMaker {
    std::string label;  // "client 3", "child 4102"
    ProgramId program{};
    pid_t pid = 0, tid = 0;
    bool is_server = false;
    bool is_main = false;  // with it its program began
    bool ended = false;
    EventIndex ended_at = no_event;
};

class CallMakers {
   public:
    /** Takes a fact in; others than those of beginnings and ends tell nothing. Returns who ended by it. */
    std::vector<ActorId> take(const History& history, EventIndex index);

    /** Nobody, without a label, if it is not known. */
    const CallMaker& maker(ActorId actor) const;
    const CallMaker* program(ProgramId id) const;  // its label and role

   private:
    void begin(const History& history, EventIndex index, const Event& event);
    std::vector<ActorId> end_all(std::vector<ActorId>& living, EventIndex index);

    std::unordered_map<ActorId, CallMaker> makers_;
    std::unordered_map<ProgramId, CallMaker> programs_;
    std::unordered_map<pid_t, std::vector<ActorId>> of_process_;
    std::unordered_map<ProgramId, std::vector<ActorId>> of_program_;
};

}  // namespace synoptic
