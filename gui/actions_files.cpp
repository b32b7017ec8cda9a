// What is written while the window goes on: the segments for Wireshark, and how far an export is.
#include <fmt/format.h>

#include <cerrno>

#include "core/session/capture.h"
#include "gui/actions.h"
#include "gui/save_place.h"
#include "gui/widgets.h"

namespace synoptic {

void save_capture(AppState& state) {
    const std::string folder = documents_folder();
    if (folder.empty()) {
        state.messages.add("The segments could not be saved: HOME is not set, so that there is no folder for documents.", true);
        return;
    }
    const std::string path = unused_path(folder, "synoptic", ".pcapng");
    const std::uint64_t offset_ns = state.recorded ? state.recorded->realtime_offset_ns : realtime_offset_ns();
    const bool begun = state.exporter.start(
        path, [path, offset_ns, &history = state.history, up_to = state.moment.shown().events](const CaptureProgress& progress) {
            return export_capture(history, up_to, path, offset_ns, progress);
        });
    if (!begun) state.messages.note(fmt::format("Still saving {}", state.exporter.path()), state.now_s);
}

void watch_export(AppState& state) {
    const Exporter& exporter = state.exporter;
    if (!exporter.works()) return;
    if (const std::optional<Status> saved = state.exporter.take_outcome()) {
        if (*saved)
            state.messages.note("Saved " + exporter.path(), state.now_s, exporter.path());
        else if (saved->error().err == ECANCELED)
            state.messages.note(exporter.path() + " was not written", state.now_s);
        else
            state.messages.add(exporter.path() + " could not be saved: " + saved->error().text(), true);
        return;
    }
    state.messages.note(fmt::format("Saving {}: {} % (Escape cancels)", exporter.path(), exporter.percent()), state.now_s);
    ui::wake_in(0.1);
}

}  // namespace synoptic
