// lessons and play LESSON: what lessons there are, what is wrong with them, and playing one without a window.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <filesystem>

#include "core/base/printable.h"
#include "core/cli/subcommands.h"
#include "core/lesson/catalog.h"
#include "core/lesson/drive.h"
#include "core/lesson/play_folder.h"

namespace synoptic {

namespace {

constexpr int not_here = 77;           // as test drivers skip it
constexpr int limit_ms = 10 * 60'000;  // of one step: none waits so long

std::atomic<int> interrupted{0};  // by which signal

/** Ctrl C ends what the lesson has started, and removes its folder, before it ends this program. */
void end_by_signals() {
    struct sigaction action {};
    action.sa_handler = [](int signal) { interrupted = signal; };
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

// A lesson is anybody's file: nothing of it may act on the terminal. So all that is printed here goes through this or complain().
void say(const std::string& text) {
    std::fputs(printable(text).c_str(), stdout);
}

/** Text as it stands, moved in. */
std::string moved_in(std::string_view text, std::string_view by) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) out.append(by).append(text.substr(0, end));
        out.push_back('\n');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/** Prints what is reached, once. */
class LessonPrinter {
   public:
    explicit LessonPrinter(const Player& player) : player_(player) {}

    void print() {
        if (player_.state() == Player::State::prepares) return;
        if (player_.step() != step_ || !begun_) {
            finish_step();
            begun_ = true;
            step_ = player_.step();
            blocks_ = 0;
            say(fmt::format("\n{} {}\n\n", step_ == 0 ? "#" : "##", player_.lesson().steps[step_].heading));
        }
        for (; blocks_ < player_.blocks_shown(); ++blocks_) print_block(player_.lesson().steps[step_].blocks[blocks_]);
        for (; failures_ < player_.failures().size(); ++failures_) say(fmt::format("FAILED  {}\n", player_.failures()[failures_].text));
        for (; remarks_ < player_.remarks().size(); ++remarks_) say(fmt::format("        {}\n", player_.remarks()[remarks_]));
        std::fflush(stdout);
    }

   private:
    /** A step that was left between two looks. */
    void finish_step() {
        if (!begun_) return;
        for (; blocks_ < player_.blocks_played(step_); ++blocks_) print_block(player_.lesson().steps[step_].blocks[blocks_]);
    }

    static void print_block(const LessonBlock& block) {
        if (const auto* text = std::get_if<TextBlock>(&block.content))
            say(text->markdown + "\n");
        else if (const auto* doing = std::get_if<DoBlock>(&block.content)) {
            for (const LessonAction& action : doing->actions) say(fmt::format("  do      {}\n", action.text));
        } else if (const auto* expected = std::get_if<ExpectBlock>(&block.content)) {
            const bool never = expected->when == ExpectBlock::When::never;
            for (const LessonFact& fact : expected->facts) say(fmt::format("  {}  {}\n", never ? "never " : "expect", fact.text));
        } else if (const auto* question = std::get_if<QuestionBlock>(&block.content)) {
            say("\n" + moved_in(question->prompt, "  ?  "));
            for (const LessonChoice& choice : question->choices) say(fmt::format("     - {}\n", choice.markdown));
        } else if (const auto* quote = std::get_if<QuoteBlock>(&block.content)) {
            say(fmt::format("  {}:{}\n", quote->file, quote->first_line) + moved_in(quote->text, "    | "));
        }
    }

    const Player& player_;
    bool begun_ = false;
    std::size_t step_ = 0, blocks_ = 0, failures_ = 0, remarks_ = 0;
};

/** Plays it to its end, or to its first failure. */
class LessonRun {
   public:
    LessonRun(Session& session, Player& player, bool wrong) : session_(session), player_(player), printer_(player), wrong_(wrong) {}

