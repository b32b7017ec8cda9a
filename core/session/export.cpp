#include "core/session/export.h"

#include <algorithm>
#include <cctype>

#include "core/base/replacement_file.h"
#include "core/session/capture.h"
#include "core/session/export_trace_json.h"
#include "core/session/transcript.h"

namespace synoptic {
namespace {

Status export_transcript(const History& history, EventIndex up_to, const std::string& path, const ExportProgress& progress) {
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    if (!file) return file.error();
    Transcript transcript(history);
    Status written = Done{};
    for (EventIndex end = 0; end < up_to;) {
        if (progress && !progress(static_cast<double>(end) / static_cast<double>(up_to))) return Error{"", ECANCELED, path};
        end = std::min(up_to, end + events_between_words);
        transcript.print(end, [&](const std::string& line) {
            if (written) written = file->write(line + "\n");
        });
        if (!written) return written;
    }
    return file->finish();
}

}  // namespace

std::string ending_of(const std::string& path) {
    const std::size_t slash = path.rfind('/'), name = slash == std::string::npos ? 0 : slash + 1, dot = path.rfind('.');
    if (dot == std::string::npos || dot < name) return {};
    std::string ending = path.substr(dot);
    for (char& c : ending) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return ending;
}

std::optional<ExportForm> export_form(const std::string& path) {
    const std::string ending = ending_of(path);
    if (ending == ".txt") return ExportForm::transcript;
    if (ending == ".json") return ExportForm::trace_json;
    if (ending == ".pcapng") return ExportForm::capture;
    return std::nullopt;
}

Status export_history(const History& history, EventIndex up_to, ExportForm form, const std::string& path, std::uint64_t realtime_offset_ns,
                      const ExportProgress& progress) {
    up_to = std::min(up_to, history.size());
    switch (form) {
        case ExportForm::transcript:
            return export_transcript(history, up_to, path, progress);
        case ExportForm::trace_json:
            return export_trace_json(history, up_to, path, realtime_offset_ns, progress);
        case ExportForm::capture:
            return export_capture(history, up_to, path, realtime_offset_ns, progress);
    }
    return Done{};
}

}  // namespace synoptic
