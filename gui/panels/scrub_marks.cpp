#include "gui/panels/scrub_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/model/catch_up.h"
#include "core/trace/format.h"

namespace synoptic {
namespace {

/** A call that asks again, or was interrupted, has not gone wrong. */
bool went_wrong(const Event& exit) {
    const int failure = failure_of(exit);
    return failure != 0 && failure != EINTR && failure != EAGAIN && failure != EINPROGRESS;
}

}  // namespace

std::string scrub_mark_words(ScrubMark kind, std::size_t count) {
    const char* plural = count == 1 ? "" : "s";
    switch (kind) {
        case ScrubMark::connect:
            return fmt::format("{} connection{} accepted", count, plural);
        case ScrubMark::error:
            return fmt::format("{} call{} failed", count, plural);
        case ScrubMark::drop:
            return fmt::format("{} segment{} dropped", count, plural);
        case ScrubMark::zombie:
            return fmt::format("{} zombie{}", count, plural);
    }
    return {};
}

bool ScrubMarks::update(const History& history, EventIndex most_events) {
    return catch_up(history, next_, most_events, [&](EventIndex index) {
        const auto mark = [&](ScrubMark kind) { marks_[static_cast<std::size_t>(kind)].push_back(static_cast<std::uint32_t>(index)); };
        const Event event = history.event(index);
        if (event.phase == Phase::exit) {
            if (went_wrong(event))
                mark(ScrubMark::error);
            else if (event.kind == EventKind::accept)
                mark(ScrubMark::connect);
        } else if (event.kind == EventKind::segment_dropped) {
            mark(ScrubMark::drop);
        } else if (event.kind == EventKind::process_ended && event.b == 1) {
            mark(ScrubMark::zombie);
        }
    });
}

std::size_t ScrubMarks::count(ScrubMark kind, EventIndex from, EventIndex to) const {
    const std::vector<std::uint32_t>& all = of(kind);
    return static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), to) - std::lower_bound(all.begin(), all.end(), from));
}

}  // namespace synoptic
