// Breakpoints: lines before whose calls actors stop. The table is in the trace's shared memory (core/trace/gate.h); here is what may be in it.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/session/call_lines.h"
#include "core/programs/registry.h"
#include "core/session/implementation.h"
#include "core/trace/gate.h"

namespace synoptic {

namespace {

/** Why nobody could ever stop there; empty if somebody can. */
std::string why_not(const SetBreakpoint& command) {
    const std::string_view source = source_text(command.file);
    if (source.empty()) return fmt::format("there is no source file {}: no program here has a part in it", in_quotes(command.file));
    const auto lines = static_cast<int>(std::count(source.begin(), source.end(), '\n'));
    if (command.line < 1 || command.line > lines)
        return fmt::format("{} has {} lines: there is no line {}", command.file, lines, command.line);
    const std::vector<int> calls = call_lines(source);
    if (std::binary_search(calls.begin(), calls.end(), command.line)) return {};
    const auto next = std::upper_bound(calls.begin(), calls.end(), command.line);
    const std::string other =
        next == calls.end() ? std::string("no line below it does") : fmt::format("the next line that does is {}", *next);
    return fmt::format("{}:{} makes no call, and actors stop only before calls: {}", command.file, command.line, other);
}

}  // namespace

Result<std::string> Session::Implementation::execute(const SetBreakpoint& command) {
    if (std::string why = why_not(command); !why.empty()) return Error{"", 0, std::move(why)};
    if (Status set = set_breakpoint(*trace, command.file.c_str(), command.line, command.on); !set) return set.error();
    post(EventKind::breakpoint_set, {.a = command.line, .b = command.on}, command.file);
    return fmt::format("{}:{} {}", command.file, command.line, command.on ? "has a breakpoint" : "has no breakpoint");
}

}  // namespace synoptic
