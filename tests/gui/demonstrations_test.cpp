// Demonstrations speak of the clients that are on the stage, and clear it for each other.
#include "gui/demonstrations.h"

#include <gtest/gtest.h>

#include "tests/gui/small_world.h"

namespace synoptic {
namespace {

using test::Model;
using test::SmallWorld;

TEST(Demonstrations, TheTextNamesTheClientsOfItsOwnCast) {
    SmallWorld small;
    const ProgramId before = small.add_server(Model::fork, 6666);
    for (int at = 0; at < 3; ++at) small.add_client(before);
    const ProgramId last = small.world.programs.rbegin()->first;
    const ProgramId server = small.add_server(Model::iterative, 6667);
    const Cast nobody(small.world, last);
    EXPECT_EQ(with_labels("{Client 2} waits for {client 1}.", nobody), "Client 2 waits for client 1.") << "nobody is there yet";
    small.add_client(server);
    small.add_client(server);
    const Cast cast(small.world, last);
    EXPECT_EQ(with_labels("{Client 2} waits for {client 1}.", cast), "Client 5 waits for client 4.");
    EXPECT_EQ(with_labels("no names", cast), "no names");
    for (const Demonstration& one : demonstrations()) {
        const std::string text = with_labels(one.look_at, cast);
        EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
        EXPECT_EQ(text.find("lient 1"), std::string::npos) << text;
    }
}

TEST(Demonstrations, TheNextOneStopsTheServersOfTheLastAndClosesTheirClients) {
    SmallWorld small;
    const ProgramId own = small.add_server(Model::fork, 7000), own_client = small.add_client(own);
    DemonstrationRunner runner;
    std::vector<Command> out;
    runner.start(demonstrations().front(), small.world, out);
    EXPECT_TRUE(out.empty()) << "what the user started stays";
    const ProgramId server = small.add_server(Model::iterative, 6666), client = small.add_client(server);
    runner.advance(small.world, out);
    small.world.programs[server].state = Program::State::ended;
    runner.advance(small.world, out);
    EXPECT_EQ(runner.running(), nullptr);
    out.clear();
    runner.start(demonstrations().back(), small.world, out);
    ASSERT_EQ(out.size(), 1u) << "its server has ended; its client waits for a line to send";
    EXPECT_EQ(std::get<CloseClient>(out[0]).client, client);
    EXPECT_NE(client, own_client);
}

}  // namespace
}  // namespace synoptic
