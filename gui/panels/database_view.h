// What the Database panel shows, gathered from a World: rows, the file's text line by line, who has the store's lock and who waits for it. No drawing. All of it was
// told by the store; only a file that was written anew is put together from its rows, and says so.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/history.h"
#include "core/model/world.h"
#include "gui/store_control.h"
#include "gui/ui.h"

namespace synoptic {

struct Selection;

enum class RowState : std::uint8_t { on_disk, waits, in_memory, deleted, deletion_waits };
RowState row_state(const Database& database, const Row& row);
/** "on disk", "waits for disk", "in memory", "deleted"; "not synced" where no server is left (`served` is false) that would bring it there. */
const char* state_words(RowState state, bool served = true);

/** How long a row's value is: by its line's place in the file where that is known, for of a long one the trace has only the first bytes. */
std::uint64_t value_length(const Row& row);
/** "two words", quoted where spaces would be overlooked or bytes are none that print; a long one is cut, with its length behind it: "aaaa… 4,096 bytes". */
std::string value_words(const std::string& first_bytes, std::uint64_t length);

/** "client 3 · worker 4122"; "from the file", where it was before this start. `narrow`: whichever of both says more. */
std::string writer_words(const World& world, const Row& row, bool narrow);

/** A stretch of the file, in its order. */
struct FileLine {
    enum class Kind : std::uint8_t {
        read,      // was there when the file was read
        appended,  // since
        written,   // the file was written anew, in the order of the keys: what stands there follows from the rows
        pending,   // a line that its pwrite tells of, and the store does not yet
        unknown,   // bytes of which the World has not kept what they say
    };
    Kind kind = Kind::unknown;
    std::uint64_t begin = 0, end = 0;  // bytes of the file; end includes the line feed
    std::string text;                  // without its line feed
    bool on_disk = true;
    std::int64_t key = 0;
    EventIndex event = no_event;
};
std::vector<FileLine> file_lines(const Database& database);

/** "database.txt · 5 pairs · 1 waits for the disk". */
std::string database_summary(const Database& database);

/** What happens at the store now, by one actor. */
struct StoreNews {
    enum class Kind : std::uint8_t { nobody, holds, waits_for_lock, syncs, sleeps };
    Kind kind = Kind::nobody;
    ActorId actor{};
    std::string text;  // "worker 4121 waits for the lock"
};
/** Who holds the lock, who waits for it, who syncs, who sleeps until that is over. At least one line. */
std::vector<StoreNews> store_news(const World& world, const Database& database);

/** The database that a server of ours has open; null if it has none. */
const Database* database_of(const World& world, ProgramId server);
/** The selected row's, else the selected server's, else `chosen`, else the one that was last heard of; null if there is none. */
const Database* database_to_show(const World& world, const Selection& selection, std::uint64_t chosen);
/** The servers that have it open and live, the latest last. */
std::vector<const Program*> servers_of_database(const World& world, const Database& database);
/** One of them: the selected one, else the one that wrote last, else the latest. Null if there is none. */
const Program* server_of_database(const World& world, const Selection& selection, const Database& database);
/** A server that keeps its pairs in memory alone and lives; null if there is none. */
const Program* server_without_file(const World& world);

/** The key of the row that an event is about: what a fact tells, or the request in which a worker made this call. None if there is none. */
std::optional<std::int64_t> key_of_event(const History& history, EventIndex event, EventIndex limit);

/** "7 seven" of a fact about a row, as far as the trace has it; "" of any other event. */
std::string row_text(const Event& event, std::string_view payload);

struct DatabaseView {
    std::uint64_t chosen = 0;  // StoreId, by hand
    bool shows_file = false;   // where there is room for one of them only
    float rows_scroll = 0, file_scroll = 0;
    bool follow = true;                        // the end of the file stays in sight
    EventIndex sighted = no_event;             // the selected event whose row was scrolled into sight
    EventIndex moment = no_event;              // of the past, whose changed row was
    KillPoint point = KillPoint::after_write;  // where the server is killed
    EventIndex asked = no_event;               // the event that was looked up last, and its row
    std::optional<std::int64_t> asked_key;
    EventIndex asked_limit = 0;  // how much was known then
    std::int64_t menu_key = 0;   // the row that the open menu is about
    ui::Rect menu_at;
    std::set<std::uint64_t> seen;  // databases that have been there: the pane opens by itself for the first
    StoreControl control;
};

}  // namespace synoptic
