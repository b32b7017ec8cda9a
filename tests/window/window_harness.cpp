// The harness of the window tests; see the header.
#include "tests/window/window_harness.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/window/kernel_facts.h"

namespace synoptic::window {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int input_limit_ms = 5'000;  // for the app to see what was typed or clicked
constexpr int frame_limit_ms = 2'000;  // for a frame that is due
constexpr int rest_ms = 60;            // a window that draws no frame for so long rests

int milliseconds_until(Clock::time_point limit) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
}

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/** execvpe's pointers to strings that outlive the call. */
std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> with_environment(const std::vector<std::string>& added) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry; ++entry) {
        const std::string name = std::string(*entry).substr(0, std::string(*entry).find('=') + 1);
        bool replaced = name == "WAYLAND_DISPLAY=";
        for (const std::string& other : added) replaced = replaced || other.rfind(name, 0) == 0;
        if (!replaced) all.emplace_back(*entry);
    }
    all.insert(all.end(), added.begin(), added.end());
    return all;
}

bool same_place(const Widget& a, const Widget& b) {
    return std::abs(a.x - b.x) < 1 && std::abs(a.y - b.y) < 1 && std::abs(a.w - b.w) < 1 && std::abs(a.h - b.h) < 1;
}

std::string test_name() {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    return std::string(info->test_suite_name()) + "." + info->name();
}

}  // namespace

// ---- ChildProcess ----------------------------------------------------------------------------------------------------------------------

ChildProcess::ChildProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment, const fs::path& log,
                           int inherited_fd) {
    const std::vector<std::string> full_environment = with_environment(environment);
    std::vector<char*> arguments = pointers_to(argv);
    std::vector<char*> variables = pointers_to(full_environment);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // ctest may kill a test that takes too long
        dup2(in, 0);
        dup2(out, 1);
        dup2(out, 2);
        if (inherited_fd >= 0) fcntl(inherited_fd, F_SETFD, 0);
        execvpe(arguments[0], arguments.data(), variables.data());
        dprintf(2, "%s cannot be started: errno %d\n", arguments[0], errno);
        _exit(127);
    }
    close(in);
    close(out);
}

