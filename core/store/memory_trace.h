// What pairs that are kept in memory alone tell the trace (core/programs/kv_memory.cpp): the rows of one process. After a fork the child has a copy of its own, and tells
// of it as another database as soon as it uses it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/store/store.h"

namespace synoptic {

/** Nothing is told where the calling thread is not traced. Not for several threads at once, as the map that it tells of. */
class MemoryTrace {
   public:
    /** Before anything is done with the pairs: tells of them where this process has not done so yet. Of many, the first rows alone. */
    void use(const std::map<std::int64_t, std::string>& pairs, Where where);
    void put(std::int64_t key, std::string_view value, Where where);
    void deleted(std::int64_t key, Where where);
    void read(std::int64_t key, bool found, Where where);

   private:
    StoreId id_ = StoreId::none;
    pid_t owner_ = 0;         // the process that has told of its rows
    std::int64_t turns_ = 0;  // puts and dels: which of two was later
};

}  // namespace synoptic
