#include "core/store/log_format.h"

#include <charconv>
#include <cstring>

#include "core/store/pairs.h"

namespace synoptic {
namespace {

constexpr std::string_view del_word = "del ";

LogLine damaged(const char* what) {
    LogLine line;
    line.damage = what;
    return line;
}

/** A key at the beginning of `text`, which it is taken from. False if there is none that fits 64 bits. */
bool take_key(std::string_view& text, std::int64_t& key, bool& canonical) {
    const char* first = text.data();
    const auto [end, error] = std::from_chars(first, first + text.size(), key);
    if (error != std::errc()) return false;
    const bool minus = *first == '-';
    const bool leading_zero = first[minus] == '0' && (minus || end - first > 1);
    canonical = !leading_zero;
    text.remove_prefix(static_cast<std::size_t>(end - first));
    return true;
}

/** Zeros where a disk's sector was to be written. Nobody types them: no value may hold so many, so that a lost sector is not taken for a part of one. */
bool has_lost_sector(std::string_view text) {
    static const std::string lost(lost_sector_bytes, '\0');
    return text.size() >= lost.size() && text.find(lost) != std::string_view::npos;
}

std::string_view without_returns(std::string_view line) {
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

}  // namespace

bool is_value(std::string_view value) {
    return !value.empty() && value.size() <= value_bytes_limit && value.find('\n') == std::string_view::npos && value.back() != '\r' &&
           !has_lost_sector(value);
}

LogLine parse_log_line(std::string_view whole) {
    std::string_view rest = without_returns(whole);
    LogLine line;
    const bool had_returns = rest.size() != whole.size();
    if (rest.find_first_not_of(" \t") == std::string_view::npos) {
        line.kind = LogLine::Kind::blank;
        return line;
    }
    const bool is_del = rest.starts_with(del_word);
    if (is_del) rest.remove_prefix(del_word.size());
    bool canonical = false;
    if (!take_key(rest, line.key, canonical)) return damaged("neither \"KEY VALUE\" nor \"del KEY\": the key is no integer of 64 bits");
    line.canonical = canonical && !had_returns;
    if (is_del) {
        if (!rest.empty()) return damaged("there is more than a key behind \"del\"");
        line.kind = LogLine::Kind::del;
        return line;
    }
    if (rest.empty() || rest.front() != ' ') return damaged("no space behind the key");
    rest.remove_prefix(1);
    if (rest.empty()) return damaged("the value is missing");
    if (rest.size() > value_bytes_limit) return damaged("the value is longer than 65536 bytes");
    if (has_lost_sector(rest)) return damaged("there are 512 zeros or more, as where a power cut has lost what was written");
    line.kind = LogLine::Kind::put;
    line.value = rest;
    return line;
}

std::string put_line(std::int64_t key, std::string_view value) {
    std::string line = std::to_string(key);
    line.reserve(line.size() + value.size() + 2);
    line += ' ';
    line += value;
    line += '\n';
    return line;
}

std::string del_line(std::int64_t key) {
    return std::string(del_word) + std::to_string(key) + '\n';
}

LogRead read_log(std::string_view bytes, std::uint64_t offset, LogSink& sink) {
    LogRead read;
    read.good_bytes = offset;
    std::int64_t last_key = 0;
    bool any = false;
    while (!bytes.empty()) {
        const auto* feed = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
        if (!feed) {
            read.torn = true;
            break;
        }
        ++read.lines;
        const std::string_view whole = bytes.substr(0, static_cast<std::size_t>(feed - bytes.data()));
        const LogLine line = parse_log_line(whole);
        const bool is_put = line.kind == LogLine::Kind::put;
        if (line.kind == LogLine::Kind::damaged) read.damage = line.damage;
        if (is_put) read.damage = sink.put(line.key, whole, read.good_bytes);
        if (line.kind == LogLine::Kind::del) read.damage = sink.del(line.key);
        if (read.damage) return read;
        if (!is_put || !line.canonical || (any && line.key <= last_key)) read.tidy = false;
        any = true;
        last_key = line.key;
        read.good_bytes += whole.size() + 1;
        bytes.remove_prefix(whole.size() + 1);
    }
    return read;
}

std::uint32_t line_hash(std::string_view line) {
    std::uint64_t hash = 0x9e3779b97f4a7c15u ^ line.size();
    const auto mix = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;  // the multiplier of MurmurHash3's finalizer
        hash ^= hash >> 32;
    };
    for (; line.size() >= 8; line.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, line.data(), 8);
        mix(word);
    }
    std::uint64_t last = 0;
    std::memcpy(&last, line.data(), line.size());
    mix(last);
    return static_cast<std::uint32_t>(hash ^ hash >> 29);
}

}  // namespace synoptic
