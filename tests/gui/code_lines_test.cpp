// The code pane's text: colours, breaks, the comparison with the corrected program, and which lines make calls.
#include "gui/panels/code_lines.h"

#include <gtest/gtest.h>

#include <cctype>

#include <set>

#include "core/programs/registry.h"
#include "core/session/call_lines.h"
#include "gui/panels/highlight.h"
#include "small_world.h"

namespace synoptic {
namespace {

std::string inks(std::string_view line, bool in_comment = false) {
    std::string text;
    for (const Span& span : highlight(line, in_comment)) {
        const char* names[] = {"plain", "keyword", "comment", "string", "number", "constant", "call", "directive"};
        const std::string_view part = line.substr(span.begin, span.end - span.begin);
        if (span.ink != Ink::plain) text += std::string(names[static_cast<int>(span.ink)]) + ":" + std::string(part) + " ";
    }
    return text;
}

TEST(Highlight, TellsKeywordsCallsConstantsNumbersStringsAndComments) {
    EXPECT_EQ(inks("int connfd = os.accept(listenfd, 0); // \"waits\""), "keyword:int call:accept number:0 comment:// \"waits\" ");
    EXPECT_EQ(inks("os.printf(\"a // b\\\" %s\\n\", x);"), "call:printf string:\"a // b\\\" %s\\n\" ");
    EXPECT_EQ(inks("#include <netinet/in.h>"), "directive:#include string:<netinet/in.h> ");
    EXPECT_EQ(inks("x = SO_REUSEADDR;"), "constant:SO_REUSEADDR ");
}

TEST(Highlight, FollowsABlockCommentOverLines) {
    bool in_comment = false;
    highlight("int a; /* begins", in_comment);
    EXPECT_TRUE(in_comment);
    const std::vector<Span> spans = highlight("ends */ int b;", in_comment);
    EXPECT_FALSE(in_comment);
    ASSERT_FALSE(spans.empty());
    EXPECT_EQ(spans[0].ink, Ink::comment);
    EXPECT_EQ(spans[0].end, 7u);
}

TEST(Highlight, CoversEveryLineOfEveryProgramWithoutAGap) {
    for (const std::string& file : files_to_show(World{})) {
        bool in_comment = false;
        for (const CodeLine& line : code_lines(source_text(file))) {
            std::size_t at = 0;
            for (const Span& span : highlight(line.text, in_comment)) {
                ASSERT_EQ(span.begin, at) << file << ":" << line.number;
                at = span.end;
            }
            ASSERT_EQ(at, line.text.size()) << file << ":" << line.number;
        }
        EXPECT_FALSE(in_comment) << file;
    }
}

TEST(CodeLines, BreaksLongLinesAtSpacesAndLosesNothing) {
    const std::string_view text = "    int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);  // waits in the kernel";
    for (const std::size_t letters : {20u, 30u, 50u, 200u}) {
        std::vector<CodeRow> rows;
        break_line(rows, 7, text, letters, 6);
        std::string joined;
        for (const CodeRow& row : rows) {
            EXPECT_EQ(row.line, 7u);
            EXPECT_LE(row.end - row.begin, std::max<std::size_t>(letters, 12));
            joined += std::string(joined.empty() ? "" : " ") + std::string(text.substr(row.begin, row.end - row.begin));
        }
        std::erase(joined, ' ');
        std::string whole(text);
        std::erase(whole, ' ');
        EXPECT_EQ(joined, whole);
        EXPECT_TRUE(rows[0].first);
    }
    std::vector<CodeRow> rows;
    break_line(rows, 0, "", 40, 0);
    EXPECT_EQ(rows.size(), 1u);
}

TEST(CodeLines, BreaksNoNameInTheMiddle) {
    for (const std::string_view text : {"        os.close(listenfd);", "    int connfd=os.accept(listenfd,(SA*)&cliaddr,&clilen);"}) {
        for (std::size_t letters = 16; letters < 60; ++letters) {
            std::vector<CodeRow> rows;
            break_line(rows, 0, text, letters, 0);
            for (const CodeRow& row : rows) {
                if (row.end == text.size()) continue;
                const auto is_of_name = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
                EXPECT_FALSE(is_of_name(text[row.end - 1]) && is_of_name(text[row.end]))
                    << text.substr(row.begin, row.end - row.begin) << " / " << text.substr(row.end);
            }
        }
    }
}

TEST(CodeLines, ANameThatHasNoRoomBesideAPillGetsARowOfItsOwn) {
    const std::string_view text = "    accept_and_serve_one(os, listenfd);";
    std::vector<CodeRow> rows;
    break_line(rows, 0, text, 30, 20);
    ASSERT_GE(rows.size(), 2u);
    EXPECT_TRUE(rows[0].first);
    EXPECT_EQ(rows[0].begin, rows[0].end) << "the pill alone";
    EXPECT_FALSE(rows[1].first);
    EXPECT_EQ(text.substr(rows[1].begin, rows[1].end - rows[1].begin), "    accept_and_serve_one(os,");
    EXPECT_EQ(rows.back().end, text.size());
}

TEST(CodeLines, LeavesAPictureWhole) {
    std::vector<CodeRow> rows;
    break_line(rows, 3, "//     7 recv  ◀───────────────────────────────── 7 send", 20, 0);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_FALSE(is_picture("// A comment that only tells is broken like code."));
    EXPECT_FALSE(is_picture("    int fd;  //     7 recv"));
}

TEST(CodeLines, BreaksBetweenLettersNotBetweenTheirBytes) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += "─";  // three bytes each
    std::vector<CodeRow> rows;
    break_line(rows, 0, text, 20, 0);
    EXPECT_GT(rows.size(), 2u);
    EXPECT_EQ(rows[0].end, 20u * 3) << "as many letters as there is room for";
    for (const CodeRow& row : rows) {
        EXPECT_EQ(row.begin % 3, 0u);
        EXPECT_EQ(row.end % 3, 0u);
    }
}

TEST(CodeLines, ComparesAVariantWithTheCorrectedProgram) {
    const std::vector<CodeLine> lines = compared_lines("a\nb\nd\n", "a\nb\nc\nd\n");
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_EQ(lines[2].change, CodeLine::Change::only_corrected);
    EXPECT_EQ(lines[2].text, "c");
    EXPECT_EQ(lines[3].number, 3);
    const std::string corrected = corrected_file("core/programs/echo_fork_no_exit.cpp");
    EXPECT_EQ(corrected, "core/programs/echo_fork.cpp");
    EXPECT_TRUE(corrected_file("core/programs/echo_fork.cpp").empty());
    EXPECT_EQ(corrected_file("core/programs/message_thread_spin.cpp"), "core/programs/message_thread.cpp");
    EXPECT_EQ(corrected_file("core/programs/message_client_two_sends.cpp"), "core/programs/message_client.cpp")
        << "clients have variants, too";
    // Taking away what only one of them has leaves the other, whole.
    const std::string_view here = source_text("core/programs/echo_fork_no_exit.cpp"), there = source_text(corrected);
    std::string only_here, only_there;
    for (const CodeLine& line : compared_lines(here, there)) {
        if (line.change != CodeLine::Change::only_corrected) only_here += std::string(line.text) + "\n";
        if (line.change != CodeLine::Change::only_here) only_there += std::string(line.text) + "\n";
    }
    EXPECT_EQ(only_here, here);
    EXPECT_EQ(only_there, there);
}

std::string changed_words(const CodeLine& line) {
    std::string words;
    for (const auto& [begin, end] : line.changed) words += "[" + std::string(line.text.substr(begin, end - begin)) + "]";
    return words;
}

TEST(CodeLines, TellsWhichWordsOfALineWereChanged) {
    const std::vector<CodeLine> lines =
        compared_lines("a();\n    int n = recv(fd, buf, 100, 0);\nz();\n", "a();\n    ssize_t n = recv(fd, buf, sizeof buf, 0);\nz();\n");
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_EQ(lines[1].change, CodeLine::Change::only_here) << "the old line stands above the new one";
    EXPECT_EQ(lines[2].change, CodeLine::Change::only_corrected);
    EXPECT_EQ(lines[1].partner, 2u);
    EXPECT_EQ(lines[2].partner, 1u);
    EXPECT_EQ(changed_words(lines[1]), "[int][100]");
    EXPECT_EQ(changed_words(lines[2]), "[ssize_t][sizeof buf]");
    EXPECT_EQ(lines[1].number, 2);
    EXPECT_EQ(lines[1].other, 0);
    EXPECT_EQ(lines[2].other, 2);
    EXPECT_EQ(lines[3].number, 3);
    EXPECT_EQ(lines[3].other, 3);
}

TEST(CodeLines, LinesThatHaveNothingInCommonAreNotTakenForOneAnother) {
    const std::vector<CodeLine> lines = compared_lines("    return;\n", "    os.close(listenfd);\n");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].partner, CodeLine::no_line);
    EXPECT_TRUE(lines[0].changed.empty());
    EXPECT_EQ(differences(lines), std::vector<std::size_t>{0}) << "they are one difference all the same";
}

