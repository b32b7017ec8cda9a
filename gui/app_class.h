// The class behind open_window(): for its own files (app.cpp: start, frames, end; app_looks.cpp: size, fonts and colours; app_keys.cpp: keys; app_panes.cpp: what is in which pane; app_lesson.cpp: lessons; app_files.cpp: recordings and
// pictures).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "core/cli/cli.h"
#include "core/session/autosave.h"
#include "core/session/recording.h"
#include "core/session/session.h"
#include "gui/app_state.h"
#include "gui/fonts.h"
#include "gui/notes_window.h"
#include "gui/picture.h"
#include "gui/window.h"

namespace synoptic {

class App {
   public:
    ~App() { end_session(); }
    int run(const WindowOptions& options);
    /** Draws the recording's end into a file, without a window on screen. */
    int draw_picture(const WindowOptions& options);

   private:
    bool start(const WindowOptions& options);
    bool start_session();
    void start_lessons(const WindowOptions& options);
    void watch_lesson();
    void draw_notes();
    void end_session();
    bool load(const std::string& path);
    void show_recording(const std::string& path);
    void offer_left_recordings();
    void watch_files();
    void keep_picture();
    void frame();
    void prepare_looks();
    void draw(const ui::Rect& area);
    void draw_content(const ui::Rect& area);
    void draw_panes(const ui::Rect& area);
    PaneHead head_of(Pane pane) const;
    void handle_keys();
    void handle_action(Action action);
    void finish();
    void keep_settings(bool now);
    void ask_to_close();

    BakedFonts baked_;  // ImGui's context is made with its atlas
    Window window_;     // outlives the session, whose threads wake it
    NotesWindow notes_{[this] { window_.wake(); }};
    std::string lesson_path_;
    int lesson_runs_ = 0;               // so many were seen
    std::uint64_t strips_before_ = 0;   // the newest strip when no lesson was open
    double lesson_since_s_ = 0;         // when the open lesson was opened
    std::unique_ptr<Session> session_;  // null where a recording is shown
    std::unique_ptr<Recording> recording_;
    std::unique_ptr<Autosave> autosave_;  // of the session
    std::unique_ptr<AppState> state_;
    std::atomic<Autosave*> autosave_told_{nullptr};  // once there is one: the collector's thread asks
    Window::Picture picture_;                        // of the frame that is drawn just now, if its file is asked for
    std::string picture_file_;
    std::string dump_file_, settings_file_, saved_settings_, changed_settings_;
    double settings_changed_s_ = 0;
    Fonts fonts_;
    float fonts_scale_ = 0;
    bool looks_dark_ = false;
    float looks_scale_ = 0;
    bool moving_ = true;   // something moves by itself: another frame soon
    bool behind_ = false;  // the live World lacks events that the History has
    double next_wake_s_ = -1;
    std::uint64_t frames_ = 0;
    float panes_top_ = 0;  // y
    bool done_ = false;
};

/** "1280x720"; leaves the numbers as they are if `text` is none. */
void parse_size(const std::string& text, int& width, int& height);

}  // namespace synoptic
