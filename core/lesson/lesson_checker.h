// LessonChecker: goes through a lesson once, in order, with the names that were given up to there. Private to core/lesson: check_lesson.cpp has facts and
// names, check_actions.cpp what is done.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/programs/registry.h"

namespace synoptic {

class LessonChecker {
   public:
    LessonChecker(const Lesson& lesson, std::vector<Mistake>& mistakes) : lesson_(lesson), mistakes_(mistakes) {}
    void check();

   private:
    enum class Part : std::uint8_t { any, server, client };
    static constexpr std::int64_t most_port = 65535;
    static constexpr std::int64_t most_descriptor = 1'048'575;  // as many as Linux gives a process at most (fs.nr_open), from 0

    static Part part_of(FactForm form, std::size_t nth);
    /** What is shown from the start of a step on may begin in that step only. */
    void check_shown(const LessonStep& step);
    void mistake(std::string what);
    std::vector<std::string> names(Part part) const;
    /** A name that was given up to here, of that kind. */
    void check_name(const std::string& name, Part part = Part::any);
    /** `asks`: of a number question, with ? in the number's place. */
    void check_fact(const LessonFact& fact, bool asks = false);
    /** What no World can show, or every one. */
    void check_count(const Count& count, FactForm form);
    /** Of the first number, if there is one. */
    void check_range(const std::vector<std::int64_t>& numbers, std::int64_t least, std::int64_t most, const char* what);
    void check_action(const LessonAction& action);
    void check_wire(const LessonAction& action);
    void check_start(const LessonAction& action);
    void check_start_tool(const LessonAction& action);
    void check_numbers(const LessonOption& option);
    void check_connect(const LessonAction& action);
    /** Of a name that a program is given here: the session takes none that is longer. `longest` is the one of many that is. */
    void check_length(const std::string& longest);

    const Lesson& lesson_;
    std::vector<Mistake>& mistakes_;
    bool needs_wire_ = false;  // where it can't be had, the lesson, or this and the rest of the step, is not played
    int line_ = 0;
    bool uses_wire_ = false;             // something was started there, whatever the lesson's network is
    std::map<std::string, bool> known_;  // names given so far; true: a server
    std::set<std::string> may_fork_;     // those that are no servers and may have children all the same: fork_lines
};

}  // namespace synoptic
