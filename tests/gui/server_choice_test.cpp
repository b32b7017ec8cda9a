// The next server: what was chosen becomes a Command, and what can't be is said in words.
#include "gui/server_choice.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace synoptic {
namespace {

TEST(ServerChoice, TheUsualOneForksOnLoopback) {
    const ChosenServer chosen = chosen_server(ServerChoice{});
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
        return chosen_server(choice).trouble;
    };
    for (const char* port : {"", "0", "80", "65535"}) EXPECT_EQ(trouble(port, ""), "") << port;
    for (const char* port : {"-1", "65536", "echo", "66 66", "99999999999999999999"}) EXPECT_NE(trouble(port, ""), "") << port;
    for (const char* backlog : {"0", "3", "2147483647"}) EXPECT_EQ(trouble("", backlog), "") << backlog;
    for (const char* backlog : {"-1", "2147483648", "many"}) EXPECT_NE(trouble("", backlog), "") << backlog;
    ServerChoice zeros;
    zeros.port = "000080";
    EXPECT_EQ(chosen_server(zeros).command.port, "80");
    ServerChoice typed;
    typed.listen = Listen::typed;
    EXPECT_NE(chosen_server(typed).trouble, "");
    typed.typed_address = "127.0.0.2";
    EXPECT_EQ(chosen_server(typed).command.address, "127.0.0.2");
}

TEST(ServerChoice, EveryVariantCanBeChosen) {
    for (Workers workers : {Workers::iterative, Workers::fork, Workers::thread}) {
        const std::vector<const ProgramInfo*> variants = variants_of(workers);
        ASSERT_FALSE(variants.empty());
        EXPECT_STREQ(variants.front()->variant, "") << "the corrected program comes first";
        for (const ProgramInfo* variant : variants) {
            ServerChoice choice;
            choice.workers = workers;
            choice.variant = variant->variant;
            EXPECT_EQ(chosen_server(choice).command.program, variant->name);
        }
    }
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
    EXPECT_NE(free_port("127.0.0.1", taken, World{}), std::to_string(taken));
    close(fd);
    EXPECT_EQ(free_port("127.0.0.1", taken, World{}), std::to_string(taken));
}

}  // namespace
}  // namespace synoptic
