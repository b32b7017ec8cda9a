// Pairs: what a key-value server asks of whatever keeps its pairs: the file (store.h), or memory alone (core/programs/kv_copies_fork.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/trace/trace.h"

namespace synoptic {

/** Bytes that a value may have. It holds no line feed, and does not end in a carriage return. */
inline constexpr std::size_t value_bytes_limit = 64u << 10;

struct PairsAnswer {
    enum class Kind : std::uint8_t { ok, key_exists, key_not_found, value_too_long, failed };
    Kind kind = Kind::ok;
    std::string text{};  // the value that was asked for; of `failed` what went wrong, in words
};

/** Thread safety: as the class that implements it says. */
class Pairs {
   public:
    virtual ~Pairs() = default;
    /** Stores a pair whose key is new: ok, key_exists, value_too_long or failed. */
    virtual PairsAnswer put(std::int64_t key, std::string_view value, Where where = Where::here()) = 0;
    /** The key's value: ok, key_not_found or failed. */
    virtual PairsAnswer get(std::int64_t key, Where where = Where::here()) = 0;
    /** Removes a pair: ok, key_not_found or failed. */
    virtual PairsAnswer del(std::int64_t key, Where where = Where::here()) = 0;
};

}  // namespace synoptic
