// A frame of the Timeline over a history of 1,000,000 events, beside one of 10,000: both show all that has happened, with the same lanes, and are caught
// up. Timed is what a frame does until its draw lists are made, Dear ImGui's own part included; no graphics card is asked. Beside it what reading
// an event costs, once each, and what is kept of it.
#include <memory>

#include "core/base/clock.h"
#include "gui/panel.h"
#include "gui/panels/timeline_view.h"
#include "gui/theme.h"
#include "gui/ui.h"
#include "imgui.h"
#include "tests/bench/figures.h"
#include "tests/model/story.h"

namespace bench {

namespace {

using namespace synoptic;

constexpr EventIndex small_events = 10'000, large_events = 1'000'000;
constexpr int workers = 8, frames_each = 60, zooms_each = 20, repetitions = 15;
constexpr float width = 1280, height = 420;

/** A server whose workers echo: recv sleeps a little, send does not. */
struct BusyServer : EchoStory {
    std::vector<ActorId> echoing;

    explicit BusyServer(EventIndex events) {
        for (std::uint32_t slot = 5; slot < 5 + workers; ++slot)
            echoing.push_back(begin(slot, 300 + static_cast<int>(slot), server_program, server));
        for (std::size_t round = 0; history.size() < events; ++round) {
            const ActorId worker = echoing[round % echoing.size()];
            enter(worker, EventKind::recv, {.fd = 4, .a = 100});
            if (round % 3 == 0) fact(EventKind::blocked, {.a = static_cast<std::int64_t>(worker)});
            now_ns += round % 7 * 4000;
            exit(worker, EventKind::recv, {.fd = 4, .value = 5, .payload = "hello"});
            enter(worker, EventKind::send, {.fd = 4, .a = 5, .payload = "hello"});
            exit(worker, EventKind::send, {.fd = 4, .value = 5});
            now_ns += round % 5 * 1000;
        }
    }
};

/** Dear ImGui without a window. */
class Screen {
   public:
    Screen() {
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = {width, height};
        io.DeltaTime = 1.0f / 60;
        io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
        ImFont* font = io.Fonts->AddFontDefault();
        unsigned char* pixels = nullptr;
        int w = 0, h = 0;
        io.Fonts->GetTexDataAsRGBA32(&pixels, &w, &h);
        fonts_ = {font, font, font, font, font, font};
    }
    ~Screen() { ImGui::DestroyContext(); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void frame(PanelContext& panel, TimelineView& view) {
        ImGui::NewFrame();
        ui::begin_frame(dark_theme(), fonts_, 1);
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize({width, height});
        ImGui::Begin("bench", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
        draw_timeline(panel, view, {0, 0, width, height});
        ImGui::End();
        ImGui::Render();
    }

   private:
    Fonts fonts_;
};

/** A history with the timeline that looks at it. */
struct Shown {
    explicit Shown(EventIndex events) : server(events) {}
    BusyServer server;
    TimelineView view;
    Selection selection;
    std::vector<Command> out;

    void frame(Screen& screen) {
        EventIndex jump_to = no_event;
        bool needs_frame = false;
        PanelContext panel{server.world(), server.history, false, server.now_ns, selection, out, jump_to, needs_frame};
        screen.frame(panel, view);
    }
    double index_ns_per_event() {
        const std::uint64_t begin = monotonic_ns();
        while (!view.index.update(server.history)) {}
        return static_cast<double>(monotonic_ns() - begin) / static_cast<double>(server.history.size());
    }
    /** The first frame after a zoom: nothing is folded for it yet. Each is to another width, from nearly all to a quarter. */
    double zoom_us(Screen& screen) {
        const TimeWindow before = view.window, all = fitted(server.now_ns);
        std::uint64_t sum_ns = 0;
        for (int i = 0; i < zooms_each; ++i) {
            view.window = zoomed(all, 1 - 0.75 * (i + 1) / zooms_each, 0.4);
            view.folds = FoldMemo();
            const std::uint64_t begin = monotonic_ns();
            frame(screen);
            sum_ns += monotonic_ns() - begin;
        }
        view.window = before;
        frame(screen);
        return static_cast<double>(sum_ns) * 1e-3 / zooms_each;
    }
    double frame_us(Screen& screen) {
        const std::uint64_t begin = monotonic_ns();
        for (int i = 0; i < frames_each; ++i) frame(screen);
        return static_cast<double>(monotonic_ns() - begin) * 1e-3 / frames_each;
    }
};

void timeline(benchmark::State& state) {
    Screen screen;
    auto small = std::make_unique<Shown>(small_events), large = std::make_unique<Shown>(large_events);
    std::vector<double> index_ns, small_us, large_us, small_zoom_us, large_zoom_us;
    small->index_ns_per_event();
    index_ns.push_back(large->index_ns_per_event());
    for (Shown* shown : {small.get(), large.get()}) {
        shown->view.fit = true;
        shown->view.follow = false;
        shown->frame(screen);
        shown->frame(screen);
    }
    for (auto _ : state) {
        small_us.push_back(small->frame_us(screen));
        large_us.push_back(large->frame_us(screen));
        state.SetIterationTime(large_us.back() * 1e-6);
        small_zoom_us.push_back(small->zoom_us(screen));
        large_zoom_us.push_back(large->zoom_us(screen));
        TimelineIndex again;
        std::swap(large->view.index, again);
        index_ns.push_back(large->index_ns_per_event());
    }
    tell(state, "ratio",
         {.what = "frame of the timeline, 1,000,000 events ÷ 10,000",
          .spread = spread_of(ratios(large_us, small_us)),
          .reach = Reach::at_most,
          .target = 1.2});
    tell(state, "zoom_ratio",
         {.what = "its first frame after a zoom, 1,000,000 events ÷ 10,000",
          .spread = spread_of(ratios(large_zoom_us, small_zoom_us)),
          .reach = Reach::at_most,
          .target = 1.2});
    tell(state, "large_zoom_us", {.what = "that frame with 1,000,000 events", .spread = spread_of(large_zoom_us), .unit = "µs"});
    tell(state, "large_us", {.what = "with 1,000,000 events", .spread = spread_of(large_us), .unit = "µs"});
    tell(state, "small_us", {.what = "with 10,000 events", .spread = spread_of(small_us), .unit = "µs"});
    tell(state, "index_ns", {.what = "to index an event, once", .spread = spread_of(index_ns), .unit = "ns"});
    const auto calls = static_cast<double>(large->server.world().calls);
    tell(state, "bytes",
         {.what = "kept for each call by the timeline",
          .spread = spread_of({static_cast<double>(large->view.index.memory_bytes()) / calls}),
          .unit = "bytes",
          .reach = Reach::at_most,
          .target = 24});
}
BENCHMARK(timeline)->UseManualTime()->Iterations(repetitions)->Name("timeline");

}  // namespace

}  // namespace bench
