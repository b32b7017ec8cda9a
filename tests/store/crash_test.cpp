// No acknowledged change is lost, whenever the servers are killed, and whenever the power fails: a few rounds of what `synoptic_crash` does a thousand times (tests/crash/main.cpp).
#include "crash_rounds.h"

#include "store_fixture.h"

namespace synoptic {
namespace {

TEST_F(StoreTest, KilledAtAnyMomentNothingAcknowledgedIsLost) {
    CrashRounds rounds(folder, false, 1);
    for (int round = 0; round < 50; ++round) ASSERT_EQ(rounds.round(), "") << "round " << round;
    EXPECT_GT(rounds.acknowledged(), 100u);
}

TEST_F(StoreTest, PowerCutAtAnyMomentNothingAcknowledgedIsLost) {
    CrashRounds rounds(folder, true, 2);
    for (int round = 0; round < 50; ++round) ASSERT_EQ(rounds.round(), "") << "round " << round;
    EXPECT_GT(rounds.acknowledged(), 100u);
}

}  // namespace
}  // namespace synoptic
