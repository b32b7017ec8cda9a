#include "gui/panels/kv_requests.h"

#include <fmt/format.h>

#include "gui/panels/database_view.h"
#include "gui/server_choice.h"

namespace synoptic {

const char* say_hint(const Program& client, const char* usual) {
    return speaks_kv(client) ? "put 7 seven, get 7, Bye" : usual;
}

std::vector<std::string> kv_requests(const World& world, const Program& client) {
    if (!speaks_kv(client)) return {};
    const Database* database = database_of(world, server_joined_by(world, client));
    std::int64_t free = 1, last = 1;
    EventIndex latest = 0;
    const std::map<std::int64_t, Row> none;
    for (const auto& [key, row] : database != nullptr ? database->rows : none) {
        if (row.deleted) continue;
        if (key == free) ++free;  // in the order of the keys
        if (row.event < latest) continue;
        latest = row.event;
        last = key;
    }
    return {fmt::format("put {} hello from {}", free, client.label), fmt::format("get {}", last), fmt::format("del {}", last), "Bye"};
}

}  // namespace synoptic
