// Starts the real app on a display of its own (Xvfb) and uses it as a person does: with the pointer and the keys (xdotool). Where to click comes
// from the app's --dump, a JSON file that it writes after each frame: the widgets' rectangles, and what the World holds.
//
// Nothing here sleeps for a fixed time to let things happen: it waits for the next dump (inotify) until a condition holds or a limit has passed.
// A wait that fails throws, which ends the test; the fixture then leaves a screenshot and the dump in build/…/window-failures.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace synoptic::window {

using Json = nlohmann::json;

/** A child process that is killed when the object, or the test's process, ends. */
class ChildProcess {
   public:
    /** Starts argv[0] with `environment` ("NAME=value") added to the test's own; output goes to `log`; `inherited_fd` stays open (-1: none). */
    ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment, const std::filesystem::path& log,
                 int inherited_fd = -1);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /** Waits for its end; the wait status, or -1 if `limit_ms` passed first. */
    int wait(int limit_ms);

   private:
    pid_t pid_ = -1;
    bool reaped_ = false;
    int status_ = -1;
};

/** A virtual screen of 1600 × 1000. */
class Display {
   public:
    Display(const std::filesystem::path& folder, bool keys_repeat);
    const std::string& name() const { return name_; }  // ":99"

   private:
    std::unique_ptr<ChildProcess> server_;
    std::string name_;
};

/** A rectangle of the app's window that can be clicked, as the dump has it. */
struct Widget {
    std::string id, label, value;
    double x = 0, y = 0, w = 0, h = 0;
    bool enabled = true;
    int centre_x() const { return static_cast<int>(x + w / 2); }
    int centre_y() const { return static_cast<int>(y + h / 2); }
};

/** The app, running. */
class App {
   public:
    static constexpr int default_limit_ms = 15'000;

    App(const Display& display, const std::filesystem::path& folder, const std::vector<std::string>& arguments);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // What it shows.
    const Json& dump() const { return dump_; }
    std::vector<Widget> widgets() const;
    /** The widget with this id; throws if the last frame had none. */
    Widget widget(const std::string& id) const;
    bool has(const std::string& id) const;
    /** Ids that begin with `prefix`, in the order in which they were drawn. */
    std::vector<std::string> ids(const std::string& prefix) const;
    /** True if a widget's label or value contains `text`. */
    bool shows(const std::string& text) const;

    // Waiting.
    /** Reads dumps until `condition` holds. Throws "`what` did not happen" after `limit_ms`. */
    void wait_until(const std::string& what, const std::function<bool(const App&)>& condition, int limit_ms = default_limit_ms);
    void wait_for(const std::string& id) { wait_for_id(id, true); }
    void wait_until_gone(const std::string& id) { wait_for_id(id, false); }
    /** What a key has asked for is drawn in the next frame, and scrolled to in the one behind it: until both are there, or the window rests. */
    void let_draw();

    // Using it. A widget is waited for until it is there, enabled, and no longer moving. These come back when the app has seen what was
    // done (the dump counts inputs); what comes of it may take longer: wait for that.
    void click(const std::string& id);
    void right_click(const std::string& id);
    void click_at(int x, int y, int button = 1);
    void move_to(int x, int y);
    void drag(const std::string& id, int by_x, int by_y);
    void scroll(const std::string& id, int notches);  // below 0: up
    void type(const std::string& text);               // ASCII: xdotool borrows a key for anything else, too briefly for GLFW
    void key(const std::string& keys);                // as xdotool names them: "ctrl+plus", "F5", "space"
    /** A key that is held down; it repeats only where the fixture's keys_repeat() says so. */
    void hold(const std::string& keys, const std::function<bool(const App&)>& until);
    /** Another window of the app's whose title holds `title`, for key_in(); waits for it. */
    std::string other_window(const std::string& title) const;
    /** A key that is pressed in another window of the app's. */
    void key_in(const std::string& window, const std::string& key);
    /** Clicks a text field, replaces what it holds, and leaves it. */
    void fill(const std::string& id, const std::string& text);

    // Its processes.
    pid_t pid() const { return process_->pid(); }
    ChildProcess& process() { return *process_; }
    /** The app, its helper, and all that they forked, as the kernel has them now. */
    std::vector<pid_t> processes() const;

    /** PNG of the whole screen. */
    void screenshot(const std::filesystem::path& file) const;
    std::filesystem::path log() const { return folder_ / "app.log"; }

   private:
    void wait_for_id(const std::string& id, bool there);
    Widget settled(const std::string& id);
    bool read_dump();
    bool wait_for_dump(int limit_ms);
    void wait_for_input(const std::function<bool()>& seen);
    void act(const std::vector<std::string>& arguments, std::uint64_t events);
    void release(const std::string& keys);
    void xdotool(std::vector<std::string> arguments) const;

    std::filesystem::path folder_;
    std::string display_;
    std::string mark_;  // an environment entry that all of its processes inherit
    std::string window_;
    Json dump_;
    int inotify_ = -1;
    std::unique_ptr<ChildProcess> process_;
};

/** The fixture: a folder, a display, and an app that start() starts. */
class WindowTest : public testing::Test {
   protected:
    void SetUp() override;
    void TearDown() override;
    /** Starts the app; a second call starts it anew with the same settings folder. */
    App& start(const std::vector<std::string>& arguments = {});
    App& app() { return *app_; }
    /** What the app finds as its settings when it is started, JSON. */
    void write_settings(const std::string& json) const;
    const std::filesystem::path& folder() const { return folder_; }
    /** Keys that are held do not repeat, so that a slow machine does not press them twice; except in a test of just that. */
    virtual bool keys_repeat() const { return false; }

   private:
    std::filesystem::path folder_;
    std::unique_ptr<Display> display_;
    std::unique_ptr<App> app_;
};

}  // namespace synoptic::window
