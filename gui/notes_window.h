// NotesWindow: the presenter's own window, for the other screen: the speaker notes of the step, what comes next, and a clock. A second GLFW window with an
// OpenGL and an ImGui context of its own; keys that are pressed in it count as if pressed in the first. The main thread only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gui/fonts.h"
#include "gui/window.h"

struct GLFWwindow;
struct ImGuiContext;

namespace synoptic {

struct NotesPage {
    std::string lesson;   // "Lesson 16: The second client waits"
    std::string heading;  // of the step
    std::string place;    // "step 2 of 5"
    std::string notes;    // Markdown
    std::string next;     // heading of the next step; "" at the end
    std::string status;   // what the lesson waits for
    double since_s = 0;   // since the lesson was opened
};

class NotesWindow {
   public:
    /** `wake` is called when something was done in it. */
    explicit NotesWindow(std::function<void()> wake) : wake_(std::move(wake)) {}
    ~NotesWindow() { close(); }
    NotesWindow(const NotesWindow&) = delete;
    NotesWindow& operator=(const NotesWindow&) = delete;

    /** False if the system gives no second window; `trouble` says why. */
    bool open(std::string& trouble);
    void close();
    bool is_open() const { return window_ != nullptr; }
    /** The user has asked to close it. */
    bool closing() const;
    /** Draws the page; nothing of the first window's frame may be open. */
    void draw(const NotesPage& page, const Theme& theme, float zoom);
    /** The page drawn last goes on below: the wheel and the arrow keys move it. */
    bool has_more_below() const { return scroll_ < most_; }
    std::vector<KeyPress> take_keys() { return std::exchange(keys_, {}); }

   private:
    void paint(const NotesPage& page);
    void paint_notes(const NotesPage& page, ImVec2 at, float width, float bottom);

    std::function<void()> wake_;
    GLFWwindow* window_ = nullptr;
    ImGuiContext* context_ = nullptr;
    Fonts fonts_;
    float scale_ = 0;
    bool dark_ = false;
    std::string shown_;            // which page that is: another one begins at its top
    float scroll_ = 0, most_ = 0;  // px
    float turned_ = 0;             // by the wheel and the arrows, in lines
    std::vector<KeyPress> keys_;
};

}  // namespace synoptic
