// The manifest as a page of documentation: docs/events.md is this text.
#include <fmt/format.h>

#include "core/trace/format.h"

namespace synoptic {
namespace {

/** A table's cell: a bar would end it. */
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

template <class Wanted, class Row>
void add_rows(std::string& page, Wanted wanted, Row row) {
    for (int number = 1; number < static_cast<int>(EventKind::count); ++number) {
        const KindInfo& info = kind_info(static_cast<EventKind>(number));
        if (wanted(info)) page += row(info);
    }
}

}  // namespace

std::string events_manual() {
    std::string page =
        "# Events\n"
        "\n"
        "Everything that happens is an event. This page is made from `core/trace/events.def` by `events_manual()`, and a test compares the "
        "two:\n"
        "after a change of the manifest, run the trace tests once with `SYNOPTIC_WRITE_DOCS=1` in the environment.\n"
        "\n";
    page += fmt::format("Version {} of the trace; an event is a record of {} bytes, declared and explained in `core/trace/event.h`.\n",
                        trace_version, sizeof(Event));
    page +=
        "\n"
        "## Calls\n"
        "\n"
        "A call has an *enter*, published before the system call, and an *exit*, published after it. `{x}` is a field of the enter, `{>x}` "
        "of the\n"
        "exit; what follows a colon is how it is printed (`core/trace/format.h`). At an exit `value` is the result and `error` the errno.\n"
        "\n"
        "| call | man page | arguments | what it does |\n"
        "| --- | --- | --- | --- |\n";
    add_rows(
        page, [](const KindInfo& info) { return info.section != 0; },
        [](const KindInfo& info) {
            const std::string arguments = *info.arguments ? fmt::format("`{}`", cell(info.arguments)) : std::string();
            return fmt::format("| `{0}` | {0}({1}) | {2} | {3} |\n", info.name, info.section, arguments, cell(info.help));
        });
    page +=
        "\n"
        "## Facts\n"
        "\n"
        "What happened outside a call.\n"
        "\n"
        "| fact | fields | what it says |\n"
        "| --- | --- | --- |\n";
    add_rows(
        page, [](const KindInfo& info) { return info.section == 0; },
        [](const KindInfo& info) { return fmt::format("| `{}` | {} | {} |\n", info.name, cell(info.arguments), cell(info.help)); });
    return page;
}

}  // namespace synoptic
