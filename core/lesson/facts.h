// Facts: what a lesson asks a World. Each answer comes with what was found, in words, for the message if it is not what was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "core/lesson/call_log.h"
#include "core/lesson/lesson_cast.h"
#include "core/lesson/sentence.h"

namespace synoptic {

struct FactView {
    const World& world;
    const History& history;
    const CallLog& log;
    const LessonCast& cast;
    std::uint64_t began_ns = 0;                 // the lesson: what was before does not count
    std::span<const std::uint64_t> commands{};  // that the lesson has sent: what they have started is its own

    /** Of what the user has started besides no lesson knows. */
    std::set<ProgramId> own_programs() const;
};

struct FactFound {
    bool holds = false;
    std::string found;                     // "Bob runs", "the accept queue holds 1"
    std::optional<std::int64_t> number{};  // of facts with a count
};

/** Looks at the World. Pure. */
FactFound look_at(const LessonFact& fact, const FactView& view);

// Private: by subject. Nothing where the fact is of another subject.
std::optional<FactFound> look_at_actors(const LessonFact& fact, const FactView& view);
std::optional<FactFound> look_at_connections(const LessonFact& fact, const FactView& view);
std::optional<FactFound> look_at_descriptors(const LessonFact& fact, const FactView& view);
std::optional<FactFound> look_at_wire_and_rows(const LessonFact& fact, const FactView& view);

/** "Ann is blocked in recv": what an actor does now. */
std::string doing(const World& world, ActorId actor, const std::string& name);
/** A fact that counts: `what` is "accept queue", shown with the number. */
FactFound counted(const Count& count, std::int64_t number, const std::string& what);
bool is_of(const WireSegment& segment, SegmentWord word);
/** Whose segment it is, and for whom: "" anybody's, "clients" any client's, else a name of the lesson. */
bool is_from(const FactView& view, const WireSegment& segment, const std::string& from);
bool is_to(const FactView& view, const WireSegment& segment, const std::string& to);

}  // namespace synoptic
