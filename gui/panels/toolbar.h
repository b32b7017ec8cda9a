// The toolbar and its menus: servers, clients, time, looks. It draws what fits at this size and zoom, and leaves the rest to the menu "More".
#pragma once

#include "gui/app_state.h"

namespace synoptic {

inline constexpr float toolbar_height = 54;  // at zoom 1

void draw_toolbar(AppState& state, const ui::Rect& area);

// toolbar_menus.cpp: drawn in the toolbar's window; each opens below `anchor` when `state.open` says so.
struct ToolbarAnchors {
    ui::Rect options, stop, clients, wire, demonstrations, files, view, more;
};
void draw_toolbar_menus(AppState& state, const ToolbarAnchors& anchors, int tightness);

// toolbar_options.cpp: the menu with all about the next server.
void draw_options(AppState& state);
/** A row of a menu: its name at the left; the control that follows stands at the right. */
void option_row(const char* name, float label_width = 88);

// wire_menu.cpp: what the wire does with segments, terminals in its hosts, and its end.
void draw_wire_menu(AppState& state);

// strip.cpp: below the toolbar, the whole history as a line to go along; while the past is shown, what it is, too.
float past_strip_height(const AppState& state);
void draw_past_strip(AppState& state, const ui::Rect& area);

// welcome.cpp: instead of the panes, before anything was started.
void draw_welcome(AppState& state, const ui::Rect& area);

// dialogs.cpp: over everything.
/** A window over the whole area that dims it; ImGui::End() must follow. True if the user clicked beside `card`. */
bool begin_overlay(const char* id, const ui::Rect& area, const ui::Rect& card);
void draw_help(AppState& state, const ui::Rect& area);
void draw_close_question(AppState& state, const ui::Rect& area);
/** What was asked for while the past is shown is done after going back to live, or not at all. */
void draw_past_question(AppState& state, const ui::Rect& area);

// files.cpp: likewise, where to save to, or what to open.
void draw_file_dialog(AppState& state, const ui::Rect& area);

}  // namespace synoptic
