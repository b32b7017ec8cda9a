// What went wrong is said where it is seen: once, in words, and with a remedy where there is one.
#include "gui/messages.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

class MessagesTest : public testing::Test {
   protected:
    void command_failed(const Command& command, const std::string& outcome) {
        CommandRecord record;
        record.number = world.commands.size() + 1;
        record.kind = command.index();
        record.outcome = outcome;
        record.done = record.failed = true;
        world.commands.push_back(record);
    }
    void watch() { messages.watch(world, 0); }
    std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const Message& message : messages.all()) all.push_back(message.text);
        return all;
    }

    World world;
    Messages messages;
};

using Texts = std::vector<std::string>;

TEST_F(MessagesTest, ACommandThatFailedIsTroubleAndAStepThatNobodyMakesIsNoted) {
    command_failed(Say{}, "this client has ended: add another one");
    watch();
    watch();
    EXPECT_EQ(texts(), Texts{"this client has ended: add another one"});
    EXPECT_TRUE(messages.current_note().empty());
    command_failed(Step{}, "nobody waits for a step");
    watch();
    EXPECT_EQ(texts().size(), 1u);
    EXPECT_EQ(messages.current_note(), "nobody waits for a step");
}

}  // namespace
}  // namespace synoptic
