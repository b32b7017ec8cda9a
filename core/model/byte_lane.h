// ByteLane: one direction of a connection as what it is, a stream of bytes; and how programs have cut it.
//
//   sends     |<---------- 69 ---------->|<---------- 69 ---------->|        as send and write returned
//   messages  | header 64          |body | header 64          |body |        as the headers in the stream say (system B)
//   receives  |<------ 64 ------->|<- 5->|<----- 40 ----->|                  as recv and read returned
//
// Pure: it is told of calls in the order of their exits, with what the trace has of their bytes. It counts bytes from the connection's beginning;
// calls that the trace has lost are missing, and what follows them then stands too far to the left (World::lost_events tells).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/known.h"
#include "core/trace/event.h"

namespace synoptic {

/** What one call wrote or took. */
struct LanePiece {
    std::uint64_t offset = 0;  // of its first byte, from the beginning of the stream
    std::uint32_t bytes = 0;
    EventKind kind{};
    EventIndex enter = no_event, exit = no_event;
    std::uint64_t end() const { return offset + bytes; }
    friend bool operator==(const LanePiece&, const LanePiece&) = default;
};

/** A message, as its header says. */
struct LaneMessage {
    std::uint64_t offset = 0;        // of its header
    std::uint32_t body_bytes = 0;    // as announced: they may never come
    EventIndex known_at = no_event;  // the exit of the call that brought the header's last byte to light
    std::uint64_t body() const;
    std::uint64_t end() const { return body() + body_bytes; }
    friend bool operator==(const LaneMessage&, const LaneMessage&) = default;
};

class ByteLane {
   public:
    /** `framed`: the stream consists of messages with headers, which are looked for. */
    explicit ByteLane(bool framed = false) : framed_(framed) {}

    /** A send or write has returned that it took `piece.bytes`; `known` is what the trace has of them, from the first on. piece.offset is set here. */
    void sent(LanePiece piece, std::string_view known);
    /** The same of a recv or read. */
    void received(LanePiece piece, std::string_view known);
    /** recv or read has returned 0. */
    void ended(EventIndex exit) {
        if (end_of_file_ == no_event) end_of_file_ = exit;
    }

    // All in the order of their events, and so of their bytes.
    const std::vector<LanePiece>& sends() const { return sends_; }
    const std::vector<LanePiece>& receives() const { return receives_; }
    const std::vector<LaneMessage>& messages() const { return messages_; }
    /** Why no message was found behind the last one: what stands there is no header. Empty while all is well. */
    const std::string& broken() const { return broken_; }
    EventIndex broken_at() const { return broken_at_; }
    EventIndex end_of_file() const { return end_of_file_; }
    bool framed() const { return framed_; }

   private:
    void add(std::vector<LanePiece>& pieces, LanePiece piece, std::string_view known);
    void keep(std::uint64_t offset, std::string_view known);
    bool read_next_header(EventIndex exit);

    bool framed_;
    std::vector<LanePiece> sends_, receives_;
    std::vector<LaneMessage> messages_;
    std::uint64_t next_header_ = 0;              // where it begins
    std::map<std::uint64_t, std::string> kept_;  // bytes from there on that are known, by their offset
    std::size_t kept_bytes_ = 0;
    std::string broken_;
    EventIndex broken_at_ = no_event, end_of_file_ = no_event;
};

/** How a lane stood before event `limit`. */
struct LaneCounts {
    std::size_t sends = 0, receives = 0, messages = 0;  // the first so many of each
    std::uint64_t written = 0, taken = 0;               // bytes
    std::size_t misfits = 0;                            // receives that are not just what one send wrote
    bool broken = false, ended = false;
};
LaneCounts count_lane(const ByteLane& lane, EventIndex limit);

}  // namespace synoptic
