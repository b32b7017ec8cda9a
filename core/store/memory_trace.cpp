#include "core/store/memory_trace.h"

#include <unistd.h>

#include <atomic>

#include "core/store/store_trace.h"

namespace synoptic {

namespace {

constexpr std::int64_t no_place = -1;  // there is no file
constexpr std::int64_t memory_of_one_process = 2;

/** No file has it, and no two processes of one moment, nor two maps of one process, have the same. */
StoreId next_id(pid_t pid) {
    static std::atomic<std::uint64_t> maps{0};
    return StoreId{memory_store_bit | static_cast<std::uint64_t>(pid) << 24 | (maps.fetch_add(1) & 0xFFFFFF)};
}

}  // namespace

void MemoryTrace::use(const std::map<std::int64_t, std::string>& pairs, Where where) {
    if (owner_ == getpid() || !this_writer()) return;
    owner_ = getpid();
    id_ = next_id(owner_);
    tell(id_, EventKind::store_opened, where,
         {.a = static_cast<std::int64_t>(pairs.size()),
          .b = memory_of_one_process,
          .payload = "memory of process " + std::to_string(owner_)});
    // What a child has inherited.
    std::size_t told = 0;
    for (auto pair = pairs.begin(); pair != pairs.end() && told < rows_told; ++pair, ++told)
        tell(id_, EventKind::row_loaded, where, {.a = pair->first, .b = no_place, .payload = pair->second});
}

void MemoryTrace::put(std::int64_t key, std::string_view value, Where where) {
    tell(id_, EventKind::row_put, where, {.a = key, .b = no_place, .value = ++turns_, .payload = value});
}

void MemoryTrace::deleted(std::int64_t key, Where where) {
    tell(id_, EventKind::row_deleted, where, {.a = key, .b = no_place, .value = ++turns_});
}

void MemoryTrace::read(std::int64_t key, bool found, Where where) {
    tell(id_, EventKind::row_read, where, {.a = key, .b = found});
}

}  // namespace synoptic
