// A list of fields that grows from a packet's first bit to its last: how the header_fields_….cpp build theirs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/wire/header_fields.h"

namespace synoptic {

class HeaderList {
   public:
    explicit HeaderList(PacketBytes packet) : packet_(packet) {}

    /** What the fields that follow belong to. */
    void begin(HeaderField::Part part, std::string section) {
        part_ = part;
        section_ = std::move(section);
    }
    /** Adds a field of up to 32 bits; its value is the number itself. */
    std::uint32_t number(std::string name, std::uint32_t bits, std::string meaning = {}) {
        const std::uint32_t value = peek(bits);
        text(std::move(name), bits, std::to_string(value), std::move(meaning));
        return value;
    }
    /** The same, its value in hexadecimal. */
    std::uint32_t hex(std::string name, std::uint32_t bits, std::string meaning = {}) {
        const std::uint32_t value = peek(bits);
        text(std::move(name), bits, hex_text(value, (bits + 3) / 4), std::move(meaning));
        return value;
    }
    /** Adds a field of any length with its value as text. */
    void text(std::string name, std::uint32_t bits, std::string value, std::string meaning = {}) {
        fields_.push_back({part_, std::move(name), at_bit_, bits, std::move(value), std::move(meaning), section_});
        at_bit_ += bits;
    }
    /** Adds bytes that mean nothing more. */
    void bytes(std::string name, std::uint32_t count, std::string meaning = {}) {
        std::string value;
        for (std::uint32_t at = 0; at < count; ++at) value += (at == 0 ? "" : " ") + hex_text(packet_[at_byte() + at], 2).substr(2);
        text(std::move(name), count * 8, std::move(value), std::move(meaning));
    }
    /** The next `bits` bits, 32 at most. */
    std::uint32_t peek(std::uint32_t bits) const {
        std::uint64_t value = 0;
        for (std::uint32_t bit = at_bit_; bit < at_bit_ + bits; ++bit) value = value << 1 | ((packet_[bit / 8] >> (7 - bit % 8)) & 1u);
        return static_cast<std::uint32_t>(value);
    }
    std::uint32_t at_byte() const { return at_bit_ / 8; }
    std::vector<HeaderField> take() { return std::move(fields_); }

   private:
    static std::string hex_text(std::uint32_t value, std::uint32_t digits) {
        std::string text(digits, '0');
        for (std::uint32_t at = digits; at > 0; --at, value >>= 4) text[at - 1] = "0123456789abcdef"[value & 15];
        return "0x" + text;
    }

    PacketBytes packet_;
    std::vector<HeaderField> fields_;
    HeaderField::Part part_{};
    std::string section_;
    std::uint32_t at_bit_ = 0;
};

/** The TCP header, its options and the payload; the list stands at the header's first bit. */
void add_tcp_fields(HeaderList& list, const Segment& segment);

}  // namespace synoptic
