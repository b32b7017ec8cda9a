// The app as its user starts it, under a display of its own (Xvfb, drawn by software): how long from exec to the first frame, beside a bare window of
// Dear ImGui and GLFW; and what it costs when nothing happens.
//
// Both programs tell their first frame in the same way: by a file that appears (the app's --dump). The helper is started before the app's first frame,
// so that it is included. Neither is pinned: the drawing has threads of its own. Xvfb's own work counts for both starts, and for no idle figure.
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "tests/bench/figures.h"
#include "tests/bench/place.h"

namespace bench {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int start_samples = 25;
constexpr int idle_samples = 10;
constexpr std::uint64_t idle_sample_ns = 1'000'000'000;
constexpr int limit_ms = 20'000;
constexpr const char* window_size = "1280x800";

/** A folder that is removed at the end. */
class Folder {
   public:
    Folder() {
        std::string name = fs::temp_directory_path() / "synoptic-bench-XXXXXX";
        if (mkdtemp(name.data())) path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }

   private:
    fs::path path_;
};

/** Files that appear in a folder by being renamed into it. */
class Watch {
   public:
    explicit Watch(const fs::path& folder) : fd_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
        inotify_add_watch(fd_, folder.c_str(), IN_MOVED_TO);
    }
    ~Watch() { close(fd_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /** True once one has appeared since the last call; false if none does for `wait_ms`. */
    bool next(int wait_ms) {
        pollfd ready{fd_, POLLIN, 0};
        if (poll(&ready, 1, wait_ms) <= 0) return false;
        alignas(inotify_event) char events[4096];
        while (read(fd_, events, sizeof events) > 0) {}
        return true;
    }

   private:
    int fd_;
};

/** A virtual screen. */
class Display {
   public:
    Display() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return;
        server_ = std::make_unique<Child>(std::vector<std::string>{"Xvfb", "-displayfd", std::to_string(ends[1]), "-screen", "0",
                                                                   "1600x1000x24", "-nolisten", "tcp", "-noreset"},
                                          std::vector<std::string>{}, -1, ends[1]);
        close(ends[1]);
        pollfd ready{ends[0], POLLIN, 0};
        char c = 0;
        while (poll(&ready, 1, limit_ms) > 0 && read(ends[0], &c, 1) == 1 && c != '\n') number_ += c;
        close(ends[0]);
    }
    bool works() const { return !number_.empty(); }
    std::string name() const { return ":" + number_; }

   private:
    std::unique_ptr<Child> server_;
    std::string number_;
};

/** What both programs get, so that nothing that a user has set up differs between them. */
std::vector<std::string> environment_of(const Display& display, const Folder& folder) {
    return {"DISPLAY=" + display.name(), "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1",
            "XDG_CONFIG_HOME=" + (folder.path() / "config").string(), "XDG_CACHE_HOME=" + (folder.path() / "cache").string()};
}

/** ms from before exec until the first frame; 0 if none came. */
double start_ms(const std::vector<std::string>& argv, const std::vector<std::string>& environment, Watch& frames) {
    const std::uint64_t begin = synoptic::monotonic_ns();
    const Child program(argv, environment);
    const bool shown = frames.next(limit_ms);
    const auto took = static_cast<double>(synoptic::monotonic_ns() - begin);
    return shown ? took * 1e-6 : 0;
}

void first_frame(benchmark::State& state) {
    const Folder folder;
    const Display display;
    if (!display.works()) return state.SkipWithError("Xvfb does not start");
    const std::string app_file = folder.path() / "app.json", bare_file = folder.path() / "bare.json";
    const std::vector<std::string> app = {SYNOPTIC_APP, "--dump", app_file, "--size", window_size};
    const std::vector<std::string> bare = {SYNOPTIC_BARE_WINDOW, bare_file, window_size};
    const std::vector<std::string> environment = environment_of(display, folder);
    const auto start = [&](const std::vector<std::string>& argv) {
        Watch frames(folder.path());
        return start_ms(argv, environment, frames);
    };
    if (start(bare) == 0) return state.SkipWithError("the bare window does not open");
    if (start(app) == 0) return state.SkipWithError("the app's window does not open");  // and files are cached now
    std::vector<double> app_times, bare_times;
    for (auto _ : state) {
        app_times.push_back(start(app));
        bare_times.push_back(start(bare));
        state.SetIterationTime(app_times.back() * 1e-3);
    }
    tell(state, "ratio",
         {.what = "exec to first frame ÷ a bare ImGui + GLFW window",
          .spread = spread_of(ratios(app_times, bare_times)),
          .reach = Reach::at_most,
          .target = 2});
    tell(state, "app_ms", {.what = "the app, its helper included", .spread = spread_of(app_times), .unit = "ms"});
    tell(state, "bare_ms", {.what = "the bare window", .spread = spread_of(bare_times), .unit = "ms"});
}
BENCHMARK(first_frame)->UseManualTime()->Iterations(start_samples)->Name("exec to first frame");

/** A recording's window shows the recording's end: the first right frame. Beside it the bare window, which costs what drawing by software does. */
void recording_first_frame(benchmark::State& state) {
    const std::string recording = fs::path(own_path()).parent_path() / "million.synoptic";
    if (!fs::exists(recording)) return state.SkipWithError("history_million records what this opens: run both");
    const Folder folder;
    const Display display;
    if (!display.works()) return state.SkipWithError("Xvfb does not start");
    const std::string app_file = folder.path() / "app.json", bare_file = folder.path() / "bare.json";
    const std::vector<std::string> environment = environment_of(display, folder);
    /** ms until a frame that has all events; 0 if none came. */
    const auto open_ms = [&] {
        Watch frames(folder.path());
        const std::uint64_t begin = synoptic::monotonic_ns();
        const Child program({SYNOPTIC_APP, recording, "--dump", app_file, "--size", window_size}, environment);
        while (frames.next(limit_ms)) {
            const auto took = static_cast<double>(synoptic::monotonic_ns() - begin);
            std::ifstream in(app_file);
            const Json frame = Json::parse(in, nullptr, false);
            const Json moment = frame.is_object() ? frame.value("moment", Json::object()) : Json::object();
            const auto shown = moment.value("index", std::uint64_t{0});
            if (shown > 0 && shown == frame.value("history", std::uint64_t{0})) return took * 1e-6;
        }
        return 0.0;
    };
    if (open_ms() == 0) return state.SkipWithError("the recording's window does not open");
    std::vector<double> app_times, bare_times;
    for (auto _ : state) {
        app_times.push_back(open_ms());
        Watch frames(folder.path());
        bare_times.push_back(start_ms({SYNOPTIC_BARE_WINDOW, bare_file, window_size}, environment, frames));
        state.SetIterationTime(app_times.back() * 1e-3);
    }
    tell(state, "app_ms",
         {.what = "exec to the first right frame of a million events",
          .spread = spread_of(app_times),
          .unit = "ms",
          .reach = Reach::at_most,
          .target = 250});
    tell(state, "bare_ms", {.what = "of that a bare window, drawn by software, takes", .spread = spread_of(bare_times), .unit = "ms"});
}
BENCHMARK(recording_first_frame)->UseManualTime()->Iterations(start_samples)->Name("exec to a recording's first right frame");

/** The app, used with the pointer. */
class App {
   public:
    App()
        : dump_file_(folder_.path() / "dump.json"),
          frames_(folder_.path()),
          environment_(environment_of(display_, folder_)),
          program_({SYNOPTIC_APP, "--dump", dump_file_, "--size", window_size}, environment_) {}