TEST(CodeLines, PairsChangedLinesInOrderAmongAddedOnes) {
    const std::vector<CodeLine> lines = compared_lines("os.close(connfd);\n", "int status = 0;\nos.close(listenfd);\nos._exit(0);\n");
    ASSERT_EQ(lines.size(), 4u);
    EXPECT_EQ(lines[0].text, "int status = 0;");
    EXPECT_EQ(lines[1].text, "os.close(connfd);");
    EXPECT_EQ(lines[1].partner, 2u);
    EXPECT_EQ(lines[3].text, "os._exit(0);");
    EXPECT_TRUE(compared_lines("", "").empty());
    EXPECT_EQ(compared_lines("", "a\n").size(), 1u);
    EXPECT_TRUE(differences(compared_lines("a\nb\n", "a\nb\n")).empty());
}

TEST(CodeLines, SideBySideBothStandInOneRowAndNothingIsLost) {
    for (const ProgramInfo& info : all_programs()) {
        const std::string corrected = corrected_file(info.file);
        if (corrected.empty()) continue;
        const std::vector<CodeLine> lines = compared_lines(source_text(info.file), source_text(corrected));
        EXPECT_FALSE(differences(lines).empty()) << info.file;
        std::string here, there;
        for (const PaneRow& row : rows_side_by_side(lines, 10'000, [](const CodeLine&) { return std::size_t{0}; })) {
            if (row.here) here += std::string(lines[row.here->line].text) + "\n";
            if (row.there) there += std::string(lines[row.there->line].text) + "\n";
            if (!row.here || !row.there) continue;
            const bool same = row.here->line == row.there->line;
            EXPECT_EQ(lines[row.here->line].change, same ? CodeLine::Change::none : CodeLine::Change::only_here);
            if (!same) EXPECT_EQ(lines[row.here->line].partner, row.there->line);
        }
        EXPECT_EQ(here, source_text(info.file));
        EXPECT_EQ(there, source_text(corrected));
    }
}

TEST(CodeLines, ALineThatIsBrokenLeavesRoomBesideTheOther) {
    const std::vector<CodeLine> lines =
        compared_lines("os.printf(\"%s connected from far away\\n\", peer);\n", "os.printf(\"%s\\n\", peer);\n");
    const std::vector<PaneRow> rows = rows_side_by_side(lines, 28, [](const CodeLine&) { return std::size_t{0}; });
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_TRUE(rows[0].here && rows[0].there);
    EXPECT_TRUE(rows[1].here && !rows[1].there);
    EXPECT_EQ(rows_of(lines, 28, [](const CodeLine&) { return std::size_t{0}; }).size(), 3u);
}

TEST(CallLines, AreThoseOnWhichAProgramCanBeStopped) {
    EXPECT_EQ(
        call_lines(
            "int fd = os.socket(1, 2, 3);\n// os.close(fd);\n\nos.note(fd, \"os.send(\");\nif (os->close(fd) < 0) os.perror(\"close\");\n"),
        (std::vector{1, 5}));
    EXPECT_EQ(call_lines("/* os.close(1);\n os.close(2); */ os.close(3);\nos.stopping();\nother.close(4);\npairs.put(1, "
                         "v);\nos_of_handler->waitpid(-1, 0, 0);"),
              (std::vector{2, 5, 6}));
    EXPECT_TRUE(call_lines("").empty());
    EXPECT_TRUE(call_lines("char c = '\\\'';  // '").empty());
}

TEST(CodeLines, OffersTheFilesOfWhatRunsFirst) {
    test::SmallWorld small;
    small.add_server(test::Model::thread, 6666);
    const std::vector<std::string> files = files_to_show(small.world);
    ASSERT_GT(files.size(), 5u);
    EXPECT_EQ(files[0], "core/programs/echo_thread.cpp");
    EXPECT_EQ(std::set<std::string>(files.begin(), files.end()).size(), files.size());
}

}  // namespace
}  // namespace synoptic
