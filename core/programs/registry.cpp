#include "core/programs/registry.h"

#include "core/programs/embedded.h"

namespace synoptic {

const ProgramInfo* find_program(std::string_view name) {
    for (const ProgramInfo& info : all_programs()) {
        if (name == info.name) return &info;
    }
    return nullptr;
}

const ProgramInfo* find_server(std::string_view protocol, Workers workers, std::string_view variant) {
    for (const ProgramInfo& info : all_programs()) {
        if (info.role == Role::server && protocol == info.protocol && workers == info.workers && variant == info.variant) return &info;
    }
    return nullptr;
}

const ProgramInfo* find_client(std::string_view protocol, std::string_view variant) {
    for (const ProgramInfo& info : all_programs()) {
        if (info.role == Role::client && protocol == info.protocol && variant == info.variant) return &info;
    }
    return nullptr;
}

const char* workers_name(Workers workers) {
    switch (workers) {
        case Workers::iterative:
            return "iterative";
        case Workers::fork:
            return "fork";
        case Workers::thread:
            return "thread";
        case Workers::none:
            return "none";
    }
    return "none";
}

std::string_view source_text(std::string_view file) {
    for (const EmbeddedSource* source = embedded_sources; source->name; ++source) {
        if (file == source->name) return source->text;
    }
    return {};
}

}  // namespace synoptic
