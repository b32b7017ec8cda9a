// LessonCast: who is meant by a lesson's names, in a running session.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/lesson/call_log.h"
#include "core/lesson/sentence.h"
#include "core/model/world.h"

namespace synoptic {

class LessonCast {
   public:
    void set(const std::string& name, std::vector<ProgramId> programs) { programs_[name] = std::move(programs); }
    void clear() { programs_.clear(); }

    /** The latest program of a name, the first of several; none if it was not started. */
    ProgramId program(const std::string& name) const;
    /** All that a name means: a crowd is several. */
    std::vector<ProgramId> programs(const std::string& name) const;
    std::string name_of(ProgramId program) const;
    const std::map<std::string, std::vector<ProgramId>>& all() const { return programs_; }

    /** The process or thread that is meant; none if there is none (yet). */
    ActorId actor(const World& world, const CallLog& log, const Who& who) const;

   private:
    std::map<std::string, std::vector<ProgramId>> programs_;
};

/** The connection of a client's socket; null while there is none. */
const Connection* connection_of_client(const World& world, ProgramId client);
/** The listening socket of a server, also after it was closed; null if it never had one. */
const Socket* listener_of(const World& world, ProgramId server);

}  // namespace synoptic
