#include "core/wire/flow.h"

#include <algorithm>

#include "core/base/text.h"

namespace synoptic {
namespace {

/** left − right on the circle of sequence numbers (RFC 9293, 3.4): negative if left is older. */
std::int32_t distance(std::uint32_t left, std::uint32_t right) {
    return static_cast<std::int32_t>(left - right);
}

bool is_bare(const Segment& segment) {
    return segment.payload_bytes == 0 && (segment.flags & (tcp_syn | tcp_fin | tcp_rst)) == 0;
}

constexpr std::uint8_t most_window_shift = 14;  // RFC 7323, 2.3

}  // namespace

const char* name_of(SegmentNature nature) {
    switch (nature) {
        case SegmentNature::plain:
            return "";
        case SegmentNature::syn_retransmission:
            return "SYN retransmission";
        case SegmentNature::retransmission:
            return "retransmission";
        case SegmentNature::fast_retransmission:
            return "fast retransmission";
        case SegmentNature::tail_loss_probe:
            return "tail loss probe";
        case SegmentNature::spurious_retransmission:
            return "spurious retransmission";
        case SegmentNature::out_of_order:
            return "out of order";
        case SegmentNature::after_gap:
            return "after a gap";
        case SegmentNature::duplicate_ack:
            return "duplicate ACK";
        case SegmentNature::window_update:
            return "window update";
        case SegmentNature::zero_window:
            return "zero window";
        case SegmentNature::zero_window_probe:
            return "zero window probe";
        case SegmentNature::probe_answer:
            return "answer to a zero window probe";
        case SegmentNature::keep_alive:
            return "keep-alive";
        case SegmentNature::keep_alive_answer:
            return "answer to a keep-alive";
    }
    return "";
}

std::string title_of(const Segment& segment) {
    if (segment.has(tcp_rst)) return "RST";
    if (segment.has(tcp_syn)) return segment.has(tcp_ack) ? "SYN+ACK" : "SYN";
    if (segment.payload_bytes != 0) return "data " + byte_count(segment.payload_bytes) + (segment.has(tcp_fin) ? ", FIN" : "");
    return flags_text(segment.flags & (tcp_fin | tcp_ack));
}

SegmentReading Flow::feed(const Segment& segment, Direction direction) {
    begin_anew_if_due(segment, direction);
    End& sender = ends_[index_of(direction)];
    End& receiver = ends_[1 - index_of(direction)];
    SegmentReading reading;
    reading.title = title_of(segment);
    read_numbers(segment, sender, receiver, reading);
    if (sender.seen && !segment.has(tcp_rst)) {
        if (segment.sequence_length() != 0)
            read_repeated(segment, sender, receiver, reading);
        else if (is_bare(segment))
            read_pure_ack(segment, sender, receiver, reading);
    }
    if (reading.nature == SegmentNature::plain && segment.window == 0 && (segment.flags & (tcp_syn | tcp_fin | tcp_rst)) == 0) {
        reading.nature = SegmentNature::zero_window;
    }
    reading.note = note_of(segment, sender, receiver, reading);
    learn(segment, reading, sender, receiver);
    return reading;
}

void Flow::begin_anew_if_due(const Segment& segment, Direction direction) {
    const End& sender = ends_[index_of(direction)];
    if (segment.is_syn() && sender.has_syn && sender.first_seq != segment.seq) *this = Flow();
}

void Flow::read_numbers(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const {
    const bool first_syn = segment.has(tcp_syn) && !sender.has_syn;
    reading.relative_seq = first_syn ? 0 : segment.seq - (sender.has_syn ? sender.first_seq : 0);
    if (segment.has(tcp_ack)) reading.relative_ack = segment.ack - (receiver.has_syn ? receiver.first_seq : 0);
    // A SYN's window is never scaled (RFC 7323, 2.2), and nobody scales unless both have offered it.
    const bool scaled = !segment.has(tcp_syn) && sender.offers_scale && receiver.offers_scale;
    reading.scale_known = segment.has(tcp_syn) || (sender.has_syn && receiver.has_syn);
    reading.window_bytes = scaled ? static_cast<std::uint32_t>(segment.window) << sender.window_shift : segment.window;
}

/** A segment that takes sequence numbers: new, or sent before? */
void Flow::read_repeated(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const {
    const std::uint32_t end = segment.seq + segment.sequence_length();
    if (segment.has(tcp_syn)) {
        if (!sender.has_syn) return;
        reading.nature = SegmentNature::syn_retransmission;
    } else if (distance(segment.seq, sender.next_seq) > 0) {
        reading.nature = SegmentNature::after_gap;
        return;
    } else if (distance(end, sender.next_seq) > 0) {
        return;  // new, at least its end
    } else if (sender.has_gap && distance(segment.seq, sender.gap_begin) >= 0 && distance(end, sender.gap_end) <= 0) {
        reading.nature = SegmentNature::out_of_order;
        return;
    } else if (receiver.has_acked && distance(end, receiver.acked) <= 0) {
        reading.nature = SegmentNature::spurious_retransmission;
    } else if (receiver.has_acked && segment.seq == receiver.acked && receiver.duplicate_acks > 0) {
        // With SACK, Linux does not wait for the third (RFC 8985).
        reading.nature = SegmentNature::fast_retransmission;
        reading.inferred = receiver.duplicate_acks < 3;
    } else {
        reading.nature = SegmentNature::retransmission;
    }
    const auto copies = sender.copies.find(segment.seq);
    reading.count = copies == sender.copies.end() ? 1 : copies->second;
    // The timer resends the oldest, a probe the newest; if they are one and the same, Linux sends it as a probe first, given SACK.
    const bool newest = end == sender.next_seq && sender.sack_permitted && receiver.sack_permitted && segment.payload_bytes != 0;
    if (reading.nature == SegmentNature::retransmission && newest && reading.count == 1) {
        reading.nature = SegmentNature::tail_loss_probe;
        reading.inferred = true;
    }
}

/** A segment with nothing but an acknowledgment. */
void Flow::read_pure_ack(const Segment& segment, const End& sender, const End& receiver, SegmentReading& reading) const {
    // A number that was acknowledged already must be answered (RFC 9293, 3.10.7.4): probes and keep-alives use that.
    if (distance(segment.seq, sender.next_seq) == -1 && receiver.has_acked && receiver.acked == sender.next_seq) {
        reading.nature = receiver.window == 0 ? SegmentNature::zero_window_probe : SegmentNature::keep_alive;
        return;
    }
    // Also while bytes are on their way that the window has no room for.
    if (distance(segment.seq, sender.next_seq) < 0 && receiver.window == 0) {
        reading.nature = SegmentNature::zero_window_probe;
        reading.inferred = true;
        return;
    }
    if (!sender.has_acked || segment.ack != sender.acked) return;
    if (receiver.last_nature == SegmentNature::zero_window_probe) {
        reading.nature = segment.window == 0 ? SegmentNature::probe_answer : SegmentNature::window_update;
    } else if (receiver.last_nature == SegmentNature::keep_alive) {
        reading.nature = SegmentNature::keep_alive_answer;
    } else if (segment.window != sender.window && segment.options.sack_count == 0) {
        reading.nature = segment.window == 0 ? SegmentNature::zero_window : SegmentNature::window_update;
    } else if (distance(receiver.next_seq, segment.ack) > 0) {
        reading.nature = SegmentNature::duplicate_ack;
        reading.count = sender.duplicate_acks + 1;
    }
}

std::string Flow::why_reset(const Segment& segment, const End& sender, const End& receiver) const {
    if (!sender.seen && receiver.has_syn && segment.has(tcp_ack) && segment.ack == receiver.first_seq + 1) {
        return "nobody listens at this port";
    }
    // tcp_v4_send_reset answers a segment with that segment's own acknowledgment number, and without the ACK flag.
    if (!segment.has(tcp_ack)) return "an answer to a segment that no socket here expects";
    if (sender.seen && segment.seq == sender.next_seq) return "aborted: closed with data unread, or with SO_LINGER 0";
    return {};
}

std::string Flow::note_of(const Segment& segment, const End& sender, const End& receiver, const SegmentReading& reading) const {
    if (segment.has(tcp_rst)) return why_reset(segment, sender, receiver);
    std::string note = name_of(reading.nature);
    if (reading.nature == SegmentNature::syn_retransmission && segment.has(tcp_ack)) note = "SYN+ACK retransmission";
    if (reading.count > 0) note += " #" + std::to_string(reading.count);
    if (reading.inferred) note += " (inferred)";
    const auto add = [&](const char* more) { note += (note.empty() ? "" : ", ") + std::string(more); };
    if (segment.is_syn() && !sender.has_syn && receiver.has_syn) add("simultaneous open");
    if (segment.has(tcp_fin) && receiver.has_fin && segment.has(tcp_ack) && distance(segment.ack, receiver.fin_seq) <= 0)
        add("simultaneous close");
    return note;
}

void Flow::learn(const Segment& segment, const SegmentReading& reading, End& sender, End& receiver) {
    const std::uint32_t end = segment.seq + segment.sequence_length();
    if (segment.has(tcp_syn) && !sender.has_syn) {
        sender.has_syn = true;
        sender.first_seq = segment.seq;
        sender.offers_scale = segment.options.has_window_scale;
        sender.window_shift = std::min(segment.options.window_shift, most_window_shift);
        sender.sack_permitted = segment.options.sack_permitted;
        sender.next_seq = end;
    }
    // A RST's number need not be the sender's own next one.
    if (!sender.seen && !segment.has(tcp_syn)) sender.next_seq = sender.first_seq = segment.seq;
    sender.seen = sender.seen || !segment.has(tcp_rst);
    if (segment.sequence_length() != 0) ++sender.copies[segment.seq];
    if (reading.nature == SegmentNature::after_gap) {
        sender.has_gap = true;
        sender.gap_begin = sender.next_seq;
        sender.gap_end = segment.seq;
    }
    if (!segment.has(tcp_rst) && distance(end, sender.next_seq) > 0) sender.next_seq = end;
    if (segment.has(tcp_fin)) {
        sender.has_fin = true;
        sender.fin_seq = end - 1;
    }
    if (segment.has(tcp_ack) && !segment.has(tcp_rst)) {
        sender.duplicate_acks = reading.nature == SegmentNature::duplicate_ack ? reading.count : 0;
        if (!sender.has_acked || distance(segment.ack, sender.acked) > 0) sender.acked = segment.ack;
        sender.has_acked = true;
        for (auto copy = receiver.copies.begin(); copy != receiver.copies.end();) {
            copy = distance(copy->first, sender.acked) < 0 ? receiver.copies.erase(copy) : std::next(copy);
        }
    }
    sender.window = segment.window;
    sender.last_nature = reading.nature;
}

}  // namespace synoptic
