// docs/lessons.md and the grammar are the same: what the page shows is understood, and all that is understood is on the page.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "core/lesson/lesson.h"
#include "core/lesson/matcher.h"

namespace synoptic {
namespace {

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
    return text;
}

/** The code in the first column of tables below a heading, with words in the place of capitals. */
std::vector<std::string> shown_below(const std::string& heading) {
    std::ifstream in(SYNOPTIC_SOURCE_DIR "/docs/lessons.md");
    std::vector<std::string> spans;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) inside = line.starts_with("## " + heading);
        const bool row = line.starts_with("| `");
        if (!inside || (!row && line.find(" · ") == std::string::npos)) continue;
        if (!row && !line.starts_with("`")) continue;
        const std::string column = row ? line.substr(2, line.find(" | ") - 2) : line;
        for (std::size_t at = column.find('`'); at != std::string::npos;) {
            const std::size_t end = column.find('`', at + 1);
            if (end == std::string::npos) break;
            spans.push_back(column.substr(at + 1, end - at - 1));
            at = column.find('`', end + 1);
        }
    }
    for (std::string& span : spans) {
        for (const auto& [what, by] : {std::pair{"WHO", "server's child 2"},
                                       {"NAME.txt", "pairs.txt"},
                                       {"NAME", "Ann"},
                                       {"PROGRAM", "echo_fork"},
                                       {"FACT", "1 zombie"}})
            span = replaced(span, what, by);
    }
    return spans;
}

TEST(Documentation, WhatItShowsIsUnderstood) {
    std::string head;
    int checked = 0;
    for (std::string line : shown_below("`do`")) {
        // An option is shown as "… as NAME": behind the line that it belongs to.
        if (line.starts_with("… "))
            line = head + line.substr(std::string("…").size());
        else if (const Result<LessonAction> alone = read_action(line, 1)) {
            const bool takes_options = line.starts_with("start ") || line.starts_with("connect Ann to server") ||
                                       line.starts_with("look up ") || line == "kill server";
            if (takes_options) head = line;
        }
        if (line.ends_with(" …"))
            line =
                line.substr(0, line.size() - std::string(" …").size()) + (line.starts_with("don't") ? " echo: os.recv(" : " SYN from Ann");
        const Result<LessonAction> read = read_action(line, 1);
        EXPECT_TRUE(read) << line << ": " << (read ? "" : read.error().detail);
        ++checked;
    }
    EXPECT_GT(checked, 60);
    checked = 0;
    for (std::string line : shown_below("`expect`")) {
        if (line.starts_with("expect")) continue;  // fences
        if (line.starts_with("… is "))
            line = "descriptor 4 of server" + line.substr(std::string("…").size());
        else if (line.starts_with("… in the "))
            line = "Ann's connection waits" + line.substr(std::string("…").size());
        const bool is_fact_line = line.find(' ') != std::string::npos;
        if (!is_fact_line) continue;  // names of states
        const Result<LessonFact> read = read_fact(line, 1);
        EXPECT_TRUE(read) << line << ": " << (read ? "" : read.error().detail);
        ++checked;
    }
    EXPECT_GT(checked, 60);
}

TEST(Documentation, TheSmallestLessonWorks) {
    std::ifstream in(SYNOPTIC_SOURCE_DIR "/docs/lessons.md");
    std::stringstream text;
    text << in.rdbuf();
    const std::string page = text.str();
    const std::string mark = "````markdown\n";
    const std::size_t begin = page.find(mark);
    ASSERT_NE(begin, std::string::npos);
    const std::size_t end = page.find("````", begin + mark.size());
    const ReadLesson read = read_lesson(page.substr(begin + mark.size(), end - begin - mark.size()), "smallest.md");
    ASSERT_TRUE(read.mistakes.empty()) << read.mistakes[0].text();
    EXPECT_EQ(read.lesson.steps.size(), 2u);
}

TEST(Matcher, FormsOfOneFactDoNotHideEachOther) {
    const std::pair<const char*, FactForm> facts[] = {
        {"Ann is blocked in recv", FactForm::blocked_in},
        {"Ann is blocked", FactForm::blocked},
        {"server's last thread stands before send", FactForm::stands_before},
        {"Ann's worker has ended", FactForm::ended},
        {"recv of Ann's worker returned 5", FactForm::call_returned_number},
        {"server called \"accept(3\"", FactForm::called_text},
        {"server called fork at least 2 times", FactForm::called_times},
        {"Ann's connection is SYN_RECV at the server", FactForm::server_end_is},
        {"Ann's connection is syn-received", FactForm::client_end_is},
        {"server sent 6 bytes to Ann", FactForm::server_sent},
        {"Ann sent at most six bytes", FactForm::client_sent},
        {"no zombies", FactForm::zombies},
        {"a duplicate ACK from server was sent", FactForm::segments_were_from},
        {"3 data segments were dropped", FactForm::segments_were},
        {"row -5 is missing", FactForm::row_missing},
        {"not the wire stands", FactForm::wire_stands},
    };
    for (const auto& [text, form] : facts) {
        const Result<LessonFact> fact = read_fact(text, 1);
        ASSERT_TRUE(fact) << text << ": " << fact.error().detail;
        EXPECT_EQ(fact->form, form) << text;
    }
    EXPECT_TRUE(read_fact("not the wire stands", 1)->negated);
    EXPECT_EQ(read_fact("Ann's connection is SYN_RECV", 1)->words.state, TcpState::syn_rcvd);
    EXPECT_EQ(read_fact("getaddrinfo of Ann failed with EAI_NONAME", 1)->words.error, -2);
    EXPECT_EQ(read_fact("more than 2 zombies", 1)->words.counts.at(0).number, 3);
    EXPECT_EQ(read_action("slow 0.5 s", 1)->words.ms, 500u);
    EXPECT_EQ(read_action("lose every 3rd from clients", 1)->words.numbers.at(0), 3);
    EXPECT_EQ(read_action("lose 10% from clients", 1)->words.numbers.at(0), 10);
    EXPECT_EQ(read_action("hold SYN, FIN and data from server", 1)->words.kinds, kind_syn | kind_fin | kind_data);
}

TEST(Count, HoldsAsItSays) {
    EXPECT_TRUE((Count{Count::How::exactly, 2}.holds(2)));
    EXPECT_FALSE((Count{Count::How::exactly, 2}.holds(3)));
    EXPECT_TRUE((Count{Count::How::at_least, 2}.holds(3)));
    EXPECT_FALSE((Count{Count::How::at_least, 2}.holds(1)));
    EXPECT_TRUE((Count{Count::How::at_most, 2}.holds(0)));
    EXPECT_FALSE((Count{Count::How::at_most, 2}.holds(3)));
}

}  // namespace
}  // namespace synoptic
