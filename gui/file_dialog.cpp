#include "gui/file_dialog.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/session/capture.h"
#include "core/session/export.h"
#include "core/session/recording.h"
#include "gui/app_state.h"
#include "gui/picture.h"
#include "gui/save_place.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_listed = 8;

/** The recordings of a folder, the newest first. */
std::vector<std::string> recordings_in(const std::string& folder) {
    std::vector<std::pair<fs::file_time_type, std::string>> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const std::string path = at->path().string();
        if (ending_of(path) == ".synoptic" && at->is_regular_file(ignored)) found.emplace_back(at->last_write_time(ignored), path);
    }
    std::sort(found.rbegin(), found.rend());
    if (found.size() > most_listed) found.resize(most_listed);
    std::vector<std::string> paths;
    for (auto& [time, path] : found) paths.push_back(std::move(path));
    return paths;
}

/** What this History has beside its events: of a recording what it had. */
RecordingNotes notes_of(const AppState& state) {
    RecordingNotes notes;
    if (state.recorded) {
        notes = *state.recorded;
    } else {
        notes.realtime_offset_ns = realtime_offset_ns();
        notes.sources = sources_of(state.history);
    }
    notes.bookmarks = state.past.bookmarks;
    return notes;
}

void begin_work(AppState& state, const std::string& path, Exporter::Work work) {
    if (!state.exporter.start(path, std::move(work))) state.messages.note("Still saving " + state.exporter.path(), state.now_s);
}

void save_recording_to(AppState& state, const std::string& path) {
    begin_work(state, path, [path, &history = state.history, notes = notes_of(state)](const RecordingProgress& progress) {
        return save_recording(path, history, notes, progress);
    });
}

/** The file that is meant: `path` in full, with the ending that its kind has where it has none. */
std::string chosen_path(const FileDialog& dialog) {
    const std::string path = full_path(dialog.path);
    if (!ending_of(path).empty()) return path;
    if (dialog.task == FileTask::save_recording) return path + ".synoptic";
    return dialog.task == FileTask::save_panel ? path + ".png" : path;
}

/** What is wrong with this path for this task; "" if nothing is. */
std::string trouble_with(const FileDialog& dialog, const std::string& path) {
    std::error_code error;
    switch (dialog.task) {
        case FileTask::save_panel:
            if (dialog.panels.empty()) return "No panel is in sight.";
            return ending_of(path) == ".png" ? "" : "A picture's name ends in .png.";
        case FileTask::export_history:
            if (ending_of(path) == ".png" || export_form(path)) return {};
            return "The name's ending says what is written: .txt, .json, .pcapng or .png.";
        case FileTask::open_recording:
            return fs::exists(path, error) ? "" : path + " is not there.";
        case FileTask::save_recording:
        case FileTask::none:
            break;
    }
    return {};
}

void export_to(AppState& state, const std::string& path) {
    if (ending_of(path) == ".png") {
        state.picture = path;  // of the next frame, without the dialog
        return;
    }
    const std::optional<ExportForm> form = export_form(path);
    const std::uint64_t offset_ns = state.recorded ? state.recorded->realtime_offset_ns : realtime_offset_ns();
    begin_work(state, path,
               [path, form, offset_ns, &history = state.history, up_to = state.moment.shown().events](const ExportProgress& progress) {
                   return export_history(history, up_to, *form, path, offset_ns, progress);
               });
}

void save_panel_to(AppState& state, const std::string& path) {
    const PanelPlace* panel = find_panel(state.files.panels.at(static_cast<std::size_t>(state.files.panel)));
    if (panel == nullptr) return;
    state.picture = path;
    state.picture_of = panel->pane;
}

}  // namespace

std::string full_path(const std::string& path) {
    const char* home = std::getenv("HOME");
    if (home != nullptr && (path == "~" || path.starts_with("~/"))) return home + path.substr(1);
    if (path.starts_with('/')) return path;
    const std::string folder = documents_folder();
    std::error_code ignored;
    return folder.empty() ? fs::absolute(path, ignored).string() : (fs::path(folder) / path).string();
}

void ask_for_file(AppState& state, FileTask task) {
    FileDialog& dialog = state.files;
    dialog = FileDialog();
    dialog.task = task;
    const std::string folder = documents_folder();
    switch (task) {
        case FileTask::save_recording:
            dialog.path = unused_path(folder, "synoptic", ".synoptic");
            break;
        case FileTask::export_history:
            dialog.path = unused_path(folder, "synoptic", ".json");
            break;
        case FileTask::save_panel:
            dialog.panels = panels_in_sight(state);
            choose_panel(state, 0);
            break;
        case FileTask::open_recording:
            dialog.recordings = recordings_in(folder);
            if (!dialog.recordings.empty()) dialog.path = dialog.recordings.front();
            break;
        case FileTask::none:
            break;
    }
    dialog.offered = dialog.path;
}

void choose_panel(AppState& state, int panel) {
    FileDialog& dialog = state.files;
    if (dialog.panels.empty()) return;
    const auto offered = [](const std::string& name) { return unused_path(documents_folder(), "synoptic-" + name, ".png"); };
    const bool untouched = dialog.path.empty() || dialog.path == offered(dialog.panels[static_cast<std::size_t>(dialog.panel)]);
    dialog.panel = std::clamp(panel, 0, static_cast<int>(dialog.panels.size()) - 1);
    if (untouched) dialog.path = dialog.offered = offered(dialog.panels[static_cast<std::size_t>(dialog.panel)]);
}

void confirm_file(AppState& state) {
    FileDialog& dialog = state.files;
    if (dialog.path.empty()) {
        dialog.trouble = "A file needs a name.";
        return;
    }
    const std::string path = chosen_path(dialog);
    dialog.trouble = trouble_with(dialog, path);
    if (!dialog.trouble.empty()) return;
    std::error_code error;
    const bool replaces = dialog.task != FileTask::open_recording && fs::is_regular_file(path, error);
    if (replaces && !asks_to_replace(dialog)) {
        dialog.replaces = path;
        return;
    }
    switch (std::exchange(dialog.task, FileTask::none)) {
        case FileTask::save_panel:
            save_panel_to(state, path);
            break;
        case FileTask::save_recording:
            save_recording_to(state, path);
            break;
        case FileTask::export_history:
            export_to(state, path);
            break;
        case FileTask::open_recording:
            state.opener.open(path);
            break;
        case FileTask::none:
            break;
    }
}

bool asks_to_replace(const FileDialog& dialog) {
    return !dialog.replaces.empty() && dialog.replaces == chosen_path(dialog);
}

const char* confirm_label(const FileDialog& dialog) {
    if (dialog.task == FileTask::open_recording) return "Open";
    if (asks_to_replace(dialog)) return "Replace";
    return dialog.task == FileTask::export_history ? "Export" : "Save";
}

}  // namespace synoptic
