// open_database: the file with the pairs (core/store/store.h), which all workers of a server share, and other servers too.
#include "core/programs/kv.h"

namespace synoptic {

std::shared_ptr<Store> open_database(Sockets& os, const ServerArguments& arguments) {
    const char* path = arguments.database && *arguments.database ? arguments.database : default_database;
    Result<std::unique_ptr<Store>> opened = Store::open(path);
    if (!opened) {
        os.printf("%s\n", opened.error().text().c_str());
        return nullptr;
    }
    std::shared_ptr<Store> store = std::move(*opened);
    if (!store->remark().empty()) os.printf("%s\n", store->remark().c_str());
    const ServerLimits& limits = arguments.limits;
    os.printf("%s: %llu pairs\n", path, (unsigned long long)store->pairs());
    os.printf("at most %d clients, %zu bytes a line, %d s idle\n", limits.clients, limits.line_bytes, limits.idle_seconds);
    return store;
}

int close_database(Sockets& os, Store& store) {
    if (!store.in_order()) os.printf("putting the file in order, unless other servers use it\n");  // of a large one this takes a while
    Status closed = store.close();
    if (closed) return 0;
    os.printf("%s\n", closed.error().text().c_str());
    return 1;
}

}  // namespace synoptic
