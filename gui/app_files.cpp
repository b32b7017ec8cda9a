// Recordings and pictures: a session's end, a recording's window, what a crash left, what is saved.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "gui/app_class.h"
#include "gui/moment.h"
#include "gui/panels/words.h"
#include "gui/past.h"
#include "gui/sources.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr int picture_width = 1600, picture_height = 900;  // unless said otherwise
constexpr int picture_frames = 4;

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

/** "512 KB", "1.5 MB". */
std::string size_words(std::uint64_t bytes) {
    constexpr double kilobyte = 1000, megabyte = 1000 * kilobyte;
    const auto size = static_cast<double>(bytes);
    return size < megabyte ? fmt::format("{:.0f} KB", std::max(1.0, size / kilobyte)) : fmt::format("{:.1f} MB", size / megabyte);
}

}  // namespace

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

/** The recordings that sessions left which did not end as they should; only the newest are kept. */
void App::offer_left_recordings() {
    const std::size_t removed = remove_old_recordings(autosave_folder());
    std::vector<LeftOffer> offers;
    for (const LeftRecording& left : left_recordings(autosave_folder())) {
        tm parts;
        localtime_r(&left.at, &parts);
        const std::string what = left.of_another_version ? std::string("of another version of Synoptic")
                                                         : with_commas(left.events) + (left.events == 1 ? " event" : " events");
        offers.push_back(
            {left.path, fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}, {}, {}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                                    parts.tm_hour, parts.tm_min, parts.tm_sec, what, size_words(left.size_bytes))});
    }
    if (offers.empty()) return;
    std::string text = offers.size() == 1 ? "A session ended unexpectedly. Its recording was kept."
                                          : fmt::format("{} sessions ended unexpectedly. Their recordings were kept.", offers.size());
    if (removed > 0) text += fmt::format(" {} older {} removed.", removed, removed == 1 ? "one was" : "ones were");
    state_->messages.offer(std::move(text), std::move(offers));
}

/** What became of recordings: one that could not be opened, an autosave that can't go on, an answer to the offer of one that was left. */
void App::watch_files() {
    AppState& state = *state_;
    watch_export(state);
    while (const std::optional<std::string> trouble = state.opener.take_trouble()) state.messages.add(*trouble, true);
    if (autosave_) {
        autosave_->keep_bookmarks(state.past.bookmarks);
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
    const std::optional<Pane> pane = std::exchange(state_->picture_of, std::nullopt);
    if (const Status saved = save_picture(path, picture_, pane ? pane_rect(*pane) : ui::Rect{}); saved)
        state_->messages.note("Saved " + path, state_->now_s, path);
    else
        state_->messages.add(path + " could not be saved: " + saved.error().text(), true);
    picture_ = {};
    moving_ = true;
}

int App::draw_picture(const WindowOptions& options) {
    const auto fail = [](const std::string& why) {
        fmt::print(stderr, "synoptic: {}\n", why);
        return 1;
    };
    Settings settings;
    settings.dark = false;
    const PanelPlace* panel = options.panel.empty() ? nullptr : find_panel(options.panel);
    if (!options.panel.empty() && panel == nullptr) {
        fmt::print(stderr, "synoptic: --panel {}: there are {}\n", in_quotes(options.panel), panel_names());
        return 2;
    }
    if (panel != nullptr) settings.layout.full = panel->pane;
    if (panel != nullptr && panel->lower_tab >= 0) settings.lower_tab = panel->lower_tab;
    if (!load(options.recording)) return 1;
    if (!recording_->remark.empty()) fmt::print(stderr, "synoptic: {}\n", recording_->remark);
    const std::optional<EventIndex> at = read_event_number(options.at, recording_->history->size());
    if (!at && !options.at.empty()) {
        fmt::print(stderr, "synoptic: --at {}: the events of {} are numbered from 0 to {}\n", in_quotes(options.at), options.recording,
                   recording_->history->size());
        return 2;
    }
    int width = picture_width, height = picture_height;
    parse_size(options.size, width, height);
    std::string trouble;
    if (!window_.open_hidden(width, height, trouble)) return fail(fmt::format("{}: no picture can be drawn: {}", options.picture, trouble));
    state_ = std::make_unique<AppState>(*recording_->history);
    state_->settings = settings;
    state_->timeline.fit = true;  // all of it
    if (panel != nullptr && panel->beside_tab >= 0) state_->beside_tab = panel->beside_tab;
    recording_->remark.clear();         // it is said on stderr, not in the picture
    show_recording(options.recording);  // at its end
    if (at) state_->moment.look_at(*at);
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

}  // namespace synoptic
