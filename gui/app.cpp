#include "gui/app.h"

#include <GLFW/glfw3.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <future>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "gui/app_class.h"
#include "gui/dump.h"
#include "gui/end_signals.h"
#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"
#include "imgui.h"

namespace synoptic {
namespace {

constexpr std::uint64_t fold_budget_ns = 3'000'000;  // of each frame
constexpr double settings_rest_s = 1.0;              // settings are written once they have rested for so long

}  // namespace

bool App::start(const WindowOptions& options) {
    dump_file_ = options.dump_file;
    settings_file_ = settings_path();
    LoadedSettings loaded = load_settings(settings_file_);
    const float zoom = static_cast<float>(loaded.settings.zoom_percent) / 100;
    // Beside the window's opening, which takes as long. Where the screen wants another scale, the fonts are loaded for that one then.
    std::future<bool> loading = std::async(std::launch::async, [&] { return options.recording.empty() || load(options.recording); });
    std::future<BakedFonts> baking = std::async(std::launch::async, bake_fonts, zoom);
    int width = loaded.settings.width, height = loaded.settings.height;
    parse_size(options.size, width, height);

    std::string trouble;
    const bool opened = window_.open(width, height, trouble, [&] {
        baked_ = baking.get();
        return baked_.atlas.get();
    });
    if (!loading.get()) return false;
    if (!opened) {
        fmt::print(stderr,
                   "synoptic: there is no display to open a window on{}. These commands work without one: synoptic serve echo, "
                   "synoptic client echo HOST PORT, synoptic hostinfo NAME\n",
                   trouble.empty() ? "" : fmt::format(" ({})", trouble));
        return false;
    }
    if (!recording_ && !start_session()) return false;
    state_ = std::make_unique<AppState>(recording_ ? *recording_->history : session_->history());
    state_->settings = loaded.settings;
    state_->opener.set_wake([this] { window_.wake(); });
    if (recording_) show_recording(options.recording);
    saved_settings_ = changed_settings_ = settings_text(loaded.settings);
    if (!loaded.trouble.empty()) state_->messages.add(loaded.trouble, true);
    // The pace that was left; everyone who begins takes it on.
    const int pace_ms = paces_ms[state_->settings.pace];
    if (pace_ms > 0 && session_) session_->submit(SetGate{ActorId{}, GateMode::slow, static_cast<std::uint32_t>(pace_ms)});
    if (session_) offer_left_recordings();
    if (session_) start_lessons(options);
    return true;
}

bool App::start_session() {
    SessionSetup setup;
    setup.on_append = [this] {
        window_.wake();
        if (Autosave* autosave = autosave_told_.load()) autosave->told();
    };
    Result<std::unique_ptr<Session>> session = Session::start(std::move(setup));
    if (!session) {
        fmt::print(stderr, "synoptic: {}\n", session.error().text());
        return false;
    }
    session_ = std::move(*session);
    autosave_ = std::make_unique<Autosave>(session_->history(), autosave_folder(), [this] { window_.wake(); });
    autosave_told_.store(autosave_.get());
    return true;
}

int App::run(const WindowOptions& options) {
    if (!start(options)) return 1;
    const EndSignals signals([this] { window_.wake(); });
    while (!done_) {
        window_.wait(moving_ || behind_, next_wake_s_);
        if (signals.come() != 0) break;
        if (window_.closing()) {
            window_.keep_open();
            ask_to_close();
        }
        if (!done_) frame();
    }
    keep_settings(true);
    end_session();
    return signals.come() == 0 ? 0 : 128 + signals.come();
}

void App::ask_to_close() {
    AppState& state = *state_;
    const bool something_runs = session_ && (!live_servers(state.moment.live()).empty() || live_client_count(state.moment.live()) > 0);
    // Asking twice is an answer.
    if (!something_runs || state.asks_to_close) {
        done_ = true;
    } else {
        state.asks_to_close = true;
    }
}

void App::frame() {
    AppState& state = *state_;
    behind_ = !state.moment.catch_up(fold_budget_ns);
    prepare_looks();
    feed_digits(state);
    window_.begin();
    if (!state.picture.empty()) {  // asked for in the frame before
        picture_file_ = std::exchange(state.picture, {});
        window_.keep_next_frame(&picture_);
    }
    state.now_s = ImGui::GetTime();
    if (std::string text = state.runner.advance(state.moment.live(), state.by_itself); !text.empty())
        state.messages.add(std::move(text), false);
    if (session_) turn_to_breakpoint(state);
    moving_ = false;
    const Theme& theme = state.settings.dark ? dark_theme() : light_theme();
    ui::begin_frame(theme, fonts_, looks_scale_);
    watch_files();
    watch_lesson();
    for (const ProgramId program : state.stage.dismissed) state.messages.forget(program);
    if (session_) {
        state.messages.watch(state.moment.live(), state.now_s,
                             {[&state](ProgramId id) { return state.desk->has_started(id) || state.database.control.has_killed(id); },
                              [&state](std::uint64_t command) { return state.desk->has_asked(command); }});
    }
    if (session_) {
        watch_past(state);
        watch_databases(state);
    }
    handle_keys();
    if (advance_search(state)) moving_ = true;

    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const ui::Rect area{0, 0, size.x, size.y};
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    imgui::push_font(fonts_.text);
    ImGui::Begin("synoptic", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
    draw(area);
    ImGui::End();
    if (make_room_for_asked_pane(state)) moving_ = true;
    if (state.help) draw_help(state, area);
    if (state.asks_to_close)
        draw_close_question(state, area);
    else if (state.past.asks())
        draw_past_question(state, area);
    // A picture is of the window without the dialog that asked for it.
    if (state.files.task != FileTask::none) draw_file_dialog(state, area);
    if (state.lesson->chooser) draw_lesson_chooser(state, area);
    if (!state.picture.empty()) moving_ = true;
    for (ui::Toast& toast : ui::take_toasts()) {
        if (toast.trouble) {
            state.messages.add(std::move(toast.text), true);
        } else {
            state.messages.note(std::move(toast.text), state.now_s);
        }
        moving_ = true;
    }
    state.messages.draw_note(area, panes_top_, state.now_s);
    imgui::pop_font();
    const ImVec4 clear = ImGui::ColorConvertU32ToFloat4(theme.window);
    window_.end(clear.x, clear.y, clear.z);
    keep_picture();
    ++frames_;
    // The wire is had after the first frame, which nobody should wait for.
    if (frames_ == 1 && session_) {
        session_->submit(StartLab{});
        session_->submit(CaptureLoopback{});
    }
    finish();
}

void App::draw(const ui::Rect& area) {
    AppState& state = *state_;
    float y = area.y;
    const auto row = [&](float height) {
        const ui::Rect rect{area.x, y, area.w, height};
        y += height;
        return rect;
    };
    draw_toolbar(state, row(std::floor(ui::px(toolbar_height))));
    if (const float height = past_strip_height(state); height > 0) draw_past_strip(state, row(height));
    if (const float height = state.messages.height(area.w); height > 0) state.messages.draw(row(height), state.moment.live(), state.out);
    panes_top_ = y;
    const ui::Rect rest{area.x, y, area.w, std::max(0.0f, area.bottom() - y)};
    draw_content(rest);
}

void App::finish() {
    AppState& state = *state_;
    std::vector<Action> actions;
    actions.swap(state.actions);
    for (Action action : actions) handle_action(action);
    if (!actions.empty() || !state.out.empty() || !state.by_itself.empty() || state.open != Menu::none) moving_ = true;
    if (!session_ && !state.out.empty()) state.messages.note("This is a recording: nothing runs in it", state.now_s);
    // Nothing is done by mistake while the past is looked at.
    if (session_ && state.moment.past() && !state.out.empty()) state.past.held = std::move(state.out);
    for (std::vector<Command>* commands : {&state.by_itself, &state.out}) {
        for (Command& command : *commands) {
            if (!session_) continue;
            state.database.control.see(command);
            session_->submit(std::move(command));
        }
        commands->clear();
    }
    if (state.closes) done_ = true;
    next_wake_s_ = ui::next_wake();
    draw_notes();
    keep_settings(false);
    if (dump_file_.empty()) return;
    FrameFacts facts;
    facts.number = frames_;
    facts.width = window_.width();
    facts.height = window_.height();
    facts.scale = looks_scale_;
    facts.inputs = window_.inputs();
    facts.keys_down = window_.keys_down();
    facts.pointer_x = ImGui::GetIO().MousePos.x;
    facts.pointer_y = ImGui::GetIO().MousePos.y;
    facts.settled = !moving_ && !behind_ && !window_.frames_due();
    const std::string trouble = write_dump(dump_file_, facts, state);
    if (!trouble.empty()) {
        state.messages.add(fmt::format("The dump {} can't be written: {}.", dump_file_, trouble), true);
        dump_file_.clear();
    }
}

void App::keep_settings(bool now) {
    if (settings_file_.empty()) return;
    if (!window_.fullscreen()) {
        const float content = window_.content_scale();
        state_->settings.width = static_cast<int>(static_cast<float>(window_.width()) / content);
        state_->settings.height = static_cast<int>(static_cast<float>(window_.height()) / content);
    }
    const Settings settings = settings_to_keep(*state_);
    std::string text = settings_text(settings);
    if (text != changed_settings_) {
        changed_settings_ = std::move(text);
        settings_changed_s_ = state_->now_s;
    }
    if (changed_settings_ == saved_settings_) return;
    const double rested = ImGui::GetTime() - settings_changed_s_;
    if (!now && rested < settings_rest_s) {
        next_wake_s_ = next_wake_s_ < 0 ? settings_rest_s - rested : std::min(next_wake_s_, settings_rest_s - rested);
        return;
    }
    const std::string trouble = save_settings(settings_file_, settings);
    if (!trouble.empty() && !now) state_->messages.note(trouble, state_->now_s);
    saved_settings_ = changed_settings_;
}

namespace {

/** A server with a process and a socket per client needs more than the usual 1,024 descriptors. */
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int open_window(const WindowOptions& options) {
    std::signal(SIGPIPE, SIG_IGN);  // a peer that resets is news for the window, not its end
    raise_descriptor_limit();
    App app;
    return options.picture.empty() ? app.run(options) : app.draw_picture(options);
}

}  // namespace synoptic
