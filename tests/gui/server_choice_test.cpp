// The next server: what was chosen becomes a Command, and what can't be is said in words.
#include "gui/server_choice.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tests/gui/small_world.h"

namespace synoptic {
namespace {

/** Somebody has tried, and there is no lab here. */
LabState no_wire() {
    LabState lab;
    lab.asked = true;
    return lab;
}

StartServer on_loopback() {
    StartServer start;
    start.address = "127.0.0.1";
    return start;
}

TEST(ServerChoice, TheWireIsTheUsualNetworkWhereItCanBeHad) {
    LabState lab;
    EXPECT_EQ(chosen_server(ServerChoice{}, lab).command.network, Network::wire) << "nobody has tried yet";
    lab.asked = lab.lives = true;
    const ChosenServer chosen = chosen_server(ServerChoice{}, lab);
    EXPECT_EQ(chosen.command.network, Network::wire);
    EXPECT_EQ(chosen.command.address, "") << "all addresses of the server host: nobody else can reach it";
    ServerChoice choice;
    choice.wire_ipv6 = true;
    EXPECT_EQ(chosen_server(choice, lab).command.address, "fd77::2");
    choice.network = Network::loopback;
    EXPECT_EQ(chosen_server(choice, lab).command.network, Network::loopback);
    EXPECT_EQ(chosen_server(ServerChoice{}, no_wire()).command.network, Network::loopback);
}

TEST(ServerChoice, AWireThatHasEndedIsNotReplacedByLoopbackUnasked) {
    LabState lab;
    lab.asked = lab.had = true;
    EXPECT_TRUE(wire_is_offered(lab)) << "the choice stays";
    const ChosenServer chosen = chosen_server(ServerChoice{}, lab);
    EXPECT_TRUE(chosen.needs_wire);
    EXPECT_EQ(chosen.trouble, "The wire has ended: restart it, or choose Loopback.");
    ServerChoice loopback;
    loopback.network = Network::loopback;
    EXPECT_EQ(chosen_server(loopback, lab).trouble, "");
    EXPECT_FALSE(chosen_server(loopback, lab).needs_wire);
    World world;
    world.lab = lab;
    EXPECT_FALSE(has_wire(world));
    world.segments[WireId{1}].state = WireSegment::State::held;
    EXPECT_TRUE(has_wire(world)) << "what waits there can still be moved";
}

TEST(ServerChoice, TheUsualOneForksOnLoopback) {
    const ChosenServer chosen = chosen_server(ServerChoice{}, no_wire());
    EXPECT_EQ(chosen.trouble, "");
    EXPECT_EQ(chosen.command.program, "echo_fork");
    EXPECT_EQ(chosen.command.place, Place::own_process) << "what forks has a process of its own";
    EXPECT_EQ(chosen.command.address, "127.0.0.1");
    EXPECT_EQ(chosen.command.port, "6666");
    EXPECT_EQ(chosen.command.backlog, -1);
}

TEST(ServerChoice, FieldsAreChecked) {
    const auto trouble = [](const std::string& port, const std::string& backlog) {
        ServerChoice choice;
        choice.port = port;
        choice.backlog = backlog;
        return chosen_server(choice, no_wire()).trouble;
    };
    for (const char* port : {"", "0", "80", "65535"}) EXPECT_EQ(trouble(port, ""), "") << port;
    for (const char* port : {"-1", "65536", "echo", "66 66", "99999999999999999999"}) EXPECT_NE(trouble(port, ""), "") << port;
    for (const char* backlog : {"0", "3", "2147483647"}) EXPECT_EQ(trouble("", backlog), "") << backlog;
    for (const char* backlog : {"-1", "2147483648", "many"}) EXPECT_NE(trouble("", backlog), "") << backlog;
    ServerChoice zeros;
    zeros.port = "000080";
    EXPECT_EQ(chosen_server(zeros, no_wire()).command.port, "80");
    ServerChoice typed;
    typed.listen = Listen::typed;
    EXPECT_NE(chosen_server(typed, no_wire()).trouble, "");
    typed.typed_address = "127.0.0.2";
    EXPECT_EQ(chosen_server(typed, no_wire()).command.address, "127.0.0.2");
}

TEST(ServerChoice, EveryVariantCanBeChosen) {
    for (const std::string& protocol : server_protocols()) {
        for (Workers workers : {Workers::iterative, Workers::fork, Workers::thread}) {
            const std::vector<const ProgramInfo*> variants = variants_of(protocol, workers);
            ASSERT_FALSE(variants.empty()) << protocol;
            EXPECT_STREQ(variants.front()->variant, "") << "the corrected program comes first";
            for (const ProgramInfo* variant : variants) {
                ServerChoice choice;
                choice.protocol = protocol;
                choice.workers = workers;
                choice.variant = variant->variant;
                EXPECT_EQ(chosen_server(choice, no_wire()).command.program, variant->name);
            }
        }
    }
}

TEST(ServerChoice, TheMessageServerHasAPortOfItsOwn) {
    const std::vector<std::string> protocols = server_protocols();
    ASSERT_GE(protocols.size(), 2u);
    EXPECT_EQ(protocols[0], "echo");
    EXPECT_EQ(protocols[1], "message");
    EXPECT_EQ(protocol_titles()[1], "Messages");
    ASSERT_EQ(protocols.size(), 3u);
    EXPECT_EQ(protocols[2], "kv");
    EXPECT_EQ(protocol_titles()[2], "Key-value");
    EXPECT_NE(protocol_summary("kv"), "kv");
    ServerChoice choice;
    choice.variant = "no-wait";
    choose_protocol(choice, 1);
    EXPECT_EQ(protocol_index(choice), 1);
    EXPECT_EQ(choice.variant, "") << "the other's variants are not this one's";
    EXPECT_EQ(chosen_server(choice, no_wire()).command.program, "message_fork");
    EXPECT_EQ(chosen_server(choice, no_wire()).command.port, "9999");
    choice.workers = Workers::thread;
    choice.variant = "spin";
    EXPECT_EQ(chosen_server(choice, no_wire()).command.place, Place::own_process) << "it could harm the app";
    choice.protocol = "none";
    EXPECT_EQ(protocol_index(choice), 0);
    EXPECT_NE(chosen_server(choice, no_wire()).trouble, "");
}

TEST(ServerChoice, ClientsSpeakTheServersProtocol) {
    const auto client = [](const char* name) {
        Program server;
        server.name = name;
        return clients_for(World{}, server, 1).program;
    };
    EXPECT_EQ(client("echo_fork_no_exit"), "echo_client");
    EXPECT_EQ(client("message_thread"), "message_client");
    EXPECT_EQ(client("message_thread_short_reads"), "message_client");
    EXPECT_EQ(client("message_thread_two_sends"), "message_client_two_sends");
    Program messages, echo;
    messages.name = "message_thread";
    echo.name = "echo_thread";
    EXPECT_EQ(client_programs_for(messages).size(), 3u) << "the plain one, two sends, and those with TCP_NODELAY";
    EXPECT_STREQ(client_programs_for(messages).front()->name, "message_client");
    EXPECT_TRUE(is_client_for(messages, "message_client_nodelay"));
    EXPECT_FALSE(is_client_for(echo, "message_client_nodelay"));
    EXPECT_FALSE(is_client_for(messages, "")) << "none was chosen";
    EXPECT_STREQ(client_programs_for(echo).front()->name, "echo_client");
}

TEST(ServerChoice, AServerWhoseListenerIsClosedCanNotBeJoinedAnyMore) {
    test::SmallWorld small;
    const ProgramId server = small.add_server(test::Model::fork, 6666);
    Program& program = small.world.programs[server];
    EXPECT_TRUE(may_be_joined(small.world, program));
    small.world.sockets[program.listener].state = Socket::State::closed;  // its first process was killed; a child lives on
    EXPECT_FALSE(may_be_joined(small.world, program));
    program.listener = SocketId::none;
    EXPECT_TRUE(may_be_joined(small.world, program)) << "it does not listen yet";
    program.actors.clear();
    EXPECT_FALSE(may_be_joined(small.world, program)) << "nobody is there who could";
    program.state = Program::State::starting;
    EXPECT_TRUE(may_be_joined(small.world, program));
    const ProgramId client = small.add_client(server);
    EXPECT_EQ(server_joined_by(small.world, small.world.programs[client]), ProgramId::none);
}

TEST(ServerChoice, APortThatIsTakenIsPassedOver) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(fd, 1), 0);
    socklen_t length = sizeof address;
    ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
    const int taken = ntohs(address.sin_port);
    EXPECT_NE(free_port(on_loopback(), taken, World{}), std::to_string(taken));
    close(fd);
    EXPECT_EQ(free_port(on_loopback(), taken, World{}), std::to_string(taken));
}

}  // namespace
}  // namespace synoptic
