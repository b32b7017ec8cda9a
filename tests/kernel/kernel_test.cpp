// What /proc and sock_diag say, against what this test brought about.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "core/kernel/proc.h"
#include "core/kernel/sock_diag.h"

namespace synoptic {
namespace {

TEST(Proc, TellsWhoRunsWhoSleepsAndWhoIsAZombie) {
    EXPECT_EQ(thread_state(getpid(), static_cast<pid_t>(syscall(SYS_gettid))), 'R');
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        char byte;
        _exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
    }
    while (process_state(child) != 'S') std::this_thread::yield();
    EXPECT_EQ(thread_state(child, child), 'S');
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    while (process_state(child) != 'Z') std::this_thread::yield();
    const int told = status_of_zombie(child);
    int status;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(told, status);
    EXPECT_EQ(process_state(child), 0) << "nobody has this pid now";
    close(ends[0]);
    close(ends[1]);
}

TEST(Proc, TellsWhatAZombieDiedOf) {
    for (const int signal : {SIGKILL, SIGPIPE, 0}) {
        const pid_t child = fork();
        if (child == 0) {
            if (signal != 0) raise(signal);
            _exit(7);
        }
        EXPECT_EQ(status_of_zombie(getpid()), -1) << "who runs is none";
        while (process_state(child) != 'Z') std::this_thread::yield();
        const int told = status_of_zombie(child);
        int status = 0;
        EXPECT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(told, status);
        EXPECT_EQ(signal != 0 ? WTERMSIG(told) : WEXITSTATUS(told), signal != 0 ? signal : 7);
    }
    EXPECT_EQ(status_of_zombie(1 << 30), -1) << "there is none";
}

TEST(Proc, CountsDescriptors) {
    const int before = open_descriptor_count();
    const int fd = dup(0);
    EXPECT_EQ(open_descriptor_count(), before + 1);
    close(fd);
    EXPECT_EQ(open_descriptor_count(), before);
}

class ListenQueues : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Families, ListenQueues, testing::Values(AF_INET, AF_INET6));

TEST_P(ListenQueues, CountConnectionsThatWaitForAccept) {
    const int listenfd = socket(GetParam(), SOCK_STREAM, 0);
    sockaddr_storage storage{};
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    storage.ss_family = static_cast<sa_family_t>(GetParam());
    socklen_t length = GetParam() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (GetParam() == AF_INET) reinterpret_cast<sockaddr_in*>(&storage)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr = in6addr_loopback;
    if (bind(listenfd, address, length) < 0) GTEST_SKIP() << "this host has no such loopback";
    ASSERT_EQ(listen(listenfd, 3), 0);
    ASSERT_EQ(getsockname(listenfd, address, &length), 0);
    std::uint64_t cookie = 0;
    socklen_t cookie_length = sizeof cookie;
    ASSERT_EQ(getsockopt(listenfd, SOL_SOCKET, SO_COOKIE, &cookie, &cookie_length), 0);

    SockDiag diag;
    const auto waiting = [&]() -> int {
        const auto queues = diag.listeners();
        EXPECT_TRUE(queues) << queues.error().text();
        const auto found = std::find_if(queues->begin(), queues->end(), [&](const TcpSocket& listener) { return listener.cookie == cookie; });
        if (found == queues->end()) return -1;
        EXPECT_EQ(found->backlog, 3u);
        return static_cast<int>(found->accept_queue);
    };
    EXPECT_EQ(waiting(), 0);
    std::vector<int> clients;
    for (int i = 1; i <= 2; ++i) {
        clients.push_back(socket(GetParam(), SOCK_STREAM, 0));
        ASSERT_EQ(connect(clients.back(), address, length), 0);
        // connect returns when the SYN+ACK has come; its ACK reaches the listener on loopback before that, on the same processor.
        EXPECT_EQ(waiting(), i);
    }
    const int connfd = accept(listenfd, nullptr, nullptr);
    EXPECT_EQ(waiting(), 1);
    close(connfd);
    for (const int client : clients) close(client);
    close(listenfd);
    EXPECT_EQ(waiting(), -1) << "closed";
}

}  // namespace
}  // namespace synoptic
