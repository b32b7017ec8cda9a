// What a line asks for, and every ERROR that a line can be answered with.
#include <gtest/gtest.h>

#include "core/programs/kv.h"

namespace synoptic {
namespace {

using Kind = KvRequest::Kind;

TEST(KvRequest, Requests) {
    const KvRequest put = parse_request("put 7 seven");
    EXPECT_EQ(put.kind, Kind::put);
    EXPECT_EQ(put.key, 7);
    EXPECT_EQ(put.value, "seven");
    EXPECT_EQ(parse_request("get -7").key, -7);
    EXPECT_EQ(parse_request("get 7  ").kind, Kind::get);
    EXPECT_EQ(parse_request("del 7\r").kind, Kind::del);
    EXPECT_EQ(parse_request("Bye").kind, Kind::bye);
    EXPECT_EQ(parse_request("Bye\r").kind, Kind::bye);
}

TEST(KvRequest, ValuesKeepTheirSpaces) {
    EXPECT_EQ(parse_request("put 7  two  words  ").value, " two  words  ");
    EXPECT_EQ(parse_request("put 7  ").value, " ");
    EXPECT_EQ(parse_request("put 7 tab\there\r").value, "tab\there");
    EXPECT_EQ(parse_request(std::string_view("put 7 \0\xff", 8)).value, std::string_view("\0\xff", 2));
}

TEST(KvRequest, KeysOf64Bits) {
    EXPECT_EQ(parse_request("get 9223372036854775807").key, INT64_MAX);
    EXPECT_EQ(parse_request("get -9223372036854775808").key, INT64_MIN);
    EXPECT_EQ(parse_request("get 007").key, 7);
}

TEST(KvRequest, Errors) {
    const std::pair<const char*, const char*> wrong[] = {
        {"put", "ERROR missing key"},
        {"put ", "ERROR missing key"},
        {"put  7 x", "ERROR missing key"},
        {"put seven x", "ERROR key is not an integer"},
        {"put 7x y", "ERROR key is not an integer"},
        {"put 7.0 y", "ERROR key is not an integer"},
        {"put +7 y", "ERROR key is not an integer"},
        {"put 9223372036854775808 y", "ERROR key is not an integer"},
        {"put 7", "ERROR missing value"},
        {"put 7 ", "ERROR missing value"},
        {"get", "ERROR missing key"},
        {"get  ", "ERROR missing key"},
        {"get x", "ERROR key is not an integer"},
        {"get 7 8", "ERROR key is not an integer"},
        {"del", "ERROR missing key"},
        {"del -", "ERROR key is not an integer"},
        {"", "ERROR unknown command: there are put, get, del and Bye"},
        {" get 7", "ERROR unknown command: there are put, get, del and Bye"},
        {"PUT 7 x", "ERROR unknown command: there are put, get, del and Bye"},
        {"bye", "ERROR unknown command: there are put, get, del and Bye"},
        {"Bye now", "ERROR unknown command: there are put, get, del and Bye"},
    };
    for (const auto& [line, error] : wrong) {
        const KvRequest request = parse_request(line);
        EXPECT_EQ(request.kind, Kind::wrong) << line;
        if (request.error) {
            EXPECT_STREQ(request.error, error) << line;
        }
    }
}

}  // namespace
}  // namespace synoptic
