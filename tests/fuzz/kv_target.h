// What is fuzzed of the key-value store: the parser of requests and the reader of its file, on any bytes at all. Shared by libFuzzer's targets and by the short test.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "core/programs/kv.h"
#include "core/store/log_format.h"

namespace synoptic {

/** Stays in release builds: a broken promise must end the run. */
inline void kv_promise(bool kept) {
    if (!kept) std::abort();
}

/** Each line is a request. */
inline void read_requests(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t feed = std::min(bytes.find('\n'), bytes.size());
        const std::string_view line = bytes.substr(0, feed);
        const KvRequest request = parse_request(line);
        kv_promise((request.kind == KvRequest::Kind::wrong) == (request.error != nullptr));
        if (request.kind == KvRequest::Kind::wrong) kv_promise(std::string_view(request.error).starts_with("ERROR "));
        if (request.kind == KvRequest::Kind::put && request.value.size() <= value_bytes_limit) {
            // What can be put can be written and read back.
            kv_promise(is_value(request.value));
            const std::string text = put_line(request.key, request.value);
            const LogLine back = parse_log_line(std::string_view(text).substr(0, text.size() - 1));
            kv_promise(back.kind == LogLine::Kind::put && back.canonical && back.key == request.key && back.value == request.value);
        }
        bytes.remove_prefix(std::min(feed + 1, bytes.size()));
    }
}

class FuzzedPairs : public LogSink {
   public:
    const char* put(std::int64_t key, std::string_view line, std::uint64_t offset) override {
        kv_promise(offset + line.size() <= whole_.size() && whole_.substr(offset, line.size()) == line);
        return pairs.emplace(key, parse_log_line(line).value).second ? nullptr : "there already";
    }
    const char* del(std::int64_t key) override { return pairs.erase(key) == 1 ? nullptr : "not there"; }
    explicit FuzzedPairs(std::string_view whole) : whole_(whole) {}
    std::map<std::int64_t, std::string> pairs;

   private:
    std::string_view whole_;
};

/** A file of pairs: what is taken in, written in order and read again is the same. */
inline void read_file_of_pairs(std::string_view bytes) {
    FuzzedPairs pairs(bytes);
    const LogRead read = read_log(bytes, 0, pairs);
    kv_promise(read.good_bytes <= bytes.size());
    kv_promise(read.damage ? read.lines > 0 : read.torn == (read.good_bytes < bytes.size()));
    if (read.damage) return;
    std::string in_order;
    for (const auto& [key, value] : pairs.pairs) in_order += put_line(key, value);
    if (read.tidy) kv_promise(in_order == bytes.substr(0, read.good_bytes));
    FuzzedPairs again(in_order);
    const LogRead second = read_log(in_order, 0, again);
    kv_promise(!second.damage && !second.torn && second.tidy && again.pairs == pairs.pairs);
}

}  // namespace synoptic
