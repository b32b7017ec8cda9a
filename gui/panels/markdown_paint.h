// Draws Markdown (gui/markdown.h): wrapped text with emphasis and code, lists, tables, quotes; links are copied when they are clicked, never opened.
#pragma once

#include <string_view>

#include "gui/markdown.h"
#include "gui/panels/highlight.h"
#include "gui/ui.h"

namespace synoptic {

struct MarkdownLook {
    ImU32 colour = 0;             // of text; 0: the theme's
    const char* id = "markdown";  // of links
    bool draws = true;            // else it is only measured
};

/** Returns its height. */
float draw_markdown(const std::vector<MarkdownBlock>& blocks, ImVec2 at, float width, const MarkdownLook& look = {});
float draw_markdown(std::string_view text, ImVec2 at, float width, const MarkdownLook& look = {});

/** Lines of source in their colours, or of any other text; lines that are too long are drawn smaller, then cut. `first_line`: their numbers begin
    there; 0: they have none. Returns its height. */
float draw_code_box(std::string_view code, bool is_source, int first_line, ImVec2 at, float width, bool draws = true);

/** The colour of a word of source. */
ImU32 colour_of(Ink ink);

}  // namespace synoptic
