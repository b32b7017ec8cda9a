// kv_memory: pairs in memory alone. They end with their process, and a fork copies them.
#include <map>

#include "core/programs/kv.h"

namespace synoptic {

namespace {

class PairsInMemory : public Pairs {
   public:
    PairsAnswer put(int64_t key, std::string_view value, Where) override {
        if (value.size() > value_bytes_limit) return {PairsAnswer::Kind::value_too_long};
        bool is_new = pairs_.emplace(key, value).second;
        return {is_new ? PairsAnswer::Kind::ok : PairsAnswer::Kind::key_exists};
    }
    PairsAnswer get(int64_t key, Where) override {
        auto pair = pairs_.find(key);
        if (pair == pairs_.end()) return {PairsAnswer::Kind::key_not_found};
        return {PairsAnswer::Kind::ok, pair->second};
    }
    PairsAnswer del(int64_t key, Where) override {
        return {pairs_.erase(key) == 1 ? PairsAnswer::Kind::ok : PairsAnswer::Kind::key_not_found};
    }

   private:
    std::map<int64_t, std::string> pairs_;
};

}  // namespace

std::unique_ptr<Pairs> pairs_in_memory() {
    return std::make_unique<PairsInMemory>();
}

}  // namespace synoptic
