// database.txt, line by line. A person can read it, and edit it while no server runs.
//
//     7 seven           a pair: key, one space, value. The value is all bytes up to the end of the line, spaces included
//     del 7             takes the pair with this key out again; a pair begins with a number, so that no value can be taken for this
//
// While servers run, lines are only ever appended: what a key's last line says holds. After a clean stop there are only pairs, in the order of their keys
// (docs/database.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace synoptic {

/** Of a disk: what it writes whole or not at all. */
inline constexpr std::size_t lost_sector_bytes = 512;

struct LogLine {
    enum class Kind : std::uint8_t { blank, put, del, damaged };
    Kind kind = Kind::damaged;
    bool canonical = false;  // as put_line() and del_line() would write it
    std::int64_t key = 0;
    std::string_view value{};      // of put; points into the line
    const char* damage = nullptr;  // of damaged: what is wrong
};

/** Reads a line, which comes without its line feed. */
LogLine parse_log_line(std::string_view line);

/** The line of a pair, with its line feed. */
std::string put_line(std::int64_t key, std::string_view value);
std::string del_line(std::int64_t key);

/** True if put_line() could be read back: one line, no carriage return at its end, neither empty nor too long, and no lost sector in it. */
bool is_value(std::string_view value);

/** Who takes in what a log says. Each returns null, or what is wrong with it. */
class LogSink {
   public:
    virtual ~LogSink() = default;
    /** `offset` is where the line begins in the file, `line` all of it without its line feed. */
    virtual const char* put(std::int64_t key, std::string_view line, std::uint64_t offset) = 0;
    virtual const char* del(std::int64_t key) = 0;
};

struct LogRead {
    std::uint64_t good_bytes = 0;  // up to the end of the last line that was taken in
    std::uint64_t lines = 0;       // read so far; of damage its line number, counted from 1
    bool tidy = true;              // only pairs, in the order of their keys, as put_line() writes them
    bool torn = false;             // the last line has no line feed: it was not taken in
    const char* damage = nullptr;  // what is wrong with line number `lines`, where reading ended
};

/** Reads a log from its beginning, or from where a line begins at `offset` of the file. */
LogRead read_log(std::string_view bytes, std::uint64_t offset, LogSink& sink);

/** Tells changed bytes from those that were written; no protection against somebody who means it. */
std::uint32_t line_hash(std::string_view line);

}  // namespace synoptic
