// A lab for tests, or the reason why this machine allows none; and what tests do with sockets in it.
//
// SYNOPTIC_TUN names another TUN device than /dev/net/tun, for a user who may not open that.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/wire/lab.h"

namespace synoptic {

inline constexpr int patience_ms = 8'000;  // far more than is needed: a limit, not a measure

/** A descriptor that closes itself. */
class OwnFd {
   public:
    OwnFd() = default;
    explicit OwnFd(int fd) : fd_(fd) {}
    OwnFd(OwnFd&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
    OwnFd& operator=(OwnFd&& from) noexcept {
        std::swap(fd_, from.fd_);
        return *this;
    }
    ~OwnFd() { close(); }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    operator int() const { return fd_; }

   private:
    int fd_ = -1;
};

inline std::string helper_beside_this_program() {
    return std::filesystem::read_symlink("/proc/self/exe").replace_filename("synoptic-helper");
}

inline LabSetup lab_setup(int lifeline_read_end) {
    LabSetup setup{.helper_path = helper_beside_this_program(), .lifeline_read_end = lifeline_read_end};
    if (const char* tun = std::getenv("SYNOPTIC_TUN")) setup.tun_path = tun;
    return setup;
}

/** Asks again and again until it holds; false after patience_ms. For what only asking can tell. */
inline bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/** True once the descriptor has one of these events. */
inline bool becomes(int fd, short events, int timeout_ms = patience_ms) {
    pollfd waiting{fd, events, 0};
    return poll(&waiting, 1, timeout_ms) == 1;
}

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/** The address of a host on the wire. */
inline SocketAddress address_on_wire(Host host, int family, std::uint16_t port) {
    SocketAddress address;
    address.storage.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
        auto* in = reinterpret_cast<sockaddr_in*>(&address.storage);
        in->sin_port = htons(port);
        inet_pton(AF_INET, addresses_of(host).ipv4, &in->sin_addr);
        address.length = sizeof *in;
    } else {
        auto* in6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
        in6->sin6_port = htons(port);
        inet_pton(AF_INET6, addresses_of(host).ipv6, &in6->sin6_addr);
        address.length = sizeof *in6;
    }
    return address;
}

class LabTest : public testing::Test {
   protected:
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
        lifeline_read_end = OwnFd(ends[0]);
        lifeline_write_end = OwnFd(ends[1]);
        Result<std::unique_ptr<Lab>> started = Lab::start(lab_setup(lifeline_read_end));
        if (!started) GTEST_SKIP() << started.error().text();
        lab = std::move(*started);
    }

    /** A socket in a host. */
    OwnFd open(Host host, int type = SOCK_STREAM, int family = AF_INET, int protocol = 0) {
        const Result<int> opened = lab->open_socket(host, family, type, protocol);
        EXPECT_TRUE(opened) << opened.error().text();
        return OwnFd(opened ? *opened : -1);
    }

    OwnFd lifeline_read_end, lifeline_write_end;
    std::unique_ptr<Lab> lab;
};

}  // namespace synoptic
