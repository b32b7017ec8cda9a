// The form of a recording's file: what its writer and its reader share. docs/recording.md describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace synoptic {

inline constexpr std::string_view recording_magic = "SYNOPTIC";
// magic, then three numbers of 4 bytes, least significant first: recording_version, trace_version, world_format
inline constexpr std::size_t recording_header_bytes = 20;
// a section: its name, then the length of its body and the CRC-32 of name and body, of 4 bytes each, then the body
inline constexpr std::size_t section_header_bytes = 12;

/** The number in the first four bytes of `bytes`, of which there must be as many. */
constexpr std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t at = 4; at-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at]);
    return number;
}

inline constexpr std::string_view section_info = "INFO";       // JSON
inline constexpr std::string_view section_name = "NAME";       // a source file: its number, its name, its text
inline constexpr std::string_view section_chunk = "CHNK";      // 2048 events, all that belongs to them, and a keyframe
inline constexpr std::string_view section_events = "EVTS";     // fewer
inline constexpr std::string_view section_bookmarks = "MARK";  // JSON
inline constexpr std::string_view section_done = "DONE";       // how many events there are

}  // namespace synoptic
