// main() of every test program. A session starts its helper as this very program, so that being the helper comes first.
#include <gtest/gtest.h>

#include "core/session/session.h"

int main(int argc, char** argv) {
    const int helper_status = synoptic::run_as_helper(argc, argv);
    if (helper_status >= 0) return helper_status;
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
