// Numbers and texts as few bytes, one after the other: what keyframes and recordings are written in. Integers are LEB128, signed ones zigzag, so
// that small ones take one byte. A reader that is given damaged bytes reads zeros behind the damage and says so; it never reads beyond them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace synoptic {

inline constexpr std::size_t most_number_bytes = 10;  // of 64 bits, 7 in each

class PackedWriter {
   public:
    /** `about_bytes`: as much will be written, as far as is known. */
    explicit PackedWriter(std::size_t about_bytes = 0) : bytes_(about_bytes, '\0') {}

    void number(std::uint64_t value) {
        char* to = room(most_number_bytes);
        for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
        *to++ = static_cast<char>(value);
        used_ = static_cast<std::size_t>(to - bytes_.data());
    }
    void signed_number(std::int64_t value) { number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63)); }
    void raw(std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        used_ += bytes.size();
    }
    void text(std::string_view bytes) {
        number(bytes.size());
        raw(bytes);
    }

    std::string_view bytes() const { return std::string_view(bytes_).substr(0, used_); }
    std::string take() {
        bytes_.resize(std::exchange(used_, 0));
        return std::move(bytes_);
    }

   private:
    /** A string that grows by a byte asks each time whether it has to: a World's keyframe is a hundred thousand numbers. */
    char* room(std::size_t bytes) {
        if (bytes_.size() - used_ < bytes) bytes_.resize(2 * used_ + bytes + 64);
        return bytes_.data() + used_;
    }

    std::string bytes_;  // of which the first used_ are written
    std::size_t used_ = 0;
};

class PackedReader {
   public:
    explicit PackedReader(std::string_view bytes) : left_(bytes) {}

    std::uint64_t number() {
        if (left_.empty() || static_cast<unsigned char>(left_.front()) >= 0x80) return long_number();
        const auto value = static_cast<unsigned char>(left_.front());  // most are small
        left_.remove_prefix(1);
        return value;
    }
    std::int64_t signed_number() {
        const std::uint64_t value = number();
        return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
    }
    std::string_view raw(std::uint64_t size) {
        if (size > left_.size()) {
            fail();
            return {};
        }
        const std::string_view bytes = left_.substr(0, size);
        left_.remove_prefix(size);
        return bytes;
    }
    std::string_view text() { return raw(number()); }
    /** How many elements follow: each takes at least a byte, so that no damage asks for more memory than the bytes are worth. */
    std::uint64_t count() {
        const std::uint64_t value = number();
        return value <= left_.size() ? value : fail();
    }

    /** What was read makes no sense. Always 0. */
    std::uint64_t fail() {
        failed_ = true;
        left_ = {};
        return 0;
    }
    bool failed() const { return failed_; }
    bool at_end() const { return left_.empty(); }

   private:
    std::uint64_t long_number() {
        std::uint64_t value = 0;
        std::size_t at = 0;
        for (unsigned shift = 0; shift < 64 && at < left_.size(); shift += 7) {
            const auto byte = static_cast<unsigned char>(left_[at++]);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte >= 0x80) continue;
            left_.remove_prefix(at);
            return value;
        }
        return fail();
    }

    std::string_view left_;
    bool failed_ = false;
};

}  // namespace synoptic
