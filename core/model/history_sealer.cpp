#include "core/model/history_sealer.h"

#include <sched.h>
#include <signal.h>

#include <system_error>

namespace synoptic {
namespace {

/** sched(7), SCHED_IDLE: below any nice value. */
void leave_the_processor_to_others() {
    const sched_param none{};
    sched_setscheduler(0, SCHED_IDLE, &none);  // where it is refused, it is packed all the same
}

}  // namespace

History::Sealer::~Sealer() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool History::Sealer::take(Chunk& chunk, EventIndex number) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting_ || !start()) return false;
    waiting_.push_back({&chunk, number});
    changed_.notify_one();
    return true;
}

/** Signals are for other threads. */
bool History::Sealer::start() {
    if (thread_.joinable()) return true;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error&) {  // the writer does it
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread_.joinable();
}

void History::Sealer::run() {
    leave_the_processor_to_others();
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) return;
        const Task task = waiting_.front();
        lock.unlock();
        seal_like_another(task);
        lock.lock();
        waiting_.pop_front();
    }
}

void History::Sealer::seal_like_another(const Task& task) {
    const EventIndex like = like_of(task.number);
    while (!kept_.empty() && kept_.back().first != like) kept_.pop_back();
    const std::shared_ptr<const std::string> encoded = task.chunk->encoded;
    if (kept_.empty())
        seal(*task.chunk, task.number, {}, task.number);
    else
        seal(*task.chunk, task.number, *kept_.back().second, like);
    kept_.emplace_back(task.number, encoded);
}

}  // namespace synoptic
