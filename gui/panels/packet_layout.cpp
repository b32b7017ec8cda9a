#include "gui/panels/packet_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/model/segment_fact.h"

namespace synoptic {
namespace {

constexpr int row_bits = 32;
constexpr int most_rows = 2;  // of a field that fills more

enum class Group { ip, tcp, payload };

Group group_of(const HeaderField& field) {
    switch (field.part) {
        case HeaderField::Part::ip:
        case HeaderField::Part::ip_extension:
            return Group::ip;
        case HeaderField::Part::tcp:
        case HeaderField::Part::tcp_option:
            return Group::tcp;
        case HeaderField::Part::payload:
            break;
    }
    return Group::payload;
}

/** Puts one field after another, row by row. */
class Rows {
   public:
    void add(std::size_t field, int bits) {
        const std::size_t first = cells_.size();
        while (bits > 0) {
            if (bit_ == 0 && bits >= 2 * row_bits) {
                const int rows = bits / row_bits, drawn = std::min(rows, most_rows);
                cells_.push_back({field, row_, drawn, 0, row_bits, false});
                row_ += drawn;
                bits -= rows * row_bits;
                continue;
            }
            const int taken = std::min(row_bits - bit_, bits);
            cells_.push_back({field, row_, 1, bit_, taken, false});
            bits -= taken;
            bit_ += taken;
            if (bit_ == row_bits) {
                bit_ = 0;
                ++row_;
            }
        }
        const auto size = [](const HeaderCell& cell) { return cell.bits * cell.rows; };
        const auto widest = std::max_element(cells_.begin() + static_cast<std::ptrdiff_t>(first), cells_.end(),
                                             [&](const HeaderCell& l, const HeaderCell& r) { return size(l) < size(r); });
        if (widest != cells_.end()) widest->named = true;
    }
    HeaderBlock take(std::string title) {
        const int rows = row_ + (bit_ > 0 ? 1 : 0);
        row_ = bit_ = 0;
        return {std::move(title), rows, std::exchange(cells_, {})};
    }

   private:
    std::vector<HeaderCell> cells_;
    int row_ = 0, bit_ = 0;
};

std::string title_of(Group group, const HeaderField& first, std::uint32_t bytes) {
    switch (group) {
        case Group::ip:
            return fmt::format("IPv{} header, {}", first.value, byte_count(bytes));
        case Group::tcp:
            return fmt::format("TCP header, {}", byte_count(bytes));
        case Group::payload:
            break;
    }
    return fmt::format("Payload, {}", byte_count(bytes));
}

}  // namespace

PacketPage packet_of(const History& history, EventIndex sent_event) {
    PacketPage page;
    if (sent_event >= history.size()) return page;
    const Event event = history.event(sent_event);
    if (event.kind != EventKind::segment_sent) return page;
    page.bytes = history.payload(sent_event);
    // The headers are always kept; the bytes that are missing are payload, and only the checksum asks what they were.
    const std::vector<std::uint8_t> bytes = whole_packet(event, page.bytes);
    page.whole_bytes = static_cast<std::uint32_t>(bytes.size());
    page.fields = header_fields(bytes);
    if (!page.cut()) return page;
    for (HeaderField& field : page.fields) {
        if (field.part == HeaderField::Part::tcp && field.name == "Checksum")
            field.meaning = "not verified: the packet was kept in part only";
    }
    return page;
}

FieldRange fields_at_byte(const std::vector<HeaderField>& fields, std::size_t byte) {
    FieldRange range;
    const std::size_t begin = byte * 8, end = begin + 8;
    auto at = std::upper_bound(fields.begin(), fields.end(), begin,
                               [](std::size_t bit, const HeaderField& field) { return bit < field.bit_offset; });
    if (at == fields.begin()) return range;
    for (--at; at != fields.end() && at->bit_offset < end; ++at) {
        if (at->bit_offset + at->bit_length <= begin) continue;
        const auto index = static_cast<std::size_t>(at - fields.begin());
        if (range.empty()) range.first = index;
        range.last = index;
    }
    return range;
}

ByteRange bytes_of(const std::vector<HeaderField>& fields, const FieldRange& range) {
    if (range.empty() || range.last >= fields.size()) return {};
    const HeaderField& last = fields[range.last];
    return {fields[range.first].bit_offset / 8, (last.bit_offset + last.bit_length + 7) / 8};
}

std::vector<HeaderBlock> header_blocks(const std::vector<HeaderField>& fields) {
    std::vector<HeaderBlock> blocks;
    for (std::size_t at = 0; at < fields.size();) {
        const Group group = group_of(fields[at]);
        const std::size_t first = at;
        std::uint32_t bits = 0;
        Rows rows;
        for (; at < fields.size() && group_of(fields[at]) == group; ++at) {
            bits += fields[at].bit_length;
            // Of the payload the dump tells more: one row is enough to click on.
            rows.add(at, group == Group::payload ? row_bits : static_cast<int>(fields[at].bit_length));
        }
        blocks.push_back(rows.take(title_of(group, fields[first], bits / 8)));
    }
    return blocks;
}

std::string place_text(const HeaderField& field) {
    const std::uint32_t first = field.bit_offset / 8, last = (field.bit_offset + field.bit_length - 1) / 8;
    if (field.bit_offset % 8 == 0 && field.bit_length % 8 == 0)
        return first == last ? fmt::format("byte {}", first) : fmt::format("bytes {} to {}", first, last);
    const std::uint32_t bit = field.bit_offset % 8;
    if (field.bit_length == 1) return fmt::format("bit {} of byte {}", bit, first);
    return first == last ? fmt::format("bits {} to {} of byte {}", bit, bit + field.bit_length - 1, first)
                         : fmt::format("{} bits from byte {} on", field.bit_length, first);
}

std::string field_text(const HeaderField& field) {
    std::string text = fmt::format("{}: {}", field.name, field.value);
    if (!field.meaning.empty()) text += ", " + field.meaning;
    return fmt::format("{} ({}; {})", text, field.section, place_text(field));
}

}  // namespace synoptic
