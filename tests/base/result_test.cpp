#include "core/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace synoptic {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return Error{"half", EINVAL, "the number is odd"};
    return number / 2;
}

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> fine = half(4);
    ASSERT_TRUE(fine);
    EXPECT_EQ(*fine, 2);
    const Result<int> wrong = half(3);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().err, EINVAL);
    EXPECT_EQ(wrong.error().text(), "half: Invalid argument (the number is odd)");
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
    ASSERT_TRUE(result);
    const std::unique_ptr<int> taken = std::move(*result);
    EXPECT_EQ(*taken, 7);
}

TEST(Error, ReadsAsOneSentence) {
    EXPECT_EQ((Error{"bind", EADDRINUSE, {}}.text()), "bind: Address already in use");
    EXPECT_EQ((Error{"bind", EADDRINUSE, "port 6666 on 127.0.0.1"}.text()), "bind: Address already in use (port 6666 on 127.0.0.1)");
    EXPECT_EQ((Error{"", 0, "no such program"}.text()), "no such program");
    EXPECT_EQ((Error{"fork", 0, {}}.text()), "fork failed");
    EXPECT_EQ(Error{}.text(), "unknown error");
    errno = EMFILE;
    EXPECT_EQ(errno_error("accept").err, EMFILE);
}

}  // namespace
}  // namespace synoptic
