// What the inspector says of a line of a source file: see inspector_facts.h.
#include <fmt/format.h>

#include <algorithm>

#include "core/session/call_lines.h"
#include "core/programs/registry.h"
#include "gui/panels/code_lines.h"
#include "gui/panels/code_marks.h"
#include "gui/panels/inspector_facts.h"
#include "gui/panels/words.h"
#include "gui/sources.h"

namespace synoptic {

void inspect_line(InspectorPage& page, const World& world, const History& history, const SourceLine& line) {
    const std::string_view source = shown_source(line.name);
    const std::vector<CodeLine> lines = code_lines(source);
    if (line.line < 1 || line.line > static_cast<int>(lines.size())) return;
    const std::string_view text = lines[static_cast<std::size_t>(line.line) - 1].text;
    page.title = fmt::format("{}:{}", file_name(line.name), line.line);
    page.subtitle = text.substr(std::min(text.find_first_not_of(' '), text.size()));
    const std::vector<int> calls = call_lines(source);
    FactSection facts;
    const bool stops = world.breakpoints.count({line.name, line.line}) != 0;
    if (stops)
        add(facts, "breakpoint", "who comes to this call waits before it");
    else
        add(facts, "breakpoint",
            std::binary_search(calls.begin(), calls.end(), line.line) ? "none" : "none: there is no call on this line to stop before");
    page.sections.push_back(std::move(facts));
    FactSection here;
    here.title = "Who is there";
    for (const auto& [number, marks] : marks_in(world, history, line.name, ~std::size_t{0})) {
        if (number != line.line) continue;
        for (const LineMark& mark : marks) {
            const Actor* actor = find(world, mark.actors.front());
            if (actor)
                add(here, actor_label(world, *actor), doing(*actor), mark.server ? Tone::server : Tone::client,
                    select_actor(world, actor->id));
        }
    }
    if (here.facts.empty()) here.text = "Nobody at this moment.";
    page.sections.push_back(std::move(here));
}

}  // namespace synoptic
