// Sentence: what one line of a lesson says, once it was read: which form of the grammar it has (grammar.def), and the words that stand for something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/tcp_state.h"
#include "core/trace/event.h"
#include "core/wire/rules.h"

namespace synoptic {

/** Who is meant: a program by the lesson's name for it, or one of its processes or threads. */
struct Who {
    enum class Part : std::uint8_t { program, child, thread, worker };  // worker: who serves this client
    static constexpr int last = -1;

    std::string name;  // "Ann"
    Part part = Part::program;
    int nth = 0;  // of a child or thread: from 1, or `last`

    std::string text() const;  // "server's child 2"
    friend bool operator==(const Who&, const Who&) = default;
};

/** A number in a fact: 2, "at least 2", "no", or ? where a question asks for it. */
struct Count {
    enum class How : std::uint8_t { exactly, at_least, at_most, asked };
    How how = How::exactly;
    std::int64_t number = 0;

    bool holds(std::int64_t found) const;
    std::string text() const;  // "at least 2"
    friend bool operator==(const Count&, const Count&) = default;
};

/** A kind of segment as a lesson names it. */
enum class SegmentWord : std::uint8_t { any, syn, syn_ack, ack, data, fin, rst, zero_window, probe, duplicate_ack };

/** Whom a client connects to: a server of the lesson, or a host and a port. */
struct ConnectTarget {
    std::string server;    // whose address it is, or, with a host, whose port; "" if none
    std::string host;      // "" is the server's own
    std::string port;      // digits; "" is the server's
    bool no_name = false;  // getaddrinfo is asked for no host: this machine's loopback addresses
    bool nobody = false;   // a port at which nobody listens
};

/** The words of a line that stand for something, each kind in the order in which they came. */
struct Operands {
    std::vector<Who> who;
    std::vector<std::string> fresh;  // names that the line gives
    std::vector<Count> counts;
    std::vector<std::int64_t> numbers;
    std::vector<std::string> texts;  // in quotes, without them and their escapes
    std::vector<std::string> names;  // programs, addresses and the like, as they stand
    std::string from, to;            // of segments: whose; "" is anybody's, "clients" any client's
    ConnectTarget target;
    EventKind call{};
    TcpState state = TcpState::none;
    SegmentWord segment = SegmentWord::any;
    std::uint8_t kinds = 0;  // SegmentKind: of a rule
    std::uint32_t ms = 0;
    int error = 0;  // errno
    int signal = 0;
};

enum class FactForm : std::uint8_t {
#define LESSON_FACT(id, form) id,
#define LESSON_ACTION(id, form)
#define LESSON_OPTION(id, form)
#define LESSON_SHOWN(id, form)
#include "core/lesson/grammar.def"
#undef LESSON_FACT
#undef LESSON_ACTION
#undef LESSON_OPTION
#undef LESSON_SHOWN
};

enum class ActionForm : std::uint8_t {
#define LESSON_FACT(id, form)
#define LESSON_ACTION(id, form) id,
#define LESSON_OPTION(id, form)
#define LESSON_SHOWN(id, form)
#include "core/lesson/grammar.def"
#undef LESSON_FACT
#undef LESSON_ACTION
#undef LESSON_OPTION
#undef LESSON_SHOWN
};

enum class OptionForm : std::uint8_t {
#define LESSON_FACT(id, form)
#define LESSON_ACTION(id, form)
#define LESSON_OPTION(id, form) id,
#define LESSON_SHOWN(id, form)
#include "core/lesson/grammar.def"
#undef LESSON_FACT
#undef LESSON_ACTION
#undef LESSON_OPTION
#undef LESSON_SHOWN
};

enum class ShownForm : std::uint8_t {
#define LESSON_FACT(id, form)
#define LESSON_ACTION(id, form)
#define LESSON_OPTION(id, form)
#define LESSON_SHOWN(id, form) id,
#include "core/lesson/grammar.def"
#undef LESSON_FACT
#undef LESSON_ACTION
#undef LESSON_OPTION
#undef LESSON_SHOWN
};

/** A question to a World. */
struct LessonFact {
    FactForm form{};
    bool negated = false;
    Operands words;
    int line = 0;      // of the lesson's file
    std::string text;  // as it stands there
};

/** An option of `start`, `connect` and `look up`. */
struct LessonOption {
    OptionForm form{};
    Operands words;
};

/** What the app is to do. */
struct LessonAction {
    ActionForm form{};
    Operands words;
    std::vector<LessonOption> options;
    std::vector<LessonFact> until;  // of `wait for` and `step until`: one
    int line = 0;
    std::string text;
};

}  // namespace synoptic
