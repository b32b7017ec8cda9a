// Markdown (CommonMark and tables, as md4c reads them) as a list of blocks with spans of text, without any drawing: see panels/markdown_paint.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace synoptic {

/** A stretch of text that looks alike. */
struct MarkdownSpan {
    std::string text;
    bool strong = false, emphasis = false, code = false;
    bool breaks = false;  // a line ends before it
    std::string link;     // where it leads; empty: nowhere
};

using MarkdownSpans = std::vector<MarkdownSpan>;

struct MarkdownBlock {
    enum class Kind { paragraph, heading, code, rule, table };
    Kind kind = Kind::paragraph;
    int level = 0;                                 // of a heading, 1 to 6
    int depth = 0;                                 // in how many lists and quotes it stands
    int quotes = 0;                                // how many of these are quotes
    std::string marker;                            // of an item's first block: "•", "2."
    MarkdownSpans spans;                           // of a paragraph or heading
    std::string code;                              // with a newline behind each line
    std::string language;                          // the word behind the fence
    std::vector<std::vector<MarkdownSpans>> rows;  // of a table; the first is its head
};

/** HTML is shown as it stands. Any text can be read: what is no Markdown is a paragraph. */
std::vector<MarkdownBlock> read_markdown(std::string_view text);

/** Cuts a word between characters of UTF-8 into the longest parts that fit, each at least one character. */
std::vector<std::string_view> parts_that_fit(std::string_view word, const std::function<bool(std::string_view)>& fits);

/** The text without its marks, on one line. */
std::string plain_text(std::string_view markdown);

}  // namespace synoptic
