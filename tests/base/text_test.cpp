#include "core/base/text.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/printable.h"

namespace synoptic {
namespace {

using namespace std::string_literals;

TEST(Text, EscapesAsCDoes) {
    EXPECT_EQ(escaped("hi\n"), "hi\\n");
    EXPECT_EQ(escaped("a\tb\r\n\0\\\""s), "a\\tb\\r\\n\\0\\\\\\\"");
    EXPECT_EQ(escaped("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
}

TEST(Text, KeepsValidUtf8AndEscapesTheRest) {
    EXPECT_EQ(escaped("Grüße 🎈"), "Grüße 🎈");
    EXPECT_EQ(escaped("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(escaped("\xc3"), "\\xc3");                    // cut in two
    EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // an overlong slash
    EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
    EXPECT_EQ(escaped("\xc2\x9b"), "\\xc2\\x9b");           // a C1 control: some terminals obey it
    EXPECT_EQ(escaped("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // right-to-left override
}

TEST(Text, ATerminalObeysNothingThatIsPrintable) {
    EXPECT_EQ(printable("“Grüße”\t\\n \"🎈\"\n"), "“Grüße”\t\\n \"🎈\"\n");
    EXPECT_EQ(printable("\x1b]0;title\a\x1b[2J\r\0"s), "\\x1b]0;title\\x07\\x1b[2J\\r\\0");
    EXPECT_EQ(printable("\xc2\x9b\xff\x7f"), "\\xc2\\x9b\\xff\\x7f");
    EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
    EXPECT_EQ(printable("👩\xe2\x80\x8d🏫"), "👩\xe2\x80\x8d🏫") << "one picture, joined of two";
}

TEST(Text, UnescapesWhatPeopleType) {
    EXPECT_EQ(unescaped("hi\\n"), "hi\n");
    EXPECT_EQ(unescaped("\\x41\\0\\\\"), "A\0\\"s);
    EXPECT_EQ(unescaped("C:\\dir \\xg1 \\x4"), "C:\\dir \\xg1 \\x4");
    EXPECT_EQ(unescaped("ends in \\"), "ends in \\");
}

TEST(Text, AnyBytesComeBack) {
    std::mt19937 random(20);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() : "\\x0n\"e"[random() % 6]);
        EXPECT_EQ(unescaped(escaped(bytes)), bytes);
    }
}

TEST(Text, QuotesAndCuts) {
    EXPECT_EQ(in_quotes(""), "\"\"");
    EXPECT_EQ(in_quotes("hi\n"), "\"hi\\n\"");
    EXPECT_EQ(in_quotes("abcdef", 4), "\"abcd\"…");
    EXPECT_EQ(in_quotes("abcd", 4), "\"abcd\"");
    EXPECT_EQ(in_quotes("abü", 3), "\"ab\"…") << "no half characters";
    EXPECT_EQ(in_quotes("ab\xff\xff", 3), "\"ab\\xff\"…");
    EXPECT_EQ(in_quotes("üü", 2), "\"ü\"…");
}

TEST(Text, TellsDurations) {
    EXPECT_EQ(duration(0), "0 ns");
    EXPECT_EQ(duration(850), "850 ns");
    EXPECT_EQ(duration(12'345), "12.3 µs");
    EXPECT_EQ(duration(999'960), "1.0 ms");
    EXPECT_EQ(duration(4'500'000), "4.5 ms");
    EXPECT_EQ(duration(2'100'000'000), "2.1 s");
    EXPECT_EQ(duration(3'600'000'000'000), "3600.0 s");
}

TEST(Text, CountsBytes) {
    EXPECT_EQ(byte_count(0), "0 bytes");
    EXPECT_EQ(byte_count(1), "1 byte");
    EXPECT_EQ(byte_count(999), "999 bytes");
    EXPECT_EQ(byte_count(1234), "1,234 bytes");
    EXPECT_EQ(byte_count(1'234'567), "1,234,567 bytes");
}

}  // namespace
}  // namespace synoptic
