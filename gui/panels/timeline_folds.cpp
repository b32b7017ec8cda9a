#include "gui/panels/timeline_folds.h"

#include <algorithm>

namespace synoptic {

namespace {

constexpr std::size_t most_pieces = 20'000;  // of a track: more are forgotten
constexpr std::size_t most_tracks = 4'000;

MeasuredPiece measured(const SeenTrack& seen, const SeenTrack& waits, const Piece& piece) {
    if (!piece.folded()) return {piece};
    const auto stretch_ns = static_cast<float>(std::max<std::uint64_t>(piece.end_ns - piece.begin_ns, 1));
    const auto covered_ns = static_cast<float>(seen.covered_by_spans_ns(piece.first, piece.end));
    const auto waiting_ns = waits.size() == 0 ? 0.0f : static_cast<float>(waits.covered_ns(piece.begin_ns, piece.end_ns));
    return {piece, covered_ns / stretch_ns, std::min(waiting_ns, covered_ns) / stretch_ns};
}

}  // namespace

const std::vector<MeasuredPiece>& FoldMemo::pieces(std::uint64_t key, const SeenTrack& seen, const SeenTrack& waits, std::uint64_t from_ns,
                                                   std::uint64_t to_ns, std::uint64_t cell_ns, EventIndex limit) {
    if (tracks_.size() > most_tracks) tracks_.clear();
    Track& track = tracks_[key];
    std::vector<MeasuredPiece>& known = track.pieces;
    const std::uint64_t left_ns = from_ns / cell_ns * cell_ns;
    const bool far = !known.empty() && left_ns > known.back().piece.end_ns + (to_ns - std::min(from_ns, to_ns));
    const bool other = track.cell_ns != cell_ns || track.limit != limit;
    if (other || far || left_ns < track.from_ns || known.size() > most_pieces) {
        known.clear();
        track.from_ns = left_ns;
        track.cell_ns = cell_ns;
        track.limit = limit;
    }
    // The last one may have been open, or joined by what came since.
    if (!known.empty()) known.pop_back();
    const std::size_t at = known.empty() ? seen.first_ending(track.from_ns) : known.back().piece.end;
    for_each_piece_from(seen, at, to_ns, cell_ns, [&](const Piece& piece) { known.push_back(measured(seen, waits, piece)); });
    const auto first =
        std::partition_point(known.begin(), known.end(), [&](const MeasuredPiece& each) { return each.piece.end_ns < left_ns; });
    const auto last = std::partition_point(first, known.end(), [&](const MeasuredPiece& each) { return each.piece.begin_ns <= to_ns; });
    asked_.assign(first, last);
    return asked_;
}

}  // namespace synoptic
