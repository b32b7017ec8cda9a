// What the window keeps of the past besides the moment that is shown: marks and bookmarks, what is typed, commands that wait until it is live again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model/touching.h"
#include "core/session/command.h"
#include "core/session/recording.h"
#include "gui/panels/scrub_marks.h"

namespace synoptic {

struct AppState;
struct Demonstration;
struct Settings;

struct PastView {
    ScrubMarks marks;
    std::vector<Bookmark> bookmarks;  // in the order of their events
    std::string number;               // what is typed to go to
    bool asks_number = false;         // the field is to be typed in
    int typing_number = 0;            // it is: for so many more frames, since a field gets the keyboard a frame after it was asked to
    bool wished_pause = false;        // in the frame before
    bool paused_all = false;          // everybody was paused because of it, and goes on with it
    // What was asked for while the past was shown: it waits for an answer.
    std::vector<Command> held;
    std::vector<std::function<void(Settings&)>> held_settings;  // that go with these Commands
    const Demonstration* held_demonstration = nullptr;
    bool asks() const { return !held.empty() || held_demonstration != nullptr; }
    std::unique_ptr<TouchSearch> search;          // for what touches the selection, while it takes longer than a frame
    std::uint64_t search_budget_ns = 30'000'000;  // of a frame: who waits for it minds fewer frames less than a longer search
    EventIndex searched_from = 0;                 // the moment of the past that was shown when it began; no_event: it was live
};

/** Each frame: pauses everybody while the past is shown, where that is wished, and lets them go on behind it. */
void watch_past(AppState& state);
/** Changes a setting that goes with Commands of the same frame: at once, or in the past with them, when it is settled that they are done. */
void set_with_commands(AppState& state, const std::function<void(Settings&)>& set);
/** Answers the question whether what was asked for in the past is to be done: live, or not at all. */
void answer_past_question(AppState& state, bool does_it);
/** To the next moment, or the one before, that touches what is selected; else what the shown moment has touched. Says so if there is none. Where it
    takes longer than a frame, advance_search() goes on with it. */
void jump_to_touching(AppState& state, bool forward);
/** Each frame: goes on with a search, and says how far it is. It ends where another moment was chosen meanwhile. True while it goes on. */
bool advance_search(AppState& state);
/** True if there was one. */
bool cancel_search(AppState& state);
/** An event's number from 0 to `last`, with or without commas; nothing if `text` is none. */
std::optional<EventIndex> read_event_number(const std::string& text, EventIndex last);
/** Shows the World after so many events; `text` is what was typed. Says what would do if it is no such number. */
void jump_to_number(AppState& state, const std::string& text);
/** Sets a bookmark at the moment that is shown, or takes it away. */
void toggle_bookmark(AppState& state);
/** To the next bookmark; behind the last, to the first. */
void jump_to_bookmark(AppState& state);

}  // namespace synoptic
