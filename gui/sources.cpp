#include "gui/sources.h"

#include <optional>

#include "core/programs/registry.h"

namespace synoptic {
namespace {

std::optional<std::map<std::string, std::string>>& recorded() {
    static std::optional<std::map<std::string, std::string>> sources;
    return sources;
}

}  // namespace

std::string_view shown_source(std::string_view file) {
    if (!recorded()) return source_text(file);
    const auto found = recorded()->find(std::string(file));
    return found == recorded()->end() ? std::string_view() : std::string_view(found->second);
}

void show_sources_of_recording(std::map<std::string, std::string> sources) {
    recorded() = std::move(sources);
}

}  // namespace synoptic
