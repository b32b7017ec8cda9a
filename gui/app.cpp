#include "gui/app.h"

#include <GLFW/glfw3.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <utility>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/session/autosave.h"
#include "core/session/recording.h"
#include "core/session/session.h"
#include "gui/app_state.h"
#include "gui/dump.h"
#include "gui/fonts.h"
#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/picture.h"
#include "gui/sources.h"
#include "gui/widgets.h"
#include "gui/window.h"
#include "imgui.h"

namespace synoptic {
namespace {

constexpr std::uint64_t fold_budget_ns = 3'000'000;        // of each frame
constexpr int picture_width = 1600, picture_height = 900;  // unless said otherwise
constexpr int picture_frames = 4;
constexpr double settings_rest_s = 1.0;  // settings are written once they have rested for so long

class App {
   public:
    ~App() { end_session(); }
    int run(const WindowOptions& options);
    /** Draws the recording's end into a file, without a window on screen. */
    int draw_picture(const WindowOptions& options);

   private:
    bool start(const WindowOptions& options);
    bool start_session();
    void end_session();
    bool load(const std::string& path);
    void show_recording(const std::string& path);
    void offer_left_recordings();
    void watch_files();
    void keep_picture();
    void frame();
    void prepare_looks();
    void draw(const ui::Rect& area);
    void draw_panes(const ui::Rect& area);
    PaneHead head_of(Pane pane) const;
    void handle_keys();
    void handle_action(Action action);
    void finish();
    void keep_settings(bool now);
    void ask_to_close();

