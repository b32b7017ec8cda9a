#include "core/session/run.h"

#include <algorithm>
#include <cstring>

namespace synoptic {

char* LineQueue::read_line(char* buffer, int size) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [this] { return ended_ || !lines_.empty(); });
    --waiting_;
    if (lines_.empty() || size < 2) return nullptr;
    std::string& line = lines_.front();
    const std::size_t room = static_cast<std::size_t>(size) - 1;
    const std::size_t first = std::min(line.find('\n'), line.size() - 1) + 1;  // up to and with the newline
    const std::size_t length = std::min(first, room);
    std::memcpy(buffer, line.data(), length);
    buffer[length] = 0;
    if (length < line.size()) line.erase(0, length);  // a long line comes in parts, and of several one after another, as fgets gives them
    else lines_.pop_front();
    return buffer;
}

void LineQueue::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

void LineQueue::push(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
}

bool LineQueue::hungry() const {
    const std::lock_guard lock(mutex_);
    return waiting_ > 0 && lines_.empty();
}

namespace {

void* run_body(void* given) {
    const std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(given));
    (*body)();
    return nullptr;
}

}  // namespace

Result<ProgramThread> ProgramThread::start(std::function<void()> body) {
    auto given = std::make_unique<std::function<void()>>(std::move(body));
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, program_stack_bytes);
    ProgramThread thread;
    const int error = pthread_create(&thread.thread_, &small, run_body, given.get());
    pthread_attr_destroy(&small);
    if (error != 0) return Error{"pthread_create", error, "no more threads can be started"};
    static_cast<void>(given.release());  // the thread's own from now on
    return thread;
}

void ProgramThread::join() { pthread_join(thread_, nullptr); }

}  // namespace synoptic
