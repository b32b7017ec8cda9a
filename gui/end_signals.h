// EndSignals: SIGTERM, SIGHUP and SIGINT ask the window to end in order, as its user does by closing it, but without a question: who sends them waits.
// A second one ends the app at once.
#pragma once

#include <functional>
#include <thread>

namespace synoptic {

class EndSignals {
   public:
    /** `wake` is called by a thread of this object's when one has come. At most one object at a time: handlers are the process's. */
    explicit EndSignals(std::function<void()> wake);
    /** The signals do again what they did before. */
    ~EndSignals();
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;

    /** The signal that has come; 0: none. */
    int come() const;

   private:
    int pipe_[2] = {-1, -1};  // a handler may write, but wake no window
    std::thread waker_;
};

}  // namespace synoptic
