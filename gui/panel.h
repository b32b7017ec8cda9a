// What every panel gets: a const World and History to read, what is selected, and Commands out. A panel is one file in gui/panels with one entry;
// it computes a layout, then draws it. It holds no truth, only how it looks at it.
#pragma once

#include <vector>

#include "core/model/history.h"
#include "core/model/moments.h"
#include "core/model/world.h"
#include "core/session/command.h"
#include "gui/panels/bytes_view.h"
#include "gui/panels/calls_index.h"
#include "gui/panels/code_view.h"
#include "gui/panels/database_view.h"
#include "gui/panels/ladder_view.h"
#include "gui/panels/packet_view.h"
#include "gui/panels/row_events.h"
#include "gui/panels/stage_segments.h"
#include "gui/panels/states_view.h"
#include "gui/ui.h"

namespace synoptic {

struct TimelineView;  // timeline_view.h

/** A line of a source file. */
struct SourceLine {
    std::string name;        // "core/programs/echo.cpp"; empty: none
    std::uint16_t file = 0;  // the History's number of that file; 0 while nobody has told of it
    int line = 0;            // from 1
    friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

/** Selecting one thing selects it everywhere: panels look at what they can show of it. At most one of each is set. */
struct Selection {
    ProgramId program{};
    ActorId actor{};
    ProcessId process{};
    SocketId socket{};
    ConnectionId connection{};
    int fd = -1;                  // of `process`
    EventIndex event = no_event;  // the enter of a call, or a fact
    WireId segment{};             // on the wire
    std::uint64_t database = 0;   // StoreId of the row with
    std::int64_t key = 0;         // this key; `event` is then a fact about it
    SourceLine source;            // whose calls are meant; with `event`: that one of them
    bool empty() const { return *this == Selection{}; }
    friend bool operator==(const Selection&, const Selection&) = default;
};

/** The present run of the lesson that is open: what ended before it, in its earlier runs or in other lessons, is none of its story. */
struct LessonRun {
    EventIndex began = 0;
    std::uint64_t began_ns = 0;  // CLOCK_MONOTONIC
};

struct PanelContext {
    const World& world;  // at the moment that is shown, live or past
    const History& history;
    bool past = false;         // world is not the latest
    std::uint64_t now_ns = 0;  // the shown World's now: CLOCK_MONOTONIC when live, its last event's time when past
    Selection& selection;
    std::vector<Command>& out;
    EventIndex& jump_to;               // set it to show the World at that index; no_event otherwise
    bool& needs_frame;                 // set it while something on screen moves by itself (a highlight that fades)
    const World* before = nullptr;     // of the past: the World at the moment before
    const Changes* changed = nullptr;  // and what is different since
    /** True if this was changed by the event that made the World of the past which is shown. */
    bool has_changed(ActorId id) const { return changed && changed->actors.contains(id); }
    bool has_changed(ConnectionId id) const { return changed && changed->connections.contains(id); }
    bool has_changed(SocketId id) const { return changed && changed->sockets.contains(id); }
    bool has_changed(ProcessId process, int fd) const { return changed && changed->descriptors.contains({process, fd}); }
    bool has_changed(std::uint64_t database, std::int64_t key) const { return changed && changed->rows.contains({database, key}); }
    /** True of an event that made the World of the past which is shown out of the one at the moment before. */
    bool is_new(EventIndex event) const { return before && event >= before->events && event < world.events; }
    const RowEvents* row = nullptr;  // of the selected row: what touched it; null if none is selected
    bool is_of_row(EventIndex event) const { return row && row->touched_by(event); }
    std::string client_program = {};  // that new clients are to be, where it speaks to their server; "": what goes with the server
    const LessonRun* run = nullptr;   // null: no lesson is open
    /** Where the present run of the open lesson began, among the events before `limit`; 0 where none is open, or it had not begun. */
    EventIndex run_began(EventIndex limit) const { return run && run->began <= limit ? run->began : 0; }
};

// Panels remember how they look at the world in these; the app keeps them.
struct StageView {
    float scroll = 0;
    bool show_all_clients = false;
    std::vector<ProgramId> dismissed;  // servers that failed and were put away
    Selection menu;                    // what the open menu is about
    ui::Rect menu_at;                  // where it was opened
    std::string say;                   // what is typed in it
    std::vector<SegmentPill> pills;    // segments on the wires, as drawn last
    WireId grabbed{};                  // the one that the mouse drags
    ImVec2 grabbed_at;                 // from where
};
struct CallsView {
    std::string filter;  // words; "client 3", "accept", "-1"
    bool follow = true;  // the newest stays in sight
    bool with_facts = true;
    bool of_selection = false;    // only what the selected one does
    bool all_runs = false;        // of an open lesson also what was before its present run
    double first_row = 0;         // of those shown; a float could not count millions
    EventIndex found = no_event;  // the selected event that was scrolled into sight
    CallsIndex index;
    CallsFilter filtered;
};
struct InspectorView {
    float scroll = 0;
    float content = 0;  // the height of what was drawn last
    Selection shown;    // what that was about
    std::string say;    // what is typed for the selected client
    PacketView packet;  // of a segment
};
void draw_stage(PanelContext& panel, StageView& view, const ui::Rect& area);
void draw_ladder(PanelContext& panel, LadderView& view, const ui::Rect& area);
/** The Bytes panel; it reads the ladder's index, which knows whose call is whose. */
void draw_bytes(PanelContext& panel, BytesView& view, LadderView& ladders, const ui::Rect& area);
void draw_timeline(PanelContext& panel, TimelineView& view, const ui::Rect& area);
void draw_states(PanelContext& panel, StatesView& view, const ui::Rect& area);
void draw_calls(PanelContext& panel, CallsView& view, const ui::Rect& area);
void draw_inspector(PanelContext& panel, InspectorView& view, const ui::Rect& area);
void draw_database(PanelContext& panel, DatabaseView& view, const ui::Rect& area);
void draw_code(PanelContext& panel, CodeView& view, const ui::Rect& area);

}  // namespace synoptic
