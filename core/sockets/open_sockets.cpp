#include "core/sockets/open_sockets.h"

#include <unistd.h>

#include <bit>

namespace synoptic {

namespace {

class SpinLock {
   public:
    SpinLock(std::atomic_flag& flag, bool wanted) : flag_(flag), wanted_(wanted) {
        while (wanted_ && flag_.test_and_set(std::memory_order_acquire)) flag_.wait(true);
    }
    ~SpinLock() {
        if (!wanted_) return;
        flag_.clear(std::memory_order_release);
        flag_.notify_one();
    }
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

   private:
    std::atomic_flag& flag_;
    bool wanted_;
};

constexpr std::uint64_t bit_of(int fd) { return std::uint64_t{1} << (fd % 64); }

}  // namespace

void Sockets::OpenSockets::add(int fd) {
    if (fd < 0 || fd >= highest) return;
    words_[static_cast<std::size_t>(fd / 64)].fetch_or(bit_of(fd));
    int used = used_words_.load();
    while (used <= fd / 64 && !used_words_.compare_exchange_weak(used, fd / 64 + 1)) {
    }
}

int Sockets::OpenSockets::close(int fd) {
    const SpinLock lock(closing_, !own_process_);
    if (fd >= 0 && fd < highest) words_[static_cast<std::size_t>(fd / 64)].fetch_and(~bit_of(fd));
    return ::close(fd);
}

void Sockets::OpenSockets::shut_down_all() {
    const SpinLock lock(closing_, !own_process_);
    for (int word = 0; word < used_words_.load(); ++word) {
        for (std::uint64_t bits = words_[static_cast<std::size_t>(word)].load(); bits != 0; bits &= bits - 1) {
            ::shutdown(word * 64 + std::countr_zero(bits), SHUT_RDWR);
        }
    }
}

}  // namespace synoptic
