// kv_request: what a client's line asks for.
#include <charconv>

#include "core/programs/kv.h"

namespace synoptic {

static KvRequest wrong(const char* error) {
    KvRequest request;
    request.error = error;
    return request;
}

/** Cuts the first word off a line, and the one space behind it: all further spaces belong to what follows. */
static std::string_view take_word(std::string_view& line) {
    size_t space = line.find(' ');
    std::string_view word = line.substr(0, space);
    line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    return word;
}

static bool read_key(std::string_view word, int64_t& key) {
    const char* end = word.data() + word.size();
    auto [stop, error] = std::from_chars(word.data(), end, key);  // fails beyond 64 bits, unlike atoi
    return error == std::errc() && stop == end;
}

KvRequest parse_request(std::string_view line) {
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);  // telnet ends a line with CR LF

    KvRequest request;
    std::string_view command = take_word(line);
    if (command == "Bye" && line.empty()) {
        request.kind = KvRequest::Kind::bye;
        return request;
    }
    if (command == "put")
        request.kind = KvRequest::Kind::put;
    else if (command == "get")
        request.kind = KvRequest::Kind::get;
    else if (command == "del")
        request.kind = KvRequest::Kind::del;
    else
        return wrong("ERROR unknown command: there are put, get, del and Bye");

    if (request.kind != KvRequest::Kind::put) {
        while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
        if (line.empty()) return wrong("ERROR missing key");
        return read_key(line, request.key) ? request : wrong("ERROR key is not an integer");
    }
    std::string_view key = take_word(line);
    if (key.empty()) return wrong("ERROR missing key");
    if (!read_key(key, request.key)) return wrong("ERROR key is not an integer");
    if (line.empty()) return wrong("ERROR missing value");
    request.value = line;
    return request;
}

std::string answer(Pairs& pairs, std::string_view line) {
    KvRequest request = parse_request(line);
    PairsAnswer done;
    switch (request.kind) {
        case KvRequest::Kind::wrong:
            return request.error;
        case KvRequest::Kind::bye:
            return "Goodbye";
        case KvRequest::Kind::put:
            done = pairs.put(request.key, request.value);
            break;
        case KvRequest::Kind::get:
            done = pairs.get(request.key);
            break;
        case KvRequest::Kind::del:
            done = pairs.del(request.key);
            break;
    }
    switch (done.kind) {
        case PairsAnswer::Kind::ok:
            return request.kind == KvRequest::Kind::get ? done.text : "OK";
        case PairsAnswer::Kind::key_exists:
            return "ERROR key exists";
        case PairsAnswer::Kind::key_not_found:
            return "ERROR key not found";
        case PairsAnswer::Kind::value_too_long:
            return "ERROR value too long: at most 65536 bytes";
        case PairsAnswer::Kind::failed:
            break;
    }
    return "ERROR " + done.text;
}

}  // namespace synoptic
