#include "core/store/log_format.h"

#include <gtest/gtest.h>

#include "core/store/pairs.h"

namespace synoptic {
namespace {

LogLine::Kind kind_of(std::string_view line) {
    return parse_log_line(line).kind;
}

TEST(LogFormat, WhatIsWrittenIsReadBack) {
    for (const std::int64_t key : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{7}, INT64_MAX}) {
        for (const std::string& value : {std::string("x"), std::string(" "), std::string("  two  words  "), std::string("del 7"),
                                         std::string("\0\xff\r.", 4), std::string(value_bytes_limit, 'v')}) {
            ASSERT_TRUE(is_value(value));
            const std::string text = put_line(key, value);
            ASSERT_EQ(text.back(), '\n');
            const LogLine line = parse_log_line(std::string_view(text).substr(0, text.size() - 1));
            EXPECT_EQ(line.kind, LogLine::Kind::put);
            EXPECT_TRUE(line.canonical);
            EXPECT_EQ(line.key, key);
            EXPECT_EQ(line.value, value);
        }
    }
    const LogLine del = parse_log_line("del -5");
    EXPECT_EQ(del.kind, LogLine::Kind::del);
    EXPECT_EQ(del.key, -5);
    EXPECT_EQ(del_line(-5), "del -5\n");
}

TEST(LogFormat, WhatIsNoValue) {
    EXPECT_FALSE(is_value(""));
    EXPECT_FALSE(is_value("two\nlines"));
    EXPECT_FALSE(is_value("ends in\r"));
    const std::string zeros(lost_sector_bytes, '\0');
    EXPECT_TRUE(is_value("some" + zeros.substr(1) + "zeros"));
    EXPECT_FALSE(is_value("more" + zeros + "zeros"));
    EXPECT_EQ(parse_log_line("7 lost" + zeros + "sector").kind, LogLine::Kind::damaged);
    EXPECT_FALSE(is_value(std::string(value_bytes_limit + 1, 'v')));
}

TEST(LogFormat, WhatAnEditorMayLeave) {
    EXPECT_EQ(kind_of(""), LogLine::Kind::blank);
    EXPECT_EQ(kind_of(" \t\r"), LogLine::Kind::blank);
    const LogLine returned = parse_log_line("007 seven\r");
    EXPECT_EQ(returned.kind, LogLine::Kind::put);
    EXPECT_EQ(returned.key, 7);
    EXPECT_EQ(returned.value, "seven");
    EXPECT_FALSE(returned.canonical);
    EXPECT_FALSE(parse_log_line("-0 x").canonical);
}

TEST(LogFormat, DamageIsSaid) {
    for (const char* line : {"seven 7", "7", "7 ", "7\tx", "del", "del x", "del 7 x", "del  7", "+7 x", "- x", "9223372036854775808 x",
                             "0x7 x", " 7 x", "7x y", "DEL 7"}) {
        const LogLine parsed = parse_log_line(line);
        EXPECT_EQ(parsed.kind, LogLine::Kind::damaged) << line;
        EXPECT_NE(parsed.damage, nullptr) << line;
    }
    EXPECT_EQ(kind_of("7 " + std::string(value_bytes_limit + 1, 'v')), LogLine::Kind::damaged);
}

TEST(LogFormat, HashTellsChangesOfOneBit) {
    const std::string line = "12345 some value of a pair";
    for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
        std::string changed = line;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
        EXPECT_NE(line_hash(changed), line_hash(line)) << bit;
    }
}

}  // namespace
}  // namespace synoptic