    Window window_;                     // outlives the session, whose threads wake it
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
void parse_size(const std::string& text, int& width, int& height) {
    int w = 0, h = 0;
    if (std::sscanf(text.c_str(), "%dx%d", &w, &h) == 2 && w > 0 && h > 0) {
        width = w;
        height = h;
    }
}

bool App::start(const WindowOptions& options) {
    dump_file_ = options.dump_file;
    settings_file_ = settings_path();
    if (!options.recording.empty() && !load(options.recording)) return false;
    LoadedSettings loaded = load_settings(settings_file_);
    int width = loaded.settings.width, height = loaded.settings.height;
    parse_size(options.size, width, height);

    std::string trouble;
    if (!window_.open(width, height, trouble)) {
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
    autosave_ = std::make_unique<Autosave>(session_->history(), autosave_folder());
    autosave_told_.store(autosave_.get());
    return true;
}

/** Who reads the History ends before it; what was kept for a crash goes when the session has ended without one. */
void App::end_session() {
    state_.reset();
    if (autosave_) autosave_->stop();
    session_.reset();
    autosave_.reset();
}

bool App::load(const std::string& path) {
    Result<Recording> recording = load_recording(path);
    if (!recording) {
        const Error& error = recording.error();
        fmt::print(stderr, "synoptic: {}\n", error.call.empty() ? error.detail : error.text());
        return false;
    }
    recording_ = std::make_unique<Recording>(std::move(*recording));
    return true;
}

/** What is not the session's but the recording's: its times, its sources, its end, which is a moment of the past. */
void App::show_recording(const std::string& path) {
    AppState& state = *state_;
    state.recorded = recording_->notes;
    state.recording = path;
    state.past.bookmarks = recording_->notes.bookmarks;
    state.moment.show_recording();
    show_times_of_recording(recording_->notes.realtime_offset_ns);
    show_sources_of_recording(recording_->notes.sources);
    if (!recording_->remark.empty()) state.messages.add(recording_->remark, true);
    window_.set_title(path.substr(path.rfind('/') + 1) + " – Synoptic");
}

/** The newest recording that a session left which did not end as it should. */
void App::offer_left_recordings() {
    const std::vector<LeftRecording> left = left_recordings(autosave_folder());
    if (left.empty()) return;
    tm parts;
    localtime_r(&left.front().at, &parts);
    const std::string more = left.size() == 1 ? "" : fmt::format(" There are {} older ones of this kind.", left.size() - 1);
    state_->messages.offer(
        fmt::format("The last session ended unexpectedly ({:04}-{:02}-{:02} {:02}:{:02}:{:02}, {} events). Its recording was kept.{}",
                    parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, left.front().events,
                    more),
        left.front().path);
}

/** What became of recordings: one that could not be opened, an autosave that can't go on, an answer to the offer of one that was left. */
void App::watch_files() {
    AppState& state = *state_;
    watch_export(state);
    while (const std::optional<std::string> trouble = state.opener.take_trouble()) state.messages.add(*trouble, true);
    if (autosave_) {
        if (const std::optional<Error> trouble = autosave_->take_trouble())
            state.messages.add("This session is no longer kept for the case of a crash: " + trouble->text() + ". It goes on.", true);
    }
    const std::optional<LeftChoice> choice = state.messages.take_left_choice();
    if (!choice) return;
    if (choice->opens)
        state.opener.open(choice->path);
    else if (std::remove(choice->path.c_str()) != 0)
        state.messages.add(errno_error("remove", choice->path).text(), true);
}

/** Saves the frame that was just drawn, if somebody asked for it. */
void App::keep_picture() {
    if (picture_file_.empty()) return;
    const std::string path = std::exchange(picture_file_, {});
    if (const Status saved = save_picture(path, picture_); saved)
        state_->messages.note("Saved " + path, state_->now_s, path);
    else
        state_->messages.add(path + " could not be saved: " + saved.error().text(), true);
    picture_ = {};
    moving_ = true;
}

/** Where a pane was drawn last, its head included. */
ui::Rect pane_rect(Pane pane) {
    const std::string id = std::string("pane.") + pane_name(pane);
    ui::Rect head, content;
    for (const ui::Record& record : ui::records()) {
        if (record.id == id) content = record.rect;
        if (record.id == id + ".head") head = record.rect;
    }
    return head.w > 0 ? ui::Rect{head.x, head.y, head.w, content.bottom() - head.y} : content;
}

int App::draw_picture(const WindowOptions& options) {
    const auto fail = [](const std::string& why) {
        fmt::print(stderr, "synoptic: {}\n", why);
        return 1;
    };
    Settings settings;
    settings.dark = false;
    if (!options.panel.empty()) {
        Pane pane = Pane::stage;
        if (!find_panel(options.panel, pane, settings.lower_tab)) {
            fmt::print(stderr, "synoptic: --panel {}: there are {}\n", quoted(options.panel), panel_names());
            return 2;
        }
        settings.layout.full = pane;
    }
    if (!load(options.recording)) return 1;
    if (!recording_->remark.empty()) fmt::print(stderr, "synoptic: {}\n", recording_->remark);
    int width = picture_width, height = picture_height;
    parse_size(options.size, width, height);
    std::string trouble;
    if (!window_.open_hidden(width, height, trouble)) return fail(fmt::format("{}: no picture can be drawn: {}", options.picture, trouble));
    state_ = std::make_unique<AppState>(*recording_->history);
    state_->settings = settings;
    recording_->remark.clear();  // it is said on stderr, not in the picture
    show_recording(options.recording);
    // What is placed by what the frame before has measured settles in a few frames; what moves by itself never does.
    for (int drawn = 0; drawn < picture_frames || behind_; ++drawn) {
        if (drawn + 1 >= picture_frames) window_.keep_next_frame(&picture_);
        frame();
    }
    ui::Rect part;
    if (settings.layout.full) part = pane_rect(*settings.layout.full);
    const Status saved = save_picture(options.picture, picture_, part);
    return saved ? 0 : fail(saved.error().text());
}

int App::run(const WindowOptions& options) {
    if (!start(options)) return 1;
    while (!done_) {
        window_.wait(moving_ || behind_, next_wake_s_);
        if (window_.closing()) {
            window_.keep_open();
            ask_to_close();
        }
        if (!done_) frame();
    }
    keep_settings(true);
    end_session();
    return 0;
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

void App::prepare_looks() {
    const Settings& settings = state_->settings;
    const float scale = static_cast<float>(settings.zoom_percent) / 100 * window_.content_scale();
    if (scale != fonts_scale_) {
        LoadedFonts loaded = load_fonts(scale);
        if (!loaded.trouble.empty() && fonts_scale_ == 0) state_->messages.add(loaded.trouble, false);
        fonts_ = loaded.fonts;
        fonts_scale_ = scale;
    }
    if (looks_scale_ != scale || looks_dark_ != settings.dark) {
        apply_style(settings.dark ? dark_theme() : light_theme(), scale);
        looks_scale_ = scale;
        looks_dark_ = settings.dark;
    }
}

void App::frame() {
    AppState& state = *state_;
    behind_ = !state.moment.catch_up(fold_budget_ns);
    prepare_looks();
    window_.begin();
    if (!state.picture.empty()) {  // asked for in the frame before
        picture_file_ = std::exchange(state.picture, {});
        window_.keep_next_frame(&picture_);
    }
    state.now_s = ImGui::GetTime();
    if (session_) state.messages.watch(state.moment.live(), state.now_s);
    if (std::string text = state.runner.advance(state.moment.live(), state.by_itself); !text.empty())
        state.messages.add(std::move(text), false);
    if (session_) turn_to_breakpoint(state);
    moving_ = false;
    const Theme& theme = state.settings.dark ? dark_theme() : light_theme();
    ui::begin_frame(theme, fonts_, looks_scale_);
    watch_files();
    if (session_) {
        watch_past(state);
        watch_databases(state);
    }
    handle_keys();

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
    if (state.help) draw_help(state, area);
    if (state.asks_to_close)
        draw_close_question(state, area);
    else if (!state.past.held.empty())
        draw_past_question(state, area);
    // A picture is of the window without the dialog that asked for it.
    if (state.files.task != FileTask::none) draw_file_dialog(state, area);
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
    if (state.moment.live().programs.empty() && session_) {
        draw_welcome(state, rest);
    } else {
        draw_panes(rest);
    }
}

constexpr PaneTab lower_tabs[] = {
    {"calls", "Calls", "Every call and fact, in order"},
    {"ladder", "Ladder", "One connection as the textbook draws it: both programs, both kernels, and the segments between them"},
    {"states", "States", "The states of TCP (RFC 9293), with both ends of a connection on them"},
    {"bytes", "Bytes", "A connection as two streams of bytes: what each send wrote, what each receive took, where messages begin"},
    {"timeline", "Timeline", "Everybody over time, from microseconds to hours: calls, where they slept, segments, rows"},
};

constexpr PaneTab beside_tabs[] = {
    {"inspector", "Inspector", "What is selected, in words and numbers"},
    {"database", "Database", "A key-value server's rows as they change, and its file  (R)"},
};

PaneHead App::head_of(Pane pane) const {
    const AppState& state = *state_;
    const Theme& theme = ui::theme();
    const World& shown = state.moment.shown();
    switch (pane) {
        case Pane::stage: {
            const std::string calls = fmt::format("{} call{}", shown.calls, shown.calls == 1 ? "" : "s");
            if (state.moment.past())
                return {shown.events == 0 ? "at the beginning" : time_of_day(shown.time_ns) + " · " + calls, theme.user};
            return {"now · " + calls, theme.text_dim};
        }
        case Pane::calls:
            return {.text = {}, .colour = 0, .tabs = lower_tabs, .tab = &state_->settings.lower_tab};
        case Pane::inspector: {
            PaneHead head{.text = {}, .colour = 0, .tabs = beside_tabs, .tab = &state_->beside_tab};
            const Database* database =
                *head.tab == beside_database ? database_to_show(shown, state.selection, state.database.chosen) : nullptr;
            if (database) head.text = database_summary(*database);
            return head;
        }
        case Pane::code:
            break;
    }
    return {};
}

void App::draw_panes(const ui::Rect& area) {
    AppState& state = *state_;
    const World& shown = state.moment.shown();
    EventIndex jump_to = no_event;
    const bool past = state.moment.past();
    PanelContext panel{shown,
                       state.history,
                       past,
                       past ? shown.time_ns : monotonic_ns(),
                       state.selection,
                       state.out,
                       jump_to,
                       moving_,
                       state.moment.before(),
                       past ? &state.moment.changes() : nullptr};
    state.layout.draw(
        state.settings.layout, area, [this](Pane pane) { return head_of(pane); },
        [&](Pane pane, const ui::Rect& rect) {
            switch (pane) {
                case Pane::stage:
                    draw_stage(panel, state.stage, rect);
                    break;
                case Pane::calls:
                    if (state.settings.lower_tab == lower_ladder)
                        draw_ladder(panel, state.ladder, rect);
                    else if (state.settings.lower_tab == lower_states)
                        draw_states(panel, state.states, rect);
                    else if (state.settings.lower_tab == lower_bytes)
                        draw_bytes(panel, state.bytes, state.ladder, rect);
                    else if (state.settings.lower_tab == lower_timeline)
                        draw_timeline(panel, state.timeline, rect);
                    else
                        draw_calls(panel, state.calls, rect);
                    break;
                case Pane::code:
                    draw_code(panel, state.code, rect);
                    break;
                case Pane::inspector:
                    if (state.beside_tab == beside_database)
                        draw_database(panel, state.database, rect);
                    else
                        draw_inspector(panel, state.inspector, rect);
                    break;
            }
        });
    if (jump_to != no_event) {
        state.moment.look_at(jump_to);
        moving_ = true;
    }
}

void App::handle_keys() {
    AppState& state = *state_;
    const bool typing = ImGui::GetIO().WantTextInput;
    for (const KeyPress& press : window_.take_keys()) {
        if (press.key == GLFW_KEY_ESCAPE) ui::press_escape();
        if (press.key == GLFW_KEY_ENTER || press.key == GLFW_KEY_KP_ENTER) ui::press_enter();
        const Action action = action_of(press.key, press.scancode, press.mods, typing);
        if (action == Action::none) continue;
        ui::hide_tooltip();
        const bool looks =
            action == Action::zoom_in || action == Action::zoom_out || action == Action::zoom_reset || action == Action::theme;
        if (ui::menu_is_open()) {
            // A menu is used with the arrows, Enter and Escape, which ImGui and begin_menu take.
            if (looks) state.ask(action);
            continue;
        }
        if (action == Action::step && imgui::keyboard_navigates()) continue;  // Space presses the highlighted button
        if (typing && action == Action::escape) continue;                     // leaves the field
        const bool asked = state.asks_something() || !state.past.held.empty();
        if (asked && !looks && action != Action::escape && action != Action::help) continue;
        state.ask(action);
    }
}

void App::handle_action(Action action) {
    AppState& state = *state_;
    if (perform(state, action)) return;
    const float width = static_cast<float>(window_.width());
    switch (action) {
        case Action::preset_lecture:
            apply_preset(state, Preset::lecture, width);
            break;
        case Action::preset_explore:
            apply_preset(state, Preset::explore, width);
            break;
        case Action::preset_code:
            apply_preset(state, Preset::code, width);
            break;
        case Action::fullscreen:
            window_.toggle_fullscreen();
            break;
        case Action::quit:
            ask_to_close();
            break;
        default:
            break;
    }
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
    keep_settings(false);
    if (dump_file_.empty()) return;
    FrameFacts facts;
    facts.number = frames_;
    facts.width = window_.width();
    facts.height = window_.height();
    facts.scale = looks_scale_;
    facts.inputs = window_.inputs();
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
    Settings& settings = state_->settings;
    if (!window_.fullscreen()) {
        const float content = window_.content_scale();
        settings.width = static_cast<int>(static_cast<float>(window_.width()) / content);
        settings.height = static_cast<int>(static_cast<float>(window_.height()) / content);
    }
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