    pid_t pid() const { return program_.pid(); }
    /** The last frame, read anew; null if it is none yet. */
    Json dump() const {
        std::ifstream in(dump_file_);
        const Json read = Json::parse(in, nullptr, false);
        return read.is_discarded() ? Json() : read;
    }
    /** Waits for the first frame. */
    bool opens() { return frames_.next(limit_ms); }
    /** Waits until frames have stopped coming for a second. False if they never do. */
    bool rests() {
        for (int i = 0; i < limit_ms / 1000; ++i) {
            if (!frames_.next(1000)) return true;
            usleep(100'000);
        }
        return false;
    }
    /** Clicks a widget, and waits until `condition` is true of a frame. */
    template <class Condition>
    bool click(const std::string& id, Condition condition) {
        const Json frame = dump();
        for (const Json& widget : frame.value("widgets", Json::array())) {
            if (widget.value("id", "") != id) continue;
            const auto x = std::lround(widget.value("x", 0.0) + widget.value("w", 0.0) / 2),
                       y = std::lround(widget.value("y", 0.0) + widget.value("h", 0.0) / 2);
            Child({"xdotool", "mousemove", std::to_string(x), std::to_string(y), "click", "1"}, environment_).wait();
            for (int i = 0; i < 100; ++i) {
                if (condition(dump())) return true;
                frames_.next(100);
            }
        }
        return false;
    }

   private:
    Folder folder_;
    Display display_;
    std::string dump_file_;
    Watch frames_;
    std::vector<std::string> environment_;
    Child program_;
};

std::size_t programs_in(const Json& dump) {
    const auto world = dump.find("world");
    return world == dump.end() ? 0 : world->value("programs", Json::array()).size();
}

void measure_idle(benchmark::State& state, App& app, const std::string& what) {
    std::vector<double> shares;
    for (auto _ : state) {
        const std::uint64_t begin = synoptic::monotonic_ns(), used = cpu_time_ns(app.pid());
        usleep(idle_sample_ns / 1000);
        const std::uint64_t ns = synoptic::monotonic_ns() - begin;
        shares.push_back(100 * static_cast<double>(cpu_time_ns(app.pid()) - used) / static_cast<double>(ns));
        state.SetIterationTime(static_cast<double>(ns) * 1e-9);
    }
    tell(state, "percent", {.what = what, .spread = spread_of(shares), .unit = "%", .reach = Reach::at_most, .target = 1});
}

void idle(benchmark::State& state) {
    App app;
    if (!app.opens() || !app.rests()) return state.SkipWithError("the app's window does not come to rest");
    measure_idle(state, app, "idle window, of a core");
}
BENCHMARK(idle)->UseManualTime()->Iterations(idle_samples)->Name("idle window");

void idle_with_clients(benchmark::State& state) {
    App app;
    if (!app.opens() || !app.rests()) return state.SkipWithError("the app's window does not come to rest");
    std::size_t programs = 0;
    const auto one_more = [&](const Json& frame) { return programs_in(frame) == programs + 1; };
    for (const char* widget : {"toolbar.start", "toolbar.client", "toolbar.client", "toolbar.client"}) {
        if (!app.click(widget, one_more)) return state.SkipWithError((std::string("clicking ") + widget + " had no effect").c_str());
        ++programs;
        if (!app.rests()) return state.SkipWithError("the app's window does not come to rest");
    }
    measure_idle(state, app, "idle window with a server and three clients, of a core");
}
BENCHMARK(idle_with_clients)->UseManualTime()->Iterations(idle_samples)->Name("idle window with a server and three clients");

}  // namespace

}  // namespace bench
