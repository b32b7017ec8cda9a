// Flow: what each segment of one connection is, told from the segments before it: retransmission, duplicate ACK, zero window probe …
//
// Segments are fed in the order in which the hosts have *sent* them, whether they arrive or not: what was dropped on the wire was sent all the same, so
// that the second one is a retransmission. A value: equal flows have seen what amounts to the same.
//
// It knows segments, not what the kernel meant by them: where several causes look alike, `inferred` is set and the note says so. Not modelled: ECN,
// urgent data, and wrapping beyond 2³¹ bytes in flight.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/wire/rules.h"
#include "core/wire/segment.h"

namespace synoptic {

enum class SegmentNature : std::uint8_t {
    plain,
    syn_retransmission,  // of a SYN or SYN+ACK
    retransmission,
    fast_retransmission,      // after duplicate ACKs (RFC 5681, 3.2)
    tail_loss_probe,          // RFC 8985, 7
    spurious_retransmission,  // the receiver had acknowledged all of it when this was sent
    out_of_order,             // fills a gap that was left before
    after_gap,                // segments before it were not seen
    duplicate_ack,            // RFC 5681, 2
    window_update,            // the same acknowledgment with another window
    zero_window,              // "send no more": the receive buffer is full
    zero_window_probe,        // RFC 9293, 3.8.6.1
    probe_answer,             // the ACK that a zero window probe asks for
    keep_alive,               // RFC 9293, 3.8.4
    keep_alive_answer,
};

/** "retransmission"; "" for plain. */
const char* name_of(SegmentNature nature);

/** What one segment is. */
struct SegmentReading {
    std::uint32_t relative_seq = 0;  // the sender's first SYN is 0; absolute where no SYN was seen
    std::uint32_t relative_ack = 0;  // 0 without the ACK flag
    std::uint32_t window_bytes = 0;  // scaled as both SYNs agreed; as sent on a SYN
    bool scale_known = false;        // false: no handshake was seen, so that the window may mean more
    SegmentNature nature = SegmentNature::plain;
    std::uint32_t count = 0;  // which retransmission of it, which duplicate ACK, from 1; 0 where nothing is counted
    bool inferred = false;
    std::string title;  // "SYN", "data 64 bytes"
    std::string note;   // "retransmission #2", why a RST was sent; empty for what is plain
    bool operator==(const SegmentReading&) const = default;
};

/** "SYN+ACK", "ACK", "data 64 bytes", "data 1 byte, FIN", "RST". */
std::string title_of(const Segment& segment);

class Flow {
   public:
    /** Reads the next segment that was sent in this direction. A SYN with a new sequence number after an end begins anew. */
    SegmentReading feed(const Segment& segment, Direction direction);
    bool operator==(const Flow&) const = default;

    /** What one end has sent. */
    struct End {
        bool seen = false;  // anything of it
        bool has_syn = false;
        std::uint32_t first_seq = 0;  // of its SYN; else of what was seen first
        std::uint32_t next_seq = 0;   // after the highest that it has sent
        bool has_fin = false;
        std::uint32_t fin_seq = 0;
        bool has_acked = false;
        std::uint32_t acked = 0;   // the highest acknowledgment that it has sent
        std::uint16_t window = 0;  // as sent last
        bool offers_scale = false;
        std::uint8_t window_shift = 0;
        bool sack_permitted = false;
        std::uint32_t duplicate_acks = 0;
        bool has_gap = false;
        std::uint32_t gap_begin = 0, gap_end = 0;
        SegmentNature last_nature = SegmentNature::plain;
        std::map<std::uint32_t, std::uint32_t> copies;  // by sequence number: how often it was sent, until acknowledged
        bool operator==(const End&) const = default;
    };

    /** Both ends, by the direction in which they send: for who saves a Flow. */
    static auto& ends(auto& flow) { return flow.ends_; }

   private:
    void begin_anew_if_due(const Segment& segment, Direction direction);
    void read_numbers(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const;
    void read_repeated(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const;
    void read_pure_ack(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const;
    std::string why_reset(const Segment& segment, const End& sender, const End& receiver) const;
    std::string note_of(const Segment& segment, const End& sender, const End& receiver, const SegmentReading& reading) const;
    static void learn(const Segment& segment, const SegmentReading& reading, End& sender, End& receiver);

    End ends_[2];  // by the direction in which they send
};

}  // namespace synoptic
