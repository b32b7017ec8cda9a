// Bytes as Zstandard frames (RFC 8878): what a History and a recording are kept in. The fuzzers put their own in its place, so that they change what
// lies behind it, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synoptic {

/** No frame comes to more bytes for each of its own: a block of 128 KiB takes at least three. */
inline constexpr std::uint64_t most_times_smaller = (128 << 10) / 3;

/** Bytes as a Zstandard frame. What `like` has of them costs next to nothing; who expands them needs the same. */
std::string compress(std::string_view bytes, int level, std::string_view like = {});
/** None if they are damaged or do not come to `size` bytes. */
std::optional<std::string> expand(std::string_view packed, std::size_t size, std::string_view like = {});
/** The same into memory that is there; false if it is not filled, and then its contents are anything. */
bool expand_into(char* into, std::size_t size, std::string_view packed, std::string_view like = {});

}  // namespace synoptic
