// LessonDesk: the lesson that is open in the window. It reads the file, again whenever that is saved, has a Player go through it (core/lesson/player.h), and
// keeps what was reached and answered. It draws nothing: see panels/lesson.cpp. The window's thread only.
//
//   open() ── file ──▶ Player ──▶ what is shown, Commands to the session        take_steps(): the window shows the panels that a step asks for
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/lesson/play_folder.h"
#include "core/lesson/player.h"
#include "core/lesson/progress.h"
#include "gui/file_watch.h"
#include "gui/lesson_list.h"

namespace synoptic {

class LessonDesk {
   public:
    struct Setup {
        std::function<std::uint64_t(Command)> submit;
        const History* history = nullptr;
        std::function<void()> wake;  // any thread: something is to be looked at
        std::string progress_file;   // "": nothing is kept
    };

    LessonDesk();
    ~LessonDesk();
    LessonDesk(const LessonDesk&) = delete;
    LessonDesk& operator=(const LessonDesk&) = delete;

    /** Without it nothing can be played: a recording's window. */
    void begin(Setup setup);
    bool can_play() const { return setup_.history != nullptr; }

    /** Opens a lesson's file at a step (0: its beginning); an earlier one ends first. */
    void open(const std::string& path, std::size_t step = 0);
    void close();
    bool is_open() const { return !path_.empty(); }
    const std::string& path() const { return path_; }

    /** Each frame: looks at the file, goes on, keeps progress. `now_ns` is the session's. */
    void advance(const World& live, std::uint64_t now_ns);
    /** Seconds until advance() has something to do by itself; negative: nothing. */
    double next_look_s(std::uint64_t now_ns) const;

    /** Null while nothing can be played: the file has had mistakes since it was opened, or an earlier lesson still ends. */
    Player* player() { return waits_for_end() ? nullptr : player_.get(); }
    const Player* player() const { return waits_for_end() ? nullptr : player_.get(); }
    /** True of what a lesson does by itself, the one that ends included: Player::has_started(), Player::has_asked(). */
    bool has_started(ProgramId program) const;
    bool has_asked(std::uint64_t command) const;
    /** How often a lesson was played from its start since the window was opened. */
    int runs() const { return past_runs_ + (player_ ? player_->runs() : 0); }
    /** Of the file as it is now; what was read before goes on. */
    const std::vector<Mistake>& mistakes() const { return mistakes_; }

    // What keys and buttons ask for; false if it can't be done now.
    bool next();  // also: skips a question
    bool back();
    bool restart_step();
    bool restart();
    bool jump(std::size_t step);
    bool choose(std::size_t choice);
    bool answer_number(std::int64_t number);

    /** The lessons that there are; read when they are first asked for, and by refresh_list(). */
    const std::vector<LessonEntry>& list();
    void refresh_list();
    const Progress& progress() const { return progress_; }
    /** What could not be kept or read, once. */
    std::optional<std::string> take_trouble();

   private:
    bool waits_for_end() const { return ending_ != nullptr; }
    void read();
    void keep();

    Setup setup_;
    std::optional<PlayFolder> folder_;  // for the lessons' databases
    std::string path_;
    std::size_t first_step_ = 0;
    bool begun_ = false;
    std::unique_ptr<FileWatch> watch_;
    std::unique_ptr<Player> player_, ending_;  // ending_: of the lesson before
    std::unique_ptr<Player> gone_;             // the one that has ended last: of its ends may be told yet
    int past_runs_ = 0;                        // of lessons that were closed
    std::vector<Mistake> mistakes_;
    Progress progress_;
    std::optional<LessonProgress> kept_;
    std::optional<std::vector<LessonEntry>> list_;
    std::string trouble_;
};

}  // namespace synoptic
