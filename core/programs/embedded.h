// The programs' sources as embed.cmake has put them into the program. Read them with source_text() (registry.h).
#pragma once

namespace synoptic {

struct EmbeddedSource {
    const char* name;  // "core/programs/echo_fork.cpp"; null in the entry behind the last one
    const char* text;
};

extern const EmbeddedSource embedded_sources[];

}  // namespace synoptic
