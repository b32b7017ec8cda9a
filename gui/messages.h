// Messages: what went wrong, and what to do about it, where the user looks: strips below the toolbar that stay until they are dismissed or past, and
// short notes over the panes' titles that go by themselves. The window's thread only.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/world.h"
#include "core/session/command.h"
#include "gui/ui.h"

namespace synoptic {

enum class Remedy { none, another_port, restart_helper, restart_wire };

/** A recording that a session left which ended unexpectedly. */
struct LeftOffer {
    std::string path;
    std::string text;  // when, how many events, how large
};

struct Message {
    std::uint64_t number = 0;
    std::string text;
    bool trouble = true;      // else an explanation
    bool of_program = false;  // a program's trouble, or a command that failed
    ProgramId about{};        // the program whose end it tells of; none: of nobody's
    Remedy remedy = Remedy::none;
    std::optional<StartServer> again;  // for another_port: what to start
    std::vector<LeftOffer> left;       // recordings that sessions left: each can be opened or deleted
};

/** What the user wants done with a recording that a session left. */
struct LeftChoice {
    std::string path;
    bool opens = false;  // else it is to be deleted
};

class Messages {
   public:
    /** Whose trouble is no news. What a lesson does and has started is its own business: it speaks itself of what goes wrong there, and what it clears away is
        no trouble at all. And a server that was killed mid-write, as it was to be, is explained. */
    struct Expected {
        std::function<bool(ProgramId)> trouble;
        std::function<bool(std::uint64_t command)> failure;
    };
    /** Looks for commands that failed, programs in trouble, and a helper that is gone. A step that nobody could make, and a move that came too late, is only
        noted. What tells of a server's end goes when another listens as it did. */
    void watch(const World& live, double now_s, const Expected& expected = {});
    /** The newest strip's number; 0 while there was none. */
    std::uint64_t newest() const { return next_number_ - 1; }
    /** Takes away strips about programs and commands that came behind number `since`: a lesson begins anew, and what they tell of has gone. */
    void forget_programs(std::uint64_t since);
    /** Takes away what tells of this program: the user has put it away. */
    void forget(ProgramId program);
    void add(std::string text, bool trouble, Remedy remedy = Remedy::none);
    /** Explains what became of this program. */
    void explain(ProgramId program, std::string text);
    /** Offers recordings that sessions left, a line for each. */
    void offer(std::string text, std::vector<LeftOffer> left);
    std::optional<LeftChoice> take_left_choice() { return std::exchange(left_choice_, std::nullopt); }
    /** A short note that goes by itself. `copies`: what a click on it copies, a path; empty: nothing. */
    void note(std::string text, double now_s, std::string copies = {});

    const std::deque<Message>& all() const { return messages_; }
    const std::string& current_note() const { return note_; }

    /** The height that the strips need, px. */
    float height(float width) const;
    /** Draws the strips from the top of `area` downwards. */
    void draw(const ui::Rect& area, const World& live, std::vector<Command>& out);
    /** Draws the note over the panes' titles, whose top is at `top`: below it would lie over their news. */
    void draw_note(const ui::Rect& area, float top, double now_s);

   private:
    void add_of_program(std::string text, Remedy remedy);
    void watch_programs(const World& live, const Expected& expected);
    void forget_replaced(const World& live);
    void watch_lab(const LabState& lab);
    void watch_kernel(const World& live);
    float strip_height(const Message& message, float width) const;
    void draw_left(Message& message, const ui::Rect& rect);
    void dismiss(std::uint64_t number);

    std::deque<Message> messages_;  // the oldest first; the newest are shown
    std::uint64_t next_number_ = 1;
    std::uint64_t seen_command_ = 0;
    std::set<ProgramId> seen_programs_;
    EventIndex told_helper_ = no_event;  // the event that its trouble was told by
    bool had_lab_ = false, lab_lives_ = false;
    pid_t lab_pid_ = 0;
    std::array<std::string, 3> told_tables_;  // by TcpHost: the trouble with the kernel's table that was told last
    bool told_host_lost_[2] = {false, false};
    std::string told_lab_;  // the trouble with the lab that was told last
    std::optional<LeftChoice> left_choice_;
    std::string note_, note_copies_;
    double note_until_s_ = 0;
};

}  // namespace synoptic