    int run() {
        player_.begin();
        for (;;) {
            const bool waits = drive(session_, player_, limit_ms, [&](const World& world) {
                if (interrupted && !ends_) {
                    ends_ = true;
                    player_.end();
                    return;
                }
                world_numbers(world);
                print_decided();  // before what follows the question
                printer_.print();
            });
            if (ends_ && player_.state() == Player::State::ended) return 128 + interrupted;
            if (!waits) return fail(fmt::format("{}: a step took longer than {} minutes", player_.lesson().path, limit_ms / 60'000));
            switch (player_.state()) {
                case Player::State::asks:
                    answer();
                    break;
                case Player::State::stands:
                    player_.next();
                    break;
                case Player::State::failed:
                    return fail(player_.failures().back().text);
                case Player::State::impossible:
                    complain(fmt::format("synoptic: {}: {}", player_.lesson().path, player_.why()));
                    return not_here;
                default:
                    return trouble_.empty() ? 0 : fail(trouble_);
            }
        }
    }

   private:
    void world_numbers(const World& world) { right_number_ = player_.right_number(world); }

    void answer() {
        const QuestionBlock* question = player_.question();
        LessonAnswer answer;
        if (question->choices.empty())
            answer.number = right_number_.value_or(0) + (wrong_ ? 1 : 0);
        else {
            const std::size_t right = question->right_choice();
            answer.choice = wrong_ ? (right + 1) % question->choices.size() : right;
        }
        asked_ = question;
        say(question->choices.empty() ? fmt::format("     answered: {}\n", *answer.number)
                                      : fmt::format("     answered: {}\n", question->choices[*answer.choice].markdown));
        player_.answer(answer);
    }

    void print_decided() {
        const Answered* answered = asked_ ? player_.answered(asked_->number_of_question) : nullptr;
        if (!answered || !answered->decided) return;
        for (const LessonAction& action : asked_->reveal) say(fmt::format("  do      {}\n", action.text));
        const std::string found = answered->found.empty() ? "" : fmt::format(" ({})", answered->found);
        say(fmt::format("     {}{}\n\n{}\n",
                        answered->answer.skipped ? "skipped"
                        : answered->right        ? "right"
                                                 : "wrong",
                        found, moved_in(asked_->reason, "     ")));
        if (answered->right == wrong_ && trouble_.empty())
            trouble_ = fmt::format("{}: question {} took a {} answer for {}", player_.lesson().path, asked_->number_of_question,
                                   wrong_ ? "wrong" : "right", wrong_ ? "right" : "wrong");
        asked_ = nullptr;
    }

    Session& session_;
    Player& player_;
    LessonPrinter printer_;
    const bool wrong_;
    const QuestionBlock* asked_ = nullptr;  // that was answered, and is not decided yet
    std::optional<std::int64_t> right_number_;
    std::string trouble_;
    bool ends_ = false;  // by a signal
};

int print_mistakes(const ReadLesson& read) {
    for (const Mistake& mistake : read.mistakes) complain(mistake.text());
    return read.mistakes.empty() ? 0 : 1;
}

}  // namespace

bool is_lesson(const std::string& name) {
    std::error_code ignored;
    if (std::filesystem::exists(name, ignored)) return name.ends_with(".md");
    // What is no file is meant as a lesson's number or name, unless it reads as a file's.
    return name.ends_with(".md") || name.find_first_of("./") == std::string::npos || static_cast<bool>(find_lesson(name, lessons_folder()));
}

int play_lesson(const std::string& name, bool wrong) {
    const Result<std::string> path = find_lesson(name, lessons_folder());
    if (!path) return fail(path.error().text());
    ReadLesson read = read_lesson_file(*path);
    if (print_mistakes(read) != 0) return 1;
    end_by_signals();
    Result<PlayFolder> folder = PlayFolder::make();
    if (!folder) return fail(folder.error().text());
    Result<std::unique_ptr<Session>> session = Session::start({});
    if (!session) return fail(session.error().text());
    Player player(std::move(read.lesson),
                  {[&](Command command) { return (*session)->submit(std::move(command)); }, &(*session)->history(), folder->path()});
    const int status = LessonRun(**session, player, wrong).run();
    session->reset();  // its servers close their databases before the folder goes
    if (status == 0)
        say(player.remarks().empty() ? "\nAll that it expects held.\n" : "\nAll that it expects held, but for what was left out.\n");
    return status;
}

int list_lessons() {
    const std::string folder = lessons_folder();
    const std::vector<std::string> files = lesson_files(folder);
    if (files.empty())
        return fail(folder.empty()
                        ? "no lessons are installed, and there is no source tree above this program: SYNOPTIC_LESSONS can name a folder"
                        : fmt::format("{}: there are no lessons", folder));
    for (const std::string& file : files) {
        const ReadLesson read = read_lesson_file(file);
        const Lesson& lesson = read.lesson;
        const std::string minutes = lesson.minutes > 0 ? fmt::format("{} min", lesson.minutes) : "";
        say(fmt::format("{:>3}  {:<44} {:>7}  {}{}\n", lesson.number > 0 ? std::to_string(lesson.number) : "", lesson.title, minutes,
                        fmt::join(lesson.topics, ", "), read.mistakes.empty() ? "" : " (it has mistakes: synoptic lessons check)"));
    }
    return 0;
}

int check_lessons(const std::vector<std::string>& files) {
    int status = 0;
    for (const std::string& file : files) {
        std::error_code ignored;
        const bool is_name = !std::filesystem::exists(file, ignored) && !file.ends_with(".md");
        const Result<std::string> path = is_name ? find_lesson(file, lessons_folder()) : Result<std::string>(file);
        status |= path ? print_mistakes(read_lesson_file(*path)) : fail(path.error().text());
    }
    return status;
}

int print_answers(const std::vector<std::string>& names) {
    const std::string folder = lessons_folder();
    std::vector<std::string> files;
    for (const std::string& name : names) {
        Result<std::string> file = find_lesson(name, folder);
        if (!file) return fail(file.error().text());
        files.push_back(*file);
    }
    if (names.empty()) files = lesson_files(folder);
    if (files.empty()) return fail("there are no lessons: SYNOPTIC_LESSONS can name a folder");
    int status = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const ReadLesson read = read_lesson_file(files[i]);
        status |= print_mistakes(read);
        say((i == 0 ? "" : "\n") + answer_sheet(read.lesson));
    }
    return status;
}

}  // namespace synoptic
