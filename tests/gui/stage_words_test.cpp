// What the stage's cards say in little room: shorter words, and never more than there is room for.
#include "gui/panels/stage_words.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

float width_of(std::string_view text) {
    return static_cast<float>(text.size());
}

ShortCall call_of(const char* text, const char* result = "", bool failed = false) {
    ShortCall call;
    call.text = text;
    call.result = result;
    call.failed = failed;
    call.open = call.result.empty();
    return call;
}

TEST(StageWords, ACallLosesItsArgumentsBeforeItsResultAndItsNameLast) {
    const ShortCall call = call_of("send(4, \"hello\\n\")", "= 6");
    EXPECT_EQ(call_words(call, 100, width_of), "send(4, \"hello\\n\") = 6");
    EXPECT_EQ(call_words(call, 20, width_of), "send(4, \"hel…) = 6");
    EXPECT_EQ(call_words(call, 14, width_of), "send(…) = 6");
    EXPECT_EQ(call_words(call, 12, width_of), "send");
    EXPECT_EQ(call_words(call, 3, width_of), "") << "half a name is none";
    EXPECT_EQ(least_words(call), "send");
}

TEST(StageWords, OfACallThatFailedTheErrorStays) {
    const ShortCall call = call_of("connect(3, 127.0.0.1:6666)", "= -1 ECONNREFUSED", true);
    EXPECT_EQ(call_words(call, 21, width_of), "connect ECONNREFUSED");
    EXPECT_EQ(call_words(call, 13, width_of), "ECONNREFUSED");
    EXPECT_EQ(call_words(call, 8, width_of), "connect");
}

TEST(StageWords, WhateverTheRoomACallKeepsToIt) {
    const ShortCall calls[] = {call_of("accept(3, …)"), call_of("send(4, \"Grüße, Zoë — ça va?\")", "= 28"), call_of("fork()", "= 4102"),
                               call_of("recv(5, …)", "= -1 ECONNRESET", true)};
    for (const ShortCall& call : calls) {
        std::size_t before = 0;
        for (float room = 0; room < 60; ++room) {
            const std::string words = call_words(call, room, width_of);
            EXPECT_LE(width_of(words), room) << words;
            EXPECT_GE(words.size(), before) << "more room, more words: " << words;
            before = words.size();
            for (std::size_t at = 0; at < words.size(); ++at) {  // no character of several bytes is cut in two
                const auto byte = static_cast<unsigned char>(words[at]);
                const bool begins = byte >= 0xc0;
                EXPECT_TRUE(!begins || at + (byte >= 0xe0 ? 2 : 1) < words.size()) << words;
            }
        }
        EXPECT_EQ(call_words(call, 60, width_of), call.text + (call.result.empty() ? "" : " " + call.result));
    }
}

TEST(StageWords, ARowLeavesOutItsNumberBeforeItsPeerAndKeepsToItsRoom) {
    RowWidths widths;
    widths.number = 60;
    widths.peer = 70;
    widths.descriptor = 65;
    widths.call_least = 50;
    widths.call_whole = 90;
    constexpr float gap = 8;
    const RowChoice wide = choose_row(widths, 400, gap);
    EXPECT_TRUE(wide.peer && wide.number && wide.descriptor);
    const RowChoice some = choose_row(widths, 250, gap);
    EXPECT_TRUE(some.peer && some.number && !some.descriptor);
    const RowChoice little = choose_row(widths, 140, gap);
    EXPECT_TRUE(little.peer && !little.number && !little.descriptor);
    const RowChoice least = choose_row(widths, 80, gap);
    EXPECT_FALSE(least.peer || least.number || least.descriptor);
    for (float room = 0; room < 500; room += 7) {
        const RowChoice row = choose_row(widths, room, gap);
        const float taken = (row.number ? 60 + gap : 0) + (row.peer ? 70 + gap : 0) + (row.descriptor ? 65 + gap : 0);
        EXPECT_LE(taken + (row.call > 0 ? gap + row.call : 0), std::max(room, 0.0f));
        EXPECT_TRUE(!row.peer || row.call >= 50) << "whom it serves is no use without what it does";
    }
}

TEST(StageWords, ARowWithoutACallHasRoomForTheRest) {
    RowWidths widths;
    widths.number = 40;
    EXPECT_TRUE(choose_row(widths, 48, 8).number);
    EXPECT_FALSE(choose_row(widths, 47, 8).number);
    EXPECT_EQ(choose_row(widths, 4, 8).call, 0) << "never less than nothing";
}

}  // namespace
}  // namespace synoptic
