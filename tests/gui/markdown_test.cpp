// What Markdown is read as.
#include "gui/markdown.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

using Kind = MarkdownBlock::Kind;

std::string text_of(const MarkdownSpans& spans) {
    std::string all;
    for (const MarkdownSpan& span : spans) all += span.breaks ? "|" : span.text;
    return all;
}

TEST(Markdown, ParagraphsHoldSpansThatLookAlike) {
    const auto blocks = read_markdown("A **server** *waits* in `accept`.\nIt\ngoes on.\n\nNext.");
    ASSERT_EQ(blocks.size(), 2u);
    EXPECT_EQ(blocks[0].kind, Kind::paragraph);
    EXPECT_EQ(text_of(blocks[0].spans), "A server waits in accept. It goes on.");
    for (const MarkdownSpan& span : blocks[0].spans) {
        EXPECT_EQ(span.strong, span.text == "server") << span.text;
        EXPECT_EQ(span.emphasis, span.text == "waits") << span.text;
        EXPECT_EQ(span.code, span.text == "accept") << span.text;
    }
}

TEST(Markdown, ListsCountTheirItemsAndNest) {
    const auto blocks = read_markdown("3. three\n4. four\n   - inner\n\n> quoted");
    ASSERT_EQ(blocks.size(), 4u);
    EXPECT_EQ(blocks[0].marker, "3.");
    EXPECT_EQ(blocks[1].marker, "4.");
    EXPECT_EQ(blocks[1].depth, 1);
    EXPECT_EQ(blocks[2].marker, "•");
    EXPECT_EQ(blocks[2].depth, 2);
    EXPECT_EQ(blocks[3].quotes, 1);
    EXPECT_EQ(blocks[3].marker, "");
}

TEST(Markdown, FencesKeepTheirLinesAndTheirWord) {
    const auto blocks = read_markdown("```cpp\nint x = 1;\n\n  x < 2\n```\n");
    ASSERT_EQ(blocks.size(), 1u);
    EXPECT_EQ(blocks[0].kind, Kind::code);
    EXPECT_EQ(blocks[0].language, "cpp");
    EXPECT_EQ(blocks[0].code, "int x = 1;\n\n  x < 2\n");
}

TEST(Markdown, TablesHaveRowsOfCells) {
    const auto blocks = read_markdown("| call | returns |\n|---|---|\n| `accept` | a descriptor |\n| *send* | a count |\n\nafter");
    ASSERT_EQ(blocks.size(), 2u);
    ASSERT_EQ(blocks[0].rows.size(), 3u);
    EXPECT_EQ(text_of(blocks[0].rows[0][1]), "returns");
    EXPECT_TRUE(blocks[0].rows[1][0].front().code);
    EXPECT_EQ(text_of(blocks[0].rows[2][1]), "a count");
    EXPECT_EQ(text_of(blocks[1].spans), "after");
}

TEST(Markdown, LinksKnowWhereTheyLeadAndHtmlIsText) {
    const auto blocks = read_markdown("see [the page](https://www.rfc-editor.org/rfc/rfc9293) &amp; <b>this</b>");
    ASSERT_EQ(blocks.size(), 1u);
    EXPECT_EQ(text_of(blocks[0].spans), "see the page & <b>this</b>");
    int links = 0;
    for (const MarkdownSpan& span : blocks[0].spans)
        links += span.link == "https://www.rfc-editor.org/rfc/rfc9293" && span.text == "the page";
    EXPECT_EQ(links, 1);
}

TEST(Markdown, HeadingsRulesAndHardBreaks) {
    const auto blocks = read_markdown("### Three\n\none  \ntwo\n\n***\n");
    ASSERT_EQ(blocks.size(), 3u);
    EXPECT_EQ(blocks[0].level, 3);
    EXPECT_EQ(text_of(blocks[1].spans), "one|two");
    EXPECT_EQ(blocks[2].kind, Kind::rule);
}

TEST(Markdown, AnyBytesAreRead) {
    EXPECT_TRUE(read_markdown("").empty());
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    EXPECT_FALSE(read_markdown(bytes).empty());
    EXPECT_EQ(read_markdown("- \n- x\n| a |\n").size(), 1u) << "an empty item, and what is no table";
}

TEST(Markdown, AWordThatIsTooWideIsCutBetweenCharacters) {
    const auto four = [](std::string_view text) { return text.size() <= 4; };
    EXPECT_EQ(parts_that_fit("abcdefghij", four), (std::vector<std::string_view>{"abcd", "efgh", "ij"}));
    EXPECT_EQ(parts_that_fit("abc", four), std::vector<std::string_view>{"abc"});
    EXPECT_EQ(parts_that_fit("a→b→", four), (std::vector<std::string_view>{"a→", "b→"})) << "no character is cut";
    EXPECT_EQ(parts_that_fit("→→", [](std::string_view) { return false; }), (std::vector<std::string_view>{"→", "→"}))
        << "a place for one character is always there";
    EXPECT_TRUE(parts_that_fit("", four).empty());
}

TEST(Markdown, PlainTextIsOneLine) {
    EXPECT_EQ(plain_text("Who *closes* `connfd`?\nBoth."), "Who closes connfd? Both.");
}

}  // namespace
}  // namespace synoptic
