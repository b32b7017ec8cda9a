#include "gui/lesson_desk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ctime>
#include <filesystem>

#include "core/lesson/catalog.h"

namespace synoptic {
namespace {

bool has_ended(const Player& player) {
    return player.state() == Player::State::ended || player.state() == Player::State::impossible;
}

}  // namespace

LessonDesk::LessonDesk() = default;

LessonDesk::~LessonDesk() = default;

void LessonDesk::begin(Setup setup) {
    setup_ = std::move(setup);
    progress_ = Progress::open(setup_.progress_file);
    trouble_ = progress_.trouble();
}

void LessonDesk::open(const std::string& path, std::size_t step) {
    if (!can_play()) return;
    close();
    if (!folder_) {
        Result<PlayFolder> made = PlayFolder::make();
        if (!made) {
            trouble_ = "No lesson can be played: there is no folder for its files: " + made.error().text();
            return;
        }
        folder_.emplace(std::move(*made));
    }
    std::error_code unknown;
    const std::filesystem::path absolute = std::filesystem::absolute(path, unknown);
    path_ = unknown ? path : absolute.string();
    first_step_ = step;
    watch_ = std::make_unique<FileWatch>(path_, setup_.wake);
    if (!watch_->works()) trouble_ = "Changes of the lesson's file won't be seen: the system gives no watch on its folder (inotify)";
    read();
}

void LessonDesk::close() {
    watch_.reset();
    path_.clear();
    mistakes_.clear();
    kept_.reset();
    if (player_ && begun_) {
        player_->end();
        past_runs_ += player_->runs();
        ending_ = std::move(player_);
    }
    player_.reset();
    begun_ = false;
}

void LessonDesk::read() {
    ReadLesson now = read_lesson_file(path_);
    mistakes_ = std::move(now.mistakes);
    if (!mistakes_.empty()) return;
    if (player_) {
        player_->replace(std::move(now.lesson));
        return;
    }
    player_ = std::make_unique<Player>(std::move(now.lesson), PlayerSetup{setup_.submit, setup_.history, folder_->path()});
}

void LessonDesk::advance(const World& live, std::uint64_t now_ns) {
    if (watch_ && watch_->take_changed()) read();
    if (ending_) {
        ending_->poll(live, now_ns);
        if (has_ended(*ending_)) {
            if (!ending_->remarks().empty()) trouble_ = fmt::format("The lesson has ended, but {}.", fmt::join(ending_->remarks(), "; "));
            gone_ = std::move(ending_);
        }
    }
    if (!player()) return;
    if (!begun_) {
        player_->begin(std::min(first_step_, player_->lesson().steps.size() - 1));
        begun_ = true;
    }
    player_->poll(live, now_ns);
    keep();
}

double LessonDesk::next_look_s(std::uint64_t now_ns) const {
    const Player* waiting = ending_ ? ending_.get() : player_.get();
    const std::uint64_t at = waiting ? waiting->next_poll_ns() : 0;
    if (at == 0) return -1;
    return at <= now_ns ? 0 : static_cast<double>(at - now_ns) * 1e-9;
}

void LessonDesk::keep() {
    if (player_->hurries()) return;
    LessonProgress now = player_->progress();
    // What was reached once stays reached: who looks at a lesson again loses nothing.
    const LessonProgress before = kept_ ? *kept_ : progress_.of(player_->lesson().name);
    now.reached = std::max(now.reached, before.reached);
    now.finished = now.finished || before.finished;
    for (const auto& [question, answer] : before.answers) now.answers.insert_or_assign(question, answer);
    now.last_at = before.last_at;
    if (kept_ && now == *kept_) return;
    kept_ = now;
    now.last_at = static_cast<std::int64_t>(std::time(nullptr));
    kept_->last_at = now.last_at;
    const std::string known = progress_.trouble();
    if (const Status saved = progress_.keep(player_->lesson().name, now); !saved)
        trouble_ = "What was done in lessons can't be kept: " + saved.error().text();
    else if (progress_.trouble() != known)
        trouble_ = progress_.trouble();
}

bool LessonDesk::next() {
    Player* one = player();
    if (one == nullptr) return false;
    if (one->state() == Player::State::asks) return one->skip();
    return one->next();
}
bool LessonDesk::back() {
    return player() && player()->back();
}
bool LessonDesk::restart_step() {
    return player() && player()->restart_step();
}
bool LessonDesk::restart() {
    return player() && player()->restart();
}
bool LessonDesk::jump(std::size_t step) {
    return player() && player()->jump(step);
}
bool LessonDesk::choose(std::size_t choice) {
    const QuestionBlock* question = player() ? player()->question() : nullptr;
    if (question == nullptr || choice >= question->choices.size()) return false;
    return player()->answer({.choice = choice, .number = {}, .skipped = false});
}
bool LessonDesk::answer_number(std::int64_t number) {
    const QuestionBlock* question = player() ? player()->question() : nullptr;
    if (question == nullptr || !question->choices.empty()) return false;
    return player()->answer({.choice = {}, .number = number, .skipped = false});
}

bool LessonDesk::has_started(ProgramId program) const {
    const auto did = [program](const std::unique_ptr<Player>& player) { return player && player->has_started(program); };
    return did(player_) || did(ending_) || did(gone_);
}
bool LessonDesk::has_asked(std::uint64_t command) const {
    const auto did = [command](const std::unique_ptr<Player>& player) { return player && player->has_asked(command); };
    return did(player_) || did(ending_) || did(gone_);
}

const std::vector<LessonEntry>& LessonDesk::list() {
    if (!list_) refresh_list();
    return *list_;
}
void LessonDesk::refresh_list() {
    list_ = read_lesson_list(lessons_folder());
}

std::optional<std::string> LessonDesk::take_trouble() {
    if (trouble_.empty()) return {};
    return std::exchange(trouble_, {});
}

}  // namespace synoptic
