// Player: goes through a lesson. It is driven from outside, by the window each frame, or without one each time something has happened:
//
//     World ──▶ poll() ──▶ Commands (by submit)                 begin ─▶ prepares ─▶ does ─▶ expects ─▶ does … ─▶ stands ─next()─▶ does … ─▶ ended
//               next() back() jump() answer() skip()                                     └─▶ asks ─answer()─▶ reveals ─▶ does …
//
// It knows the kernel by the World and the History alone, and acts by Commands alone: the same in each front end, and in tests. Not thread-safe: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/lesson/lesson.h"
#include "core/lesson/progress.h"
#include "core/model/history.h"
#include "core/session/command.h"

namespace synoptic {

struct PlayerSetup {
    std::function<std::uint64_t(Command)> submit;  // Session::submit
    const History* history = nullptr;              // the session's
    std::string folder;                            // for databases, there, and nobody else's: files in it are removed
};

/** What somebody chose, or 0 and a number. */
struct LessonAnswer {
    std::optional<std::size_t> choice;
    std::optional<std::int64_t> number;
    bool skipped = false;
};

/** A question that was answered, and what became of it. */
struct Answered {
    LessonAnswer answer;
    bool passed = false;   // on the way to a later step: nobody was asked, and may be yet
    bool decided = false;  // the reason can be shown: the World has decided, where it does
    bool right = false;
    std::size_t right_choice = 0;              // where there are choices
    std::optional<std::int64_t> right_number;  // else
    std::string found;                         // of facts: the real state in words, "accept queue: 1"
};

/** An expectation that did not hold, or something that could not be done. */
struct LessonFailure {
    std::size_t step = 0, block = 0;
    int line = 0;
    std::string text;  // "lessons/16.md:42: expected …, but …"
};

class Player {
   public:
    enum class State : std::uint8_t {
        prepares,   // ends what was there before
        does,       // waits for a command to be carried out
        expects,    // waits for facts to become true
        asks,       // waits for answer() or skip()
        reveals,    // waits for the World to decide about the answer
        stands,     // waits for next(): at the end of a step, or at ---
        failed,     // waits: next() goes on all the same, restart_step() tries again
        ended,      // the last step was done, and next() was called
        impossible  // the lesson can't be played here: why() says what is missing
    };

    Player(Lesson lesson, PlayerSetup setup);
    /** Its programs are left as they are; call end() first to stop them. */
    ~Player();

    /** Plays from the start up to `step`, which is stopped at; 0 is the introduction. Answers are kept. */
    void begin(std::size_t step = 0);
    /** Goes on as far as the World allows. `now_ns`: Session::now_ns(). Call it whenever events were appended, or next_poll_ns() has come. */
    void poll(const World& live, std::uint64_t now_ns);
    /** When poll() has something to do though nothing happens; 0: never. */
    std::uint64_t next_poll_ns() const;

    /** Does what the user may do now; false if that can't be. */
    bool next();  // stands, failed: the next part or step
    bool back();  // to the start of the step before
    bool restart_step();
    bool restart();  // as if it was opened now: all is asked again, but the first answers are those that are kept
    bool jump(std::size_t step);
    bool answer(const LessonAnswer& answer);  // asks
    bool skip();                              // asks: the question is shown with its reason
    /** Of the number question that is asked: what is right by this World; nothing if it has none yet. */
    std::optional<std::int64_t> right_number(const World& live) const;
    /** Stops what the lesson has started; poll() until it has ended. What does not end in time is killed, or named in remarks(). */
    void end();
    /** A changed file: goes on in the same step of it, played again from the start. */
    void replace(Lesson lesson);

    const Lesson& lesson() const { return lesson_; }
    State state() const;
    std::size_t step() const;
    /** How many blocks of the step were reached: they are shown; the last of them may be the question that is asked. */
    std::size_t blocks_shown() const;
    /** Of a step: all its blocks, or those before the first that was left out for want of what it needs. */
    std::size_t blocks_played(std::size_t step) const;
    /** True while it plays on towards the step that was asked for; what is between flits by. */
    bool hurries() const;
    /** What is waited for, in words: "Bob is blocked in recv"; "" if nothing is. */
    std::string waits_for() const;
    std::string why() const;  // of `impossible`
    /** The question that is asked or revealed now; null if none. */
    const QuestionBlock* question() const;
    /** What was answered to question n (QuestionBlock::number_of_question); null if nothing yet. */
    const Answered* answered(int question) const;
    const std::vector<LessonFailure>& failures() const;
    /** Remarks: a step that was left out for want of the wire; a program that would not end. Behind end() those of the end alone. */
    const std::vector<std::string>& remarks() const;
    /** What holds here of `show`: the last one of each kind up to now. */
    const ShowBlock& shown() const;
    /** For progress.h. */
    LessonProgress progress() const;

    /** Where what is shown of the present run begins: everything before was left by earlier runs, by other lessons or by the user. 0 before the first. */
    EventIndex run_began() const;
    std::uint64_t run_began_ns() const;  // CLOCK_MONOTONIC
    /** How often it was played from the start, by begin(), jump(), … */
    int runs() const;
    /** True of what this player has asked for, in any run; of a failure the lesson speaks itself. */
    bool has_asked(std::uint64_t command) const;
    /** True of a program that it has started, in any run, whatever its name means now. */
    bool has_started(ProgramId program) const;

    // Names of the lesson for what the session numbers.
    ProgramId program(const std::string& name) const;  // the latest of that name; none if it was not started
    std::string name_of(ProgramId program) const;      // "Ann"; "" if it is none of the lesson's
    ActorId actor(const World& world, const Who& who) const;

    struct Implementation;

   private:
    Lesson lesson_;
    std::unique_ptr<Implementation> self_;
};

/** "waits for next", for the transcript. */
const char* state_name(Player::State state);

}  // namespace synoptic
