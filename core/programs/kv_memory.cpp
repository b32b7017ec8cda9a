// kv_memory: pairs in memory alone. They end with their process, and a fork copies them.
#include <map>

#include "core/programs/kv.h"
#include "core/store/memory_trace.h"

namespace synoptic {

namespace {

class PairsInMemory : public Pairs {
   public:
    PairsInMemory() { trace_.use(pairs_, Where::here()); }
    PairsAnswer put(int64_t key, std::string_view value, Where where) override {
        trace_.use(pairs_, where);
        if (value.size() > value_bytes_limit) return {PairsAnswer::Kind::value_too_long};
        bool is_new = pairs_.emplace(key, value).second;
        if (is_new) trace_.put(key, value, where);
        return {is_new ? PairsAnswer::Kind::ok : PairsAnswer::Kind::key_exists};
    }
    PairsAnswer get(int64_t key, Where where) override {
        trace_.use(pairs_, where);
        auto pair = pairs_.find(key);
        trace_.read(key, pair != pairs_.end(), where);
        if (pair == pairs_.end()) return {PairsAnswer::Kind::key_not_found};
        return {PairsAnswer::Kind::ok, pair->second};
    }
    PairsAnswer del(int64_t key, Where where) override {
        trace_.use(pairs_, where);
        bool was_there = pairs_.erase(key) == 1;
        if (was_there) trace_.deleted(key, where);
        return {was_there ? PairsAnswer::Kind::ok : PairsAnswer::Kind::key_not_found};
    }

   private:
    std::map<int64_t, std::string> pairs_;
    MemoryTrace trace_;  // so that the window can show whose copy has which rows
};

}  // namespace

std::unique_ptr<Pairs> pairs_in_memory() {
    return std::make_unique<PairsInMemory>();
}

}  // namespace synoptic
