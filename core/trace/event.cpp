// The manifest as a table.
#include "core/trace/event.h"

#include <array>

namespace synoptic {
namespace {

constexpr std::array<KindInfo, static_cast<std::size_t>(EventKind::count)> kinds = {{
    {"none", 0, "", ""},
#define SYN_CALL(name, section, arguments, help) {#name, section, arguments, help},
#define SYN_FACT(name, fields, help) {#name, 0, fields, help},
#include "core/trace/events.def"
#undef SYN_CALL
#undef SYN_FACT
}};

}  // namespace

const KindInfo& kind_info(EventKind kind) {
    const auto index = static_cast<std::size_t>(kind);
    return kinds[index < kinds.size() ? index : 0];  // a recording may hold kinds that this version does not know
}

EventKind kind_by_name(std::string_view name) {
    for (std::size_t index = 1; index < kinds.size(); ++index) {
        if (name == kinds[index].name) return static_cast<EventKind>(index);
    }
    return EventKind::none;
}

}  // namespace synoptic
