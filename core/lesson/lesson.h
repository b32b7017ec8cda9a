// Lesson: a lesson's file (docs/lessons.md), once it was read: steps, and in each step blocks in their order.
//
//   LESSON.md ──▶ read_lesson() ──▶ Lesson, or all its mistakes ──▶ Player (player.h) ──▶ Commands
//                                          └──▶ window: text, quotes, questions, panels
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/lesson/sentence.h"
#include "core/wire/host.h"

namespace synoptic {

enum class LessonPanel : std::uint8_t { stage, calls, ladder, states, bytes, timeline, code, inspector, database };
inline constexpr std::array lesson_panel_names = {"stage",    "calls", "ladder",    "states",  "bytes",
                                                  "timeline", "code",  "inspector", "database"};

/** Text for everybody: Markdown, as it stands in the file; fences that are shown as they are (text, c, …) included. */
struct TextBlock {
    std::string markdown;
};

struct DoBlock {
    std::vector<LessonAction> actions;
};

struct ExpectBlock {
    enum class When : std::uint8_t { soon, now, never };  // never: not once for so long
    When when = When::soon;
    std::uint32_t ms = 0;           // within, or for so long
    std::vector<LessonFact> facts;  // all of them, at one moment
};

struct LessonChoice {
    std::string markdown;  // without its box and fact
    bool right = false;
    std::optional<LessonFact> fact;  // the World's word for it
};

struct QuestionBlock {
    std::string prompt, reason;          // Markdown
    std::vector<LessonChoice> choices;   // none: a number is asked for
    std::optional<std::int64_t> number;  // the right one; none: as `fact` finds it
    std::optional<LessonFact> fact;      // with ? in the number's place
    std::vector<LessonAction> reveal;    // done after the answer
    int number_of_question = 0;          // within the lesson, from 1

    /** Which choice is right; there is exactly one where there are choices. */
    std::size_t right_choice() const;
    /** True if the World decides: the choices name queues, descriptors, processes. */
    bool is_kernel() const;
};

struct ShowBlock {
    std::vector<LessonPanel> panels;  // none: as before
    std::optional<LessonPanel> large;
    struct Selected {
        ShownForm form{};
        Operands words;
        int line = 0;
    };
    std::optional<Selected> selected;
    std::string compare_program, compare_with;  // for the code panel; both or none
};

/** Lines of a running program's own source. */
struct QuoteBlock {
    std::string file;                   // "core/programs/echo_iterative.cpp"
    std::string program;                // as the lesson names it
    int first_line = 0, last_line = 0;  // from 1
    std::string text;                   // those lines, as they are embedded; each ends with a newline
};

struct NotesBlock {
    std::string markdown;
};

/** `---`: the player waits for next. */
struct BreakBlock {};

struct LessonBlock {
    int line = 0;  // of its first line
    std::variant<TextBlock, DoBlock, ExpectBlock, QuestionBlock, ShowBlock, QuoteBlock, NotesBlock, BreakBlock> content;
};

struct LessonStep {
    std::string heading;  // Markdown; of the introduction, which is the first one, the lesson's title
    int line = 0;
    bool needs_wire = false;  // without it the rest is left out
    std::vector<LessonBlock> blocks;
};

struct Lesson {
    std::string path;   // as it was opened
    std::string name;   // "16-the-second-client-waits"
    int number = 0;     // 16; 0 if the name begins with none
    std::string title;  // plain text
    int minutes = 0;    // by hand; 0: not told
    std::vector<std::string> topics, systems;
    bool needs_wire = false, needs_ipv6 = false;
    Network network = Network::wire;
    std::vector<LessonStep> steps;  // the introduction (steps[0], it may be empty of blocks), then each `##`

    std::size_t question_count() const;
    /** Questions in order, each with the step that asks it. */
    std::vector<std::pair<std::size_t, const QuestionBlock*>> questions() const;
    /** The speaker notes of a step, its blocks joined. */
    std::string notes_of(std::size_t step) const;
};

/** Something wrong in a lesson's file. */
struct Mistake {
    std::string file;
    int line = 0;
    std::string what;  // what is wrong, and what was meant

    std::string text() const;  // "lessons/16.md:42: …"
};

struct ReadLesson {
    Lesson lesson;                  // what could be read
    std::vector<Mistake> mistakes;  // in order of lines; empty: it can be played
};

/** Reads a lesson. `path` is for messages, and for its name. Pure: no file is opened. */
ReadLesson read_lesson(std::string_view text, const std::string& path);
/** The same of a file; a file that can't be read is one mistake, at line 0. At most 1 MiB. */
ReadLesson read_lesson_file(const std::string& path);

/** All questions with their answers and reasons, as Markdown. */
std::string answer_sheet(const Lesson& lesson);

}  // namespace synoptic
