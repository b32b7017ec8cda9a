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

struct CodeText {
    std::string_view code;
    bool is_source = false;    // C++: in its colours; else a drawing made of characters, or what a terminal shows
    int first_line = 0;        // lines have numbers from here on; 0: they have none
    const char* id = nullptr;  // of the bar that moves a drawing that is too wide; null: it is cut
};

/** Lines of code in a box: source is folded where it is too wide, a drawing is made smaller, then moved. Returns its height. */
float draw_code_box(const CodeText& text, ImVec2 at, float width, bool draws = true);

/** The colour of a word of source. */
ImU32 colour_of(Ink ink);

}  // namespace synoptic
