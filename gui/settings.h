// Settings: how the window was left, kept in $XDG_CONFIG_HOME/synoptic/settings.json. docs: gui/settings.cpp lists the fields.
#pragma once

#include <string>

#include "gui/layout.h"
#include "gui/server_choice.h"

namespace synoptic {

/** What the lower left pane shows; by their names in settings and ids: lower_names. */
enum LowerTab : int { lower_calls, lower_ladder, lower_states, lower_bytes, lower_timeline };
inline constexpr const char* lower_names[] = {"calls", "ladder", "states", "bytes", "timeline"};

struct Settings {
    int width = 1440, height = 900;  // of the window, in its own units
    bool dark = true;
    int zoom_percent = 100;
    Preset preset = Preset::explore;
    LayoutState layout;
    int lower_tab = lower_calls;
    StepOver step_over = StepOver::both;
    ServerChoice server;
    int pace = 0;  // index into paces_ms: 0 is full speed
    bool clients_own_process = false;
    bool chatter = false;
    bool pause_in_past = false;  // everybody is paused while the past is looked at
};

inline constexpr int zoom_steps[] = {75, 90, 100, 110, 125, 150, 175, 200, 225, 250};
inline constexpr int paces_ms[] = {0, 50, 100, 200, 500, 1000, 2000};
inline constexpr int pace_count = 7;
inline constexpr int chatter_every_ms = 1500;

/** The next larger or smaller zoom step. */
int next_zoom(int percent, bool larger);

/** The file, whether it is there or not; "" where neither XDG_CONFIG_HOME nor HOME is set. */
std::string settings_path();

struct LoadedSettings {
    Settings settings;
    std::string trouble;  // the file was broken: which, where, and what was done
};
/** No file: the defaults. A broken file is renamed to settings.json.bad, and the defaults are used. */
LoadedSettings load_settings(const std::string& path);
/** Writes to a temporary file and renames it. Returns what went wrong, in words; "" if nothing did. */
std::string save_settings(const std::string& path, const Settings& settings);
/** The file's text, as save_settings writes it. */
std::string settings_text(const Settings& settings);

}  // namespace synoptic
