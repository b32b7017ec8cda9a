// play and export: a recording, printed or turned into something else, without a window.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/cli/subcommands.h"
#include "core/session/recording.h"
#include "core/session/transcript.h"

namespace synoptic {

namespace {

/** Of a file that is no recording what it is, without an errno's words beside it. */
std::string words_of(const Error& error) {
    return error.call.empty() ? error.detail : error.text();
}

/** What can be read of it; says on stderr if that is not all. */
Result<Recording> open_recording(const std::string& path) {
    Result<Recording> recording = load_recording(path);
    if (recording && !recording->remark.empty()) complain("synoptic: " + recording->remark);
    return recording;
}

}  // namespace

int play(const std::string& path) {
    const Result<Recording> recording = open_recording(path);
    if (!recording) {
        const bool is_other = recording.error().call.empty();  // it could be read, and is no recording
        return fail(words_of(recording.error()) + (is_other ? "; the name of a lesson's file ends in .md" : ""));
    }
    const History& history = *recording->history;
    bool written = true;
    Transcript(history).print(history.size(), [&](const std::string& line) {
        if (written) written = std::fputs(line.c_str(), stdout) >= 0 && std::fputc('\n', stdout) != EOF;
    });
    if (written) written = std::fflush(stdout) == 0;
    return written ? 0 : fail(fmt::format("the transcript could not be written: {}", std::strerror(errno)));
}

int export_recording(const std::string& path, ExportForm form, const std::string& out) {
    const Result<Recording> recording = open_recording(path);
    if (!recording) return fail(words_of(recording.error()));
    const History& history = *recording->history;
    const Status written = export_history(history, history.size(), form, out, recording->notes.realtime_offset_ns);
    return written ? 0 : fail(written.error().text());
}

}  // namespace synoptic
