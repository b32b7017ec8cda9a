// Which descriptors are a program's own sockets, so that stop() can shut them down. Private to core/sockets.
//
// Thread safety: any thread. In a process of its own, shut_down_all() may run in a signal handler: it takes no lock there, for a number that is
// reused meanwhile is the same program's. Inside the app a number may become another program's: there a lock stands between closing and stopping.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/sockets/sockets.h"

namespace synoptic {

class Sockets::OpenSockets {
   public:
    explicit OpenSockets(bool own_process) : own_process_(own_process) {}

    void add(int fd);
    /** Forgets the descriptor and closes it; the result is close(2)'s. */
    int close(int fd);
    void shut_down_all();

   private:
    static constexpr int highest = 65536;  // descriptors above are not stopped
    bool own_process_;
    std::atomic_flag closing_;
    std::atomic<int> used_words_{0};
    std::array<std::atomic<std::uint64_t>, highest / 64> words_{};
};

}  // namespace synoptic
