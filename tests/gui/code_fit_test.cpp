// Source in a narrow place.
#include "gui/code_fit.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

std::vector<std::string> texts(std::string_view line, std::size_t columns) {
    std::vector<std::string> all;
    for (const CodePiece& piece : folded(line, columns))
        all.push_back(std::string(piece.indent, ' ') + std::string(line.substr(piece.begin, piece.end - piece.begin)));
    return all;
}

TEST(CodeFit, WhatAllLinesAreIndentedByGoes) {
    EXPECT_EQ(without_common_indent("        a\n\n            b\n"), "a\n\n    b\n");
    EXPECT_EQ(without_common_indent("    a"), "a");
    EXPECT_EQ(without_common_indent("a\n  b\n"), "a\n  b\n");
    EXPECT_EQ(without_common_indent("  a\n \n  b\n"), "a\n\nb\n") << "a line of blanks does not count";
    EXPECT_EQ(without_common_indent(""), "");
    EXPECT_EQ(without_common_indent("  \n"), "  \n");
}

TEST(CodeFit, ALineThatFitsIsOnePiece) {
    EXPECT_EQ(texts("int x = 1;", 10), std::vector<std::string>{"int x = 1;"});
    EXPECT_EQ(texts("", 10), std::vector<std::string>{""});
}

TEST(CodeFit, ALongLineIsFoldedBehindABlankACommaOrABracket) {
    EXPECT_EQ(texts("int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);", 34),
              (std::vector<std::string>{"int connfd = os.accept(listenfd, ", "    (SA*)&cliaddr, &clilen);"}));
    EXPECT_EQ(texts("  if (os.send(connfd, line, length, 0) < 0)", 24),
              (std::vector<std::string>{"  if (os.send(connfd, ", "      line, length, 0) ", "      < 0)"}));
}

TEST(CodeFit, NoCharacterIsLostAndNoneIsCut) {
    const std::string line = "äöüäöüäöüäöüäöüäöüäöüäöü→→→→→→→→→→";
    std::string all;
    for (const CodePiece& piece : folded(line, 10)) {
        const std::string part = line.substr(piece.begin, piece.end - piece.begin);
        EXPECT_LE(columns_of(part) + piece.indent, 10u);
        EXPECT_GT(part.size(), 0u);
        EXPECT_NE(static_cast<unsigned char>(part[0]) & 0xc0, 0x80) << "a character was cut";
        all += part;
    }
    EXPECT_EQ(all, line);
    const std::string blanks(60, ' ');
    all.clear();
    for (const CodePiece& piece : folded(blanks + "x", 1)) all += (blanks + "x").substr(piece.begin, piece.end - piece.begin);
    EXPECT_EQ(all, blanks + "x") << "more indent than columns";
}

}  // namespace
}  // namespace synoptic
