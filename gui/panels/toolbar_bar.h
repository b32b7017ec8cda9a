// The row that the toolbar is made of, and the parts that stand in it. Private to the toolbar.
#pragma once

#include <string>
#include <vector>

#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {

/** How much is left out, more with each step, until everything fits. */
enum Tightness { spacious, no_captions, short_labels, icons_only, no_choices, bare, tightest };

/** A row of widgets from left to right; first measured, then drawn. */
class Bar {
   public:
    Bar(bool measures, ImVec2 at) : measures_(measures), x_(at.x), y_(at.y) {}
    float x() const { return x_; }
    float y() const { return y_; }
    bool draws() const { return !measures_; }
    const ui::Rect& last() const { return last_; }

    bool button(const char* id, const ui::Face& face, const char* tip);
    bool combo(const char* id, const char* label, int* chosen, const std::vector<std::string>& options, float width, const char* tip);
    bool slider(const char* id, int* value, int low, int high, float width, const char* tip);
    void caption(const char* text, ImU32 colour, float width = 0);
    void gap(float width = 8) { x_ += ui::px(width); }
    void line();
    void skip(float pixels) { x_ += pixels; }
    /** The next widget belongs to the one before: no gap between them. */
    void join();

   private:
    bool take(float width);
    bool measures_;
    float x_, y_;
    ui::Rect last_;
};

/** "Starts the server  (S)". */
std::string with_keys(std::string text, Action action);

// toolbar_programs.cpp
void draw_server_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors);
void draw_client_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors);
/** In place of what starts and stops programs, while a recording is shown. */
void draw_recorded_part(Bar& bar, int tightness);
// toolbar_time.cpp
void draw_time_part(AppState& state, Bar& bar, int tightness);
/** What the wire holds, and the menu with its rules. Only while there is a wire. */
void draw_wire_part(AppState& state, Bar& bar, int tightness, ToolbarAnchors& anchors);

}  // namespace synoptic