ChildProcess::~ChildProcess() {
    if (reaped_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
    if (!reaped_) kill(pid_, number);
}

int ChildProcess::wait(int limit_ms) {
    if (!reaped_) {
        if (!wait_until_ended({pid_}, limit_ms)) return -1;
        waitpid(pid_, &status_, 0);
        reaped_ = true;
    }
    return status_;
}

// ---- Display ---------------------------------------------------------------------------------------------------------------------------

Display::Display(const fs::path& folder, bool keys_repeat) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be had");
    std::vector<std::string> argv = {"Xvfb", "-displayfd", std::to_string(ends[1]), "-screen", "0", "1600x1000x24", "-nolisten",
                                     "tcp",  "-noreset"};
    if (!keys_repeat) argv.emplace_back("-r");
    server_ = std::make_unique<ChildProcess>(argv, std::vector<std::string>{}, folder / "xvfb.log", ends[1]);
    close(ends[1]);
    std::string number;
    pollfd ready{ends[0], POLLIN, 0};
    char c = 0;
    while (poll(&ready, 1, 20'000) > 0 && read(ends[0], &c, 1) == 1 && c != '\n') number += c;
    close(ends[0]);
    if (number.empty()) throw std::runtime_error("Xvfb did not start: " + content_of(folder / "xvfb.log"));
    name_ = ":" + number;
}

// ---- App -------------------------------------------------------------------------------------------------------------------------------

App::App(const Display& display, const fs::path& folder, const std::vector<std::string>& arguments)
    : folder_(folder), display_(display.name()) {
    mark_ = "SYNOPTIC_WINDOW_TEST=" + folder.string();
    const fs::path dumps = folder / "dumps";
    fs::create_directories(dumps);
    fs::remove(dumps / "dump.json");
    inotify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify_add_watch(inotify_, dumps.c_str(), IN_MOVED_TO) < 0) throw std::runtime_error("inotify_add_watch failed");

    // Most tests look at this machine's own sockets; those of the wire bring settings of their own.
    const fs::path settings = folder / "config" / "synoptic" / "settings.json";
    fs::create_directories(settings.parent_path());
    if (!fs::exists(settings)) std::ofstream(settings) << R"({"server": {"network": "loopback"}})";

    std::vector<std::string> argv = {SYNOPTIC_BINARY, "--dump", (dumps / "dump.json").string()};
    if (std::find(arguments.begin(), arguments.end(), "--size") == arguments.end()) argv.insert(argv.end(), {"--size", "1600x900"});
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const std::vector<std::string> environment = {"DISPLAY=" + display_,
                                                  "XDG_CONFIG_HOME=" + (folder / "config").string(),
                                                  "XDG_DATA_HOME=" + (folder / "data").string(),
                                                  "XDG_STATE_HOME=" + (folder / "state").string(),
                                                  "XDG_RUNTIME_DIR=" + folder.string(),
                                                  "LIBGL_ALWAYS_SOFTWARE=1",
                                                  "LC_ALL=C.UTF-8",
                                                  mark_};
    process_ = std::make_unique<ChildProcess>(argv, environment, log());
    wait_until(
        "the window's first frame", [](const App& app) { return app.widgets().size() > 3; }, 30'000);

    // There is no window manager here that would give the window the keyboard.
    const fs::path found = folder / "window.txt";
    fs::remove(found);
    ChildProcess search({"xdotool", "search", "--sync", "--onlyvisible", "--pid", std::to_string(pid())}, {"DISPLAY=" + display_}, found);
    if (search.wait(10'000) != 0) throw std::runtime_error("xdotool finds no window of the app");
    std::ifstream(found) >> window_;
    xdotool({"windowfocus", "--sync", window_});
}

App::~App() {
    process_->signal(SIGTERM);
    if (process_->wait(20'000) < 0) ADD_FAILURE() << "the app did not end at SIGTERM";
    close(inotify_);
}

std::vector<Widget> App::widgets() const {
    std::vector<Widget> all;
    if (!dump_.contains("widgets")) return all;
    for (const Json& record : dump_["widgets"]) {
        all.push_back({record.value("id", ""), record.value("label", ""), record.value("value", ""), record.value("x", 0.0),
                       record.value("y", 0.0), record.value("w", 0.0), record.value("h", 0.0), record.value("enabled", true)});
    }
    return all;
}

Widget App::widget(const std::string& id) const {
    for (const Widget& one : widgets()) {
        if (one.id == id) return one;
    }
    throw std::runtime_error("no widget is called " + id);
}

bool App::has(const std::string& id) const {
    for (const Widget& one : widgets()) {
        if (one.id == id) return true;
    }
    return false;
}

std::vector<std::string> App::ids(const std::string& prefix) const {
    std::vector<std::string> found;
    for (const Widget& one : widgets()) {
        if (one.id.rfind(prefix, 0) == 0) found.push_back(one.id);
    }
    return found;
}

bool App::shows(const std::string& text) const {
    for (const Widget& one : widgets()) {
        if (one.label.find(text) != std::string::npos || one.value.find(text) != std::string::npos) return true;
    }
    return false;
}

bool App::read_dump() {
    // The app writes a file beside it and renames that, so that a whole dump is read; a file that is not JSON is none yet.
    Json next = Json::parse(content_of(folder_ / "dumps/dump.json"), nullptr, false);
    if (next.is_discarded()) return false;
    dump_ = std::move(next);
    return true;
}

bool App::wait_for_dump(int limit_ms) {
    pollfd changed{inotify_, POLLIN, 0};
    if (poll(&changed, 1, limit_ms) <= 0) return false;
    alignas(inotify_event) char events[4096];
    while (read(inotify_, events, sizeof events) > 0) {}
    return read_dump();
}

void App::wait_until(const std::string& what, const std::function<bool(const App&)>& condition, int limit_ms) {
    const auto limit = Clock::now() + std::chrono::milliseconds(limit_ms);
    read_dump();
    while (!condition(*this)) {
        const int left = milliseconds_until(limit);
        if (left == 0) throw std::runtime_error("within " + std::to_string(limit_ms) + " ms this did not happen: " + what);
        if (process_state(pid()) == 'Z')
            throw std::runtime_error("the app ended while this was waited for: " + what + "\n" + content_of(log()));
        wait_for_dump(std::min(left, 500));
    }
}

void App::wait_for_id(const std::string& id, bool there) {
    wait_until(id + (there ? " is there" : " is gone"), [&](const App& app) { return app.has(id) == there; });
}

void App::let_draw() {
    for (int frames = 0; frames < 2 && !dump_.value("settled", true); ++frames) wait_for_dump(frame_limit_ms);
}

void App::wait_for_input(const std::function<bool()>& seen) {
    const auto limit = Clock::now() + std::chrono::milliseconds(input_limit_ms);
    // An app that was asked to close sees nothing more.
    while (!seen() && milliseconds_until(limit) > 0 && process_state(pid()) != 'Z') wait_for_dump(std::min(100, milliseconds_until(limit)));
}

Widget App::settled(const std::string& id) {
    Widget last;
    wait_until(id + " can be clicked", [&](const App& app) {
        if (!app.has(id)) return false;
        last = app.widget(id);
        if (!last.enabled || last.w <= 0) return false;
        // A window that rests draws no further frame: then the widget rests, too.
        return app.dump().value("settled", true) || !wait_for_dump(rest_ms) || (app.has(id) && same_place(app.widget(id), last));
    });
    return last;
}

void App::xdotool(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "xdotool");
    ChildProcess tool(arguments, {"DISPLAY=" + display_}, folder_ / "xdotool.log");
    if (tool.wait(20'000) != 0) throw std::runtime_error("xdotool failed: " + content_of(folder_ / "xdotool.log"));
}

void App::act(const std::vector<std::string>& arguments, std::uint64_t events) {
    read_dump();
    const std::uint64_t wanted = dump_.value("inputs", std::uint64_t{0}) + events;
    xdotool(arguments);
    wait_for_input([&] { return dump_.value("inputs", std::uint64_t{0}) >= wanted; });
}

void App::move_to(int x, int y) {
    xdotool({"mousemove", "--window", window_, std::to_string(x), std::to_string(y)});
    wait_for_input([&] {
        const Json pointer = dump_.value("pointer", Json::object());
        return std::abs(pointer.value("x", -1.0) - x) < 1 && std::abs(pointer.value("y", -1.0) - y) < 1;
    });
}

void App::click_at(int x, int y, int button) {
    move_to(x, y);
    act({"mousedown", std::to_string(button)}, 1);
    act({"mouseup", std::to_string(button)}, 1);
}

void App::click(const std::string& id) {
    const Widget target = settled(id);
    click_at(target.centre_x(), target.centre_y());
}

void App::right_click(const std::string& id) {
    const Widget target = settled(id);
    click_at(target.centre_x(), target.centre_y(), 3);
}

void App::drag(const std::string& id, int by_x, int by_y) {
    const Widget target = settled(id);
    constexpr int steps = 8;
    move_to(target.centre_x(), target.centre_y());
    act({"mousedown", "1"}, 1);
    for (int i = 1; i <= steps; ++i) move_to(target.centre_x() + by_x * i / steps, target.centre_y() + by_y * i / steps);
    act({"mouseup", "1"}, 1);
}

void App::scroll(const std::string& id, int notches) {
    const Widget target = settled(id);
    move_to(target.centre_x(), target.centre_y());
    act({"click", "--repeat", std::to_string(std::abs(notches)), "--delay", "40", notches < 0 ? "4" : "5"},
        static_cast<std::uint64_t>(std::abs(notches)));
}

void App::type(const std::string& text) {
    act({"type", "--delay", "15", text}, 2 * text.size());
}

void App::key(const std::string& keys) {
    // Held for a frame, as by a finger: Dear ImGui before 1.87 misses a key that goes down and up between two frames.
    act({"keydown", "--delay", "0", keys}, 1);
    release(keys);
}

void App::hold(const std::string& keys, const std::function<bool(const App&)>& until) {
    act({"keydown", "--delay", "0", keys}, 1);
    try {
        wait_until(keys + " was held long enough", until);
    } catch (...) {
        release(keys);
        throw;
    }
    release(keys);
}

/** Until all keys are up: how many events that takes depends on the layout, and on how often the key has repeated meanwhile. */
void App::release(const std::string& keys) {
    xdotool({"keyup", "--delay", "0", keys});
    wait_for_input([&] { return dump_.value("keys_down", 0) == 0; });
}

std::string App::other_window(const std::string& title) const {
    const fs::path found = folder_ / "other-window.txt";
    fs::remove(found);
    ChildProcess search({"xdotool", "search", "--sync", "--name", title}, {"DISPLAY=" + display_}, found);
    std::string window;
    if (search.wait(10'000) == 0) std::ifstream(found) >> window;
    return window;
}

void App::key_in(const std::string& window, const std::string& key) {
    xdotool({"windowfocus", "--sync", window});
    xdotool({"keydown", key});
    xdotool({"keyup", key});
    xdotool({"windowfocus", "--sync", window_});
}

void App::fill(const std::string& id, const std::string& text) {
    click(id);
    key("ctrl+a");
    type(text);
    wait_until(id + " holds '" + text + "'", [&](const App& app) { return app.has(id) && app.widget(id).value == text; });
}

std::vector<pid_t> App::processes() const {
    return processes_with(mark_);
}

void App::screenshot(const fs::path& file) const {
    ChildProcess tool({"import", "-window", "root", file.string()}, {"DISPLAY=" + display_}, folder_ / "import.log");
    tool.wait(20'000);
}

// ---- WindowTest ------------------------------------------------------------------------------------------------------------------------

void WindowTest::SetUp() {
    std::string name = (fs::temp_directory_path() / "synoptic-window-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder can be made");
    folder_ = name;
    display_ = std::make_unique<Display>(folder_, keys_repeat());
}

void WindowTest::write_settings(const std::string& json) const {
    const fs::path file = folder_ / "config" / "synoptic" / "settings.json";
    fs::create_directories(file.parent_path());
    std::ofstream(file) << json;
}

App& WindowTest::start(const std::vector<std::string>& arguments) {
    app_.reset();
    app_ = std::make_unique<App>(*display_, folder_, arguments);
    return *app_;
}

void WindowTest::TearDown() {
    if (HasFailure() && display_) {
        const fs::path failures = SYNOPTIC_FAILURES_DIR;
        fs::create_directories(failures);
        const auto leave = fs::copy_options::overwrite_existing;
        std::error_code error;
        if (app_) app_->screenshot(failures / (test_name() + ".png"));
        fs::copy_file(folder_ / "dumps/dump.json", failures / (test_name() + ".json"), leave, error);
        fs::copy_file(folder_ / "app.log", failures / (test_name() + ".log"), leave, error);
        std::fprintf(stderr, "screenshot, dump and log: %s.*\n", (failures / test_name()).c_str());
    }
    const std::vector<pid_t> left = app_ ? app_->processes() : std::vector<pid_t>{};
    app_.reset();
    EXPECT_TRUE(wait_until_ended(left, 5'000)) << "a process of the app has outlived it";
    display_.reset();
    if (!folder_.empty()) fs::remove_all(folder_);
}

}  // namespace synoptic::window
