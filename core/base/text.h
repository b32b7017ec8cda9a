// Text for people: bytes escaped as C would write them, counts, durations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace synoptic {

/** Bytes as a quoted C string: printable ASCII and valid UTF-8 as they are, the rest as \n, \0, \x1b. Longer texts end in "…". */
std::string in_quotes(std::string_view bytes, std::size_t most_bytes = 64);

/** The same without the quotes and without a limit. */
std::string escaped(std::string_view bytes);

/** The reverse of escaped(): \n, \r, \t, \0, \\, \", \xHH become bytes; anything else stays as typed. */
std::string unescaped(std::string_view text);

/** How many letters must be put in, taken out or replaced to make one word of the other (Levenshtein). */
std::size_t letters_apart(std::string_view one, std::string_view other);

/** "850 ns", "12.3 µs", "4.5 ms", "2.1 s". */
std::string duration(std::uint64_t ns);

/** "0 bytes", "1 byte", "1,234 bytes". */
std::string byte_count(std::uint64_t count);

}  // namespace synoptic
