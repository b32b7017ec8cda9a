#include "gui/past.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "gui/app_state.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

Subject subject_of(const Selection& selection) {
    if (selection.database != 0) return {.database = selection.database, .key = selection.key};
    Subject subject{.process = selection.process, .fd = selection.fd, .segment = selection.segment};
    if (selection.fd >= 0) return subject;
    subject.connection = selection.connection;
    subject.socket = selection.socket;
    const bool of_connection =
        selection.connection != ConnectionId::none || selection.socket != SocketId::none || selection.segment != WireId::none;
    if (of_connection) return subject;
    // A click on a card selects its actor, process and program: the actor is what is meant.
    subject.actor = selection.actor;
    if (subject.actor != ActorId::none)
        subject.process = ProcessId::none;
    else if (subject.process == ProcessId::none)
        subject.program = selection.program;
    return subject;
}

/** Somebody stands at a breakpoint, or is led by hand: to pause all and let all go would let it go, too. */
bool somebody_is_stepped(const World& world) {
    return std::any_of(world.actors.begin(), world.actors.end(),
                       [](const auto& entry) { return entry.second.state != Actor::State::ended && entry.second.gate == GateMode::step; });
}

/** What the event that made the shown World touched first: its row, else its segment, else its actor. */
Selection of_shown(const AppState& state) {
    const World& world = state.moment.shown();
    return world.events == 0 ? Selection{} : select_event(world, state.history, world.events - 1);
}

/** The moment that is looked at; no_event while that is the present. */
EventIndex looked_at(const AppState& state) {
    return state.moment.past() ? state.moment.shown().events : no_event;
}

}  // namespace

void watch_past(AppState& state) {
    PastView& past = state.past;
    const World& live = state.moment.live();
    const bool wished = state.moment.past() && state.settings.pause_in_past, begins = wished && !past.wished_pause;
    past.wished_pause = wished;
    if (begins && live.gate != GateMode::step && !somebody_is_stepped(live)) {
        state.by_itself.push_back(SetGate{ActorId{}, GateMode::step, 0, state.settings.step_over != StepOver::calls});
        past.paused_all = true;
    }
    if (wished || !past.paused_all) return;
    past.paused_all = false;
    const int ms = paces_ms[state.settings.pace];
    state.by_itself.push_back(SetGate{ActorId{}, ms == 0 ? GateMode::run : GateMode::slow, static_cast<std::uint32_t>(ms)});
}

void set_with_commands(AppState& state, const std::function<void(Settings&)>& set) {
    if (state.moment.past() && !state.recorded)
        state.past.held_settings.push_back(set);
    else
        set(state.settings);
}

void answer_past_question(AppState& state, bool does_it) {
    PastView& past = state.past;
    const std::vector<Command> held = std::exchange(past.held, {});
    const auto settings = std::exchange(past.held_settings, {});
    const Demonstration* demonstration = std::exchange(past.held_demonstration, nullptr);
    if (!does_it) return;
    state.moment.go_live();
    // Who asks for another pace means that one.
    const auto sets_pace = [](const Command& command) {
        return std::holds_alternative<SetGate>(command) || std::holds_alternative<Step>(command);
    };
    if (std::any_of(held.begin(), held.end(), sets_pace)) past.paused_all = false;
    for (const auto& set : settings) set(state.settings);
    state.out.insert(state.out.end(), held.begin(), held.end());
    if (demonstration != nullptr) start_demonstration(state, *demonstration);
}

void jump_to_touching(AppState& state, bool forward) {
    const World& shown = state.moment.shown();
    const bool chosen = !state.selection.empty();
    Selection selection = chosen ? state.selection : of_shown(state);
    if (selection.event != no_event && selection.event < state.history.size()) {
        Selection of_event = select_event(shown, state.history, selection.event);
        of_event.event = no_event;
        selection = of_event;
    }
    const Subject subject = subject_of(selection);
    const TouchSearch::Way way = forward ? TouchSearch::Way::forward : TouchSearch::Way::back;
    PastView& past = state.past;
    if (past.search && past.search->way() == way) return;  // it is being looked for
    past.search = std::make_unique<TouchSearch>(state.history, shown.events, state.moment.live().events, subject, way);
    past.searched_from = looked_at(state);
    advance_search(state);
}

bool advance_search(AppState& state) {
    PastView& past = state.past;
    if (!past.search) return false;
    if (looked_at(state) != past.searched_from) {
        cancel_search(state);
        return false;
    }
    if (!past.search->advance(past.search_budget_ns)) {
        const int percent = static_cast<int>(100 * past.search->share());
        state.messages.note(fmt::format("Looking for what touches it: {} % (Escape stops)", percent), state.now_s);
        return true;
    }
    const std::unique_ptr<TouchSearch> search = std::move(past.search);
    if (search->found() != no_event)
        state.moment.look_at(search->found());
    else
        state.messages.note(
            search->way() == TouchSearch::Way::forward ? "Nothing behind this touches it" : "Nothing before this touches it", state.now_s);
    return false;
}

bool cancel_search(AppState& state) {
    if (!state.past.search) return false;
    state.past.search.reset();
    state.messages.note("It is no longer looked for", state.now_s);
    return true;
}

std::optional<EventIndex> read_event_number(const std::string& text, EventIndex last) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ',' && c != ' ' && c != '\''; });
    EventIndex number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number > last) return std::nullopt;
    return number;
}

void jump_to_number(AppState& state, const std::string& text) {
    const EventIndex all = state.moment.live().events;
    const std::optional<EventIndex> number = read_event_number(text, all);
    if (!number) {
        state.messages.note(
            fmt::format("There is no event {}: they are numbered from 0 to {}", text.empty() ? "without a number" : text, with_commas(all)),
            state.now_s);
        return;
    }
    state.moment.look_at(*number);
}

void toggle_bookmark(AppState& state) {
    std::vector<Bookmark>& all = state.past.bookmarks;
    const EventIndex here = state.moment.shown().events;
    const auto at =
        std::lower_bound(all.begin(), all.end(), here, [](const Bookmark& bookmark, EventIndex event) { return bookmark.event < event; });
    if (at != all.end() && at->event == here) {
        all.erase(at);
        state.messages.note("The bookmark is gone", state.now_s);
        return;
    }
    all.insert(at, {here, state.moment.past() ? state.moment.what_happened()
                                              : session_time(since_beginning(state.history, state.moment.shown().time_ns))});
    state.messages.note(fmt::format("Bookmark set at event {}", with_commas(here)), state.now_s);
}

void jump_to_bookmark(AppState& state) {
    const std::vector<Bookmark>& all = state.past.bookmarks;
    if (all.empty()) {
        state.messages.note("There is no bookmark yet: " + keys_of(Action::bookmark) + " sets one", state.now_s);
        return;
    }
    const EventIndex here = state.moment.past() ? state.moment.shown().events : no_event;
    const auto next =
        std::find_if(all.begin(), all.end(), [here](const Bookmark& bookmark) { return here != no_event && bookmark.event > here; });
    state.moment.look_at(next == all.end() ? all.front().event : next->event);
}

}  // namespace synoptic
