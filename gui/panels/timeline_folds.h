// What was folded in the frames before: cells that are over stay what they are, so that a frame looks at new ones only, however many calls each holds.
// The window's thread only.
#pragma once

#include <unordered_map>
#include <vector>

#include "gui/panels/timeline_track.h"

namespace synoptic {

/** A piece, and of the time from its begin to its end which share is covered and which part of that was waiting. */
struct MeasuredPiece {
    Piece piece;
    float covered = 1, waiting = 0;  // of folds
};

class FoldMemo {
   public:
    /** The pieces of a track between two times, as for_each_piece() gives them. `key` tells tracks apart, `limit` past moments. Holds until the
        next call. */
    const std::vector<MeasuredPiece>& pieces(std::uint64_t key, const SeenTrack& seen, const SeenTrack& waits, std::uint64_t from_ns,
                                             std::uint64_t to_ns, std::uint64_t cell_ns, EventIndex limit);

   private:
    struct Track {
        std::uint64_t from_ns = 0, cell_ns = 0;
        EventIndex limit = no_event;
        std::vector<MeasuredPiece> pieces;  // without a gap from `from_ns` on
    };
    std::unordered_map<std::uint64_t, Track> tracks_;
    std::vector<MeasuredPiece> asked_;
};

}  // namespace synoptic
