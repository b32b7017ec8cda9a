// What the owner of the append lock has left half done when it was killed, brought to an end by the next one who gets the lock.
#include <unistd.h>

#include <algorithm>

#include "core/store/disk.h"
#include "core/store/log_format.h"
#include "core/store/store_trace.h"

namespace synoptic {

/** Under the append lock, whose owner was killed: before, within or behind the writing of one line, or before the index knew of it. */
void Store::recover(Where where) {
    index_->repair();
    recover_tail(where);
    // A del line that does not count after all: nobody is to wait for it.
    header().last_del_end.store(std::min(header().last_del_end.load(), header().end.load()));
}

/** What lies behind the end is the dead one's line, whole or in part: it is taken in, or taken back. All else is another program's, and stays. */
void Store::recover_tail(Where where) {
    IndexHeader& shared = header();
    const std::uint64_t end = shared.end.load();
    if (shared.trouble.load() != StoreTrouble::none || is_as_we_left_it(end)) return;
    const std::uint64_t pending_bytes = shared.pending_at.load() == end ? shared.pending_bytes.load() : 0;
    const std::string_view pending(shared.pending, pending_bytes);
    std::string tail(pending_bytes + 1, '\0');
    const ssize_t got = ::pread(fd_, tail.data(), tail.size(), static_cast<off_t>(end));
    tail.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 || !pending.starts_with(tail) || !is_as_we_left_it(end + tail.size())) return note_change(where);
    if (tail.empty()) return;
    if (tail.size() == pending_bytes) return take_in_line(tail, end, where);
    // Half a line, which nobody was told of. If it can't be taken back, the next append finds a file that is too long.
    [[maybe_unused]] const int cut = disk_.ftruncate(fd_, static_cast<off_t>(end));
}

/** A dead one's line, which is whole. The index may know it already, and the trace too. */
void Store::take_in_line(std::string_view whole, std::uint64_t offset, Where where) {
    const std::uint64_t end = offset + whole.size();
    const LogLine line = parse_log_line(whole.substr(0, whole.size() - 1));
    const bool is_put = line.kind == LogLine::Kind::put;
    if (is_put && !index_->find_locked(line.key)) {
        if (!index_->make_room()) return;  // as if it had not been written whole: the next append finds a file that is too long
        index_->insert({line.key, offset, static_cast<std::uint32_t>(whole.size() - 1), line_hash(whole.substr(0, whole.size() - 1))});
    }
    if (!is_put) {
        header().last_del_end.store(end);
        index_->erase(line.key);
    }
    tell(id_, is_put ? EventKind::row_put : EventKind::row_deleted, where,
         {.a = line.key, .b = static_cast<std::int64_t>(offset), .value = static_cast<std::int64_t>(end), .payload = line.value});
    header().untidy.store(1);
    header().end.store(end);
}

}  // namespace synoptic
