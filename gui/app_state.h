// What the app's own parts (toolbar, menus, dialogs) share: how the window looks at the World, and what the user asked for. The World itself is
// the session's; see Moment. The window's thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/session/recording.h"
#include "gui/demonstrations.h"
#include "gui/exporter.h"
#include "gui/file_dialog.h"
#include "gui/keys.h"
#include "gui/layout.h"
#include "gui/messages.h"
#include "gui/moment.h"
#include "gui/opener.h"
#include "gui/panel.h"
#include "gui/panels/timeline_view.h"
#include "gui/past.h"
#include "gui/settings.h"

namespace synoptic {

/** A menu of the toolbar that a key asks to open. */
enum class Menu { none, options, stop, clients, wire, demonstrations, files, view, more };

/** What the lower right pane shows. Not kept: the database opens by itself once there is one. */
enum BesideTab : int { beside_inspector, beside_database };

class LessonDesk;   // lesson_desk.h
struct LessonView;  // panels/lesson_view.h

/** What a preset changes beside the panes. */
struct Looks {
    bool dark = true;
    int zoom_percent = 100;
};

struct AppState {
    explicit AppState(const History& history_);
    ~AppState();

    const History& history;
    Moment moment;
    Settings settings;
    Messages messages;
    DemonstrationRunner runner;
    const std::unique_ptr<LessonDesk> desk;  // the lesson that is open; never null, as what follows
    const std::unique_ptr<LessonView> lesson;
    Exporter exporter;
    Opener opener;
    FileDialog files;
    std::optional<RecordingNotes> recorded;  // of the recording that is shown in place of a session
    std::string recording;                   // its file
    std::string picture;                     // where the next frame is to be saved; empty: nowhere
    std::optional<Pane> picture_of;          // this pane of it only
    Layout layout;
    std::optional<Pane> asked_pane;       // by a key or in the menu: it is to be seen, also where there is no room beside others
    std::optional<Looks> before_lecture;  // to come back to from that preset
    int beside_tab = beside_inspector;
    Selection selection;
    StageView stage;
    CallsView calls;
    LadderView ladder;
    StatesView states;
    BytesView bytes;
    TimelineView timeline;
    InspectorView inspector;
    DatabaseView database;
    RowEvents row;  // of the row that is selected
    CodeView code;
    PastView past;
    std::vector<Command> out;        // what the user asked for in this frame: submitted after it, or held while the past is shown
    std::vector<Command> by_itself;  // what the window does by itself: submitted in any case
    std::vector<Action> actions;     // to be done after the frame
    Menu open = Menu::none;
    bool help = false;
    bool asks_to_close = false;  // the dialog before the window closes
    bool closes = false;
    ProgramId chosen_server{};               // whom new clients join; none: the latest
    std::string chosen_client;               // the program that they are; "": what goes with the server
    double now_s = 0;                        // ImGui's clock
    std::uint64_t breakpoint_hits_seen = 0;  // so many hits of breakpoints have had their chance to be selected

    void ask(Action action) { actions.push_back(action); }
    /** A dialog is shown, and keys are meant for it. */
    bool asks_something() const;
};

/** Says how far the export is, and what became of it; asks for another look while it is at work. */
void watch_export(AppState& state);
/** Opens the Database pane for the first one, and leads a server on that is to be killed or started again. */
void watch_databases(AppState& state);
/** The server that Stop means: the selected one, else the chosen one, else the latest. Null if none lives. */
const Program* current_server(const AppState& state);

/** The server that clients join: as current_server(), of those that listen or will. Null if there is none. */
const Program* server_to_join(const AppState& state);

/** Starts the chosen server; its trouble becomes a message. */
void start_chosen_server(AppState& state);
/** Adds clients, of the chosen program where it speaks to the current server; says so if there is none. */
void add_clients(AppState& state, int count);
void set_chatter(AppState& state, bool on);
/** Who was stopped by a breakpoint and still stands: the preferred one, else who has stood longest. Null: nobody. */
const Actor* stopped_actor(const World& world, ActorId preferred);
bool stopped_by_breakpoints(const World& world);
/** Selects who has come to a breakpoint since the last call, unless the user is busy with another one who has. */
void turn_to_breakpoint(AppState& state);
/** The kinds of segments that wait for somebody (SegmentKind), in either direction. */
std::uint8_t held_kinds(const Rules& rules);
/** Sets what is held in both directions; 0 holds nothing any more, and delivers what waits. */
void hold_segments(AppState& state, std::uint8_t kinds);
/** Sets what a step moves, also where all is paused already. */
void set_step_over(AppState& state, StepOver over);
/** Sets the least time of each move, an index into paces_ms. */
void set_pace(AppState& state, int pace);
/** Carries out what a key or a button asked for, except what only the window itself can do (see app.cpp). True if it was known. */
bool perform(AppState& state, Action action);
void apply_preset(AppState& state, Preset preset, float window_width);
/** After the panes were arranged: one that a key has asked for fills the window where it has no room beside others. True if it does now. */
bool make_room_for_asked_pane(AppState& state);
/** In the past it is asked first whether to go back to live for it. */
void start_demonstration(AppState& state, const Demonstration& demonstration);

}  // namespace synoptic
