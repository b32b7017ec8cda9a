// A packet as the inspector shows it, without any drawing: its fields, where each stands in the diagram that is 32 bits wide (as the RFCs draw it), and
// which bytes belong to which field.
//
//    0               8              16              24            31
//   ┌───────┬───────┬───────────────┬──────────────────────────────┐
//   │Version│  IHL  │  DSCP  │ ECN  │         Total Length         │   a row: 4 bytes; what is longer than two rows is drawn as two
//   └───────┴───────┴───────────────┴──────────────────────────────┘
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/model/history.h"
#include "core/wire/header_fields.h"

namespace synoptic {

/** A packet as it was sent. */
struct PacketPage {
    std::string bytes;              // from the IP header's first one on; what was kept of them
    std::uint32_t whole_bytes = 0;  // as many as it had
    std::vector<HeaderField> fields;
    bool empty() const { return bytes.empty(); }
    bool cut() const { return bytes.size() < whole_bytes; }
};

/** The packet of a segment_sent event; an empty one of any other. */
PacketPage packet_of(const History& history, EventIndex sent_event);

/** Fields that stand side by side: one, or those that share a byte. */
struct FieldRange {
    static constexpr std::size_t nothing = ~std::size_t{0};
    std::size_t first = nothing, last = nothing;
    bool empty() const { return first == nothing; }
    bool has(std::size_t field) const { return !empty() && field >= first && field <= last; }
    friend bool operator==(const FieldRange&, const FieldRange&) = default;
};

FieldRange fields_at_byte(const std::vector<HeaderField>& fields, std::size_t byte);
struct ByteRange {
    std::size_t begin = 0, end = 0;
    bool has(std::size_t byte) const { return byte >= begin && byte < end; }
};
/** The bytes that hold any bit of these fields. */
ByteRange bytes_of(const std::vector<HeaderField>& fields, const FieldRange& range);

/** A part of a field in one row of the diagram, or in the two that stand for many. */
struct HeaderCell {
    std::size_t field = 0;
    int row = 0, rows = 1;
    int bit = 0, bits = 32;  // within the row
    bool named = true;       // of a field in several cells: the widest
    friend bool operator==(const HeaderCell&, const HeaderCell&) = default;
};

/** A header, or the payload. */
struct HeaderBlock {
    std::string title;  // "IPv4 header, 20 bytes"
    int rows = 0;
    std::vector<HeaderCell> cells;
};
std::vector<HeaderBlock> header_blocks(const std::vector<HeaderField>& fields);

/** "Window: 502. what it takes now … RFC 9293, 3.1, bits 112 to 127 of the packet": one line for each field. */
std::string field_text(const HeaderField& field);
/** "bits 272 to 287", "byte 33, bit 6 of 8" … where it stands in the packet. */
std::string place_text(const HeaderField& field);

}  // namespace synoptic
