// The system's window: GLFW, an OpenGL context, Dear ImGui's backends; and when the next frame is due. The main thread only, except wake().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct GLFWwindow;
struct ImFontAtlas;

namespace synoptic {

class Surfaceless;

struct KeyPress {
    int key = 0, scancode = 0, mods = 0;
    bool repeated = false;  // the key is held down
};

class Window {
   public:
    Window();
    /** Opens it. False if that can't be done; `trouble` says why, in a sentence. `fonts` is asked for ImGui's atlas once the system's window is there; the
        atlas outlives this. */
    bool open(int width, int height, std::string& trouble, const std::function<ImFontAtlas*()>& fonts);
    /** Draws into memory instead, without a window or a display where EGL can do so (surfaceless.h), else into a window that is not shown. */
    bool open_hidden(int width, int height, std::string& trouble);
    ~Window();

    void set_title(const std::string& title);
    /** Keeps what the next frame shows: its pixels, row by row from the top, of 4 bytes, and their size. */
    struct Picture {
        int width = 0, height = 0;
        std::vector<unsigned char> rgba;
    };
    void keep_next_frame(Picture* picture) { picture_ = picture; }

    /** Any thread: something happened that the window should show. Cheap when it knows already. */
    void wake();

    /** Sleeps until a frame is due: at once after input or while `moving`, within 1/30 s of a wake(), or after `seconds` (below 0: never). */
    void wait(bool moving, double seconds);
    /** Begins ImGui's frame. */
    void begin();
    /** Draws it. */
    void end(float red, float green, float blue);

    bool closing() const;
    void keep_open();  // the user asked to close it; not yet
    std::vector<KeyPress> take_keys();
    /** Keys and buttons that went down or up and turns of the wheel so far, for the dump; Shift, Ctrl and their like belong to the key that they are held
        for. */
    std::uint64_t inputs() const { return inputs_; }
    /** Keys that are down now, Shift and its like among them; for the dump. */
    int keys_down() const { return keys_down_; }
    /** How much larger the system wants everything (1 on most screens). */
    float content_scale() const;
    int width() const;
    int height() const;
    /** True if frames are still due by themselves after this one (wait() takes off the one that was drawn). */
    bool frames_due() const { return frames_due_ > 1; }
    void toggle_fullscreen();
    bool fullscreen() const { return fullscreen_; }

   private:
    static Window& of(GLFWwindow* window);
    void watch_input();
    bool create(int width, int height);
    bool begin_glfw(int width, int height, bool visible, std::string& trouble);
    void begin_imgui(ImFontAtlas* fonts);
    void read_picture(int width, int height);

    GLFWwindow* window_ = nullptr;
    std::unique_ptr<Surfaceless> surfaceless_;  // instead of it
    Picture* picture_ = nullptr;                // where the next frame is kept
    bool started_ = false, backends_ = false;
    bool input_ = true;
    std::uint64_t inputs_ = 0;
    int keys_down_ = 0;
    int frames_due_ = 3;  // ImGui needs a few frames until what was clicked is drawn as such
    double last_frame_s_ = 0;
    std::vector<KeyPress> keys_;
    std::atomic<bool> woken_{false};
    bool fullscreen_ = false;
    int place_[4] = {0, 0, 0, 0};  // x, y, width, height before full screen
};

}  // namespace synoptic
