// A recording: the History of a session as one file, with the sources of the programs that ran and the user's bookmarks. docs/recording.md describes
// the format; nothing else is needed to look at everything again.
//
//   History ──▶ sections, each with its length and checksum: INFO │ NAME … │ CHNK … │ EVTS │ MARK │ DONE
//
// One that was cut off (a full disk, a crash, a kill) is opened up to the cut.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/history.h"

namespace synoptic {

inline constexpr std::uint32_t recording_version = 1;

/** A place in the history that the user wants to find again. */
struct Bookmark {
    EventIndex event = 0;  // the World after so many events
    std::string text;
    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

/** What a recording has beside its events. */
struct RecordingNotes {
    std::uint64_t realtime_offset_ns = 0;  // what makes the events' times those since 1970
    std::vector<Bookmark> bookmarks;
    std::map<std::string, std::string> sources;  // of the programs that ran: "core/programs/echo_fork.cpp" and its text
    friend bool operator==(const RecordingNotes&, const RecordingNotes&) = default;
};

struct Recording {
    std::unique_ptr<History> history;
    RecordingNotes notes;
    std::string made_by;  // "synoptic 0.1.0"
    std::string remark;   // that it was cut off or is damaged, and what could be read; empty if it is whole
};

/** The sources of all files that the History's events name, as they are in this program. */
std::map<std::string, std::string> sources_of(const History& history);

/** Told now and then which share (0 to 1) is done; false ends the work (ECANCELED). */
using RecordingProgress = std::function<bool(double share)>;

/** Writes what the History holds now in place of a file that is there; that stays as it was if anything fails. Errors of open(2), write(2) and
    rename(2) name the path. Any thread. */
Status save_recording(const std::string& path, const History& history, const RecordingNotes& notes, const RecordingProgress& progress = {});

/** What can be read of a file that was cut off or damaged, with a remark. Errors name the path and say what is wrong: no recording, of a newer version,
    damaged before its first event, not readable. */
Result<Recording> load_recording(const std::string& path);
/** The same of bytes; `path` is only named. What expands to more than `most_bytes` in all (0: half of the machine's memory) is refused (ENOMEM). */
Result<Recording> read_recording(std::string_view bytes, const std::string& path, std::uint64_t most_bytes = 0);

/** The parts of a file, one after the other: for who writes one while the session goes on (autosave.h). */
class RecordingSections {
   public:
    static std::string header();
    static std::string info(const RecordingNotes& notes);
    static std::string name(std::uint16_t number, const std::string& file, const std::string& source);
    static std::string chunk(const History& history, EventIndex number);
    /** Events from `from` until before `to`; readers take those that no chunk has. */
    static std::string events(const History& history, EventIndex from, EventIndex to);
    static std::string bookmarks(const std::vector<Bookmark>& bookmarks);
    static std::string done(EventIndex events);
};

}  // namespace synoptic
