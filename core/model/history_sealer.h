// Packs full chunks and writes their keyframes, on a thread of its own. For the History's own files only.
//
//   append ── 2048th event ──▶ encode(World) ──▶ waiting_ ──▶ Sealer: keyframe, pack ──▶ chunk
//
// The thread has the processor only while nobody else wants it: a server that is watched does not wait for its past to be packed. Until then a chunk is read as it came.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/model/history_chunk.h"

namespace synoptic {

class History::Sealer {
   public:
    explicit Sealer(std::size_t most_waiting) : most_waiting_(most_waiting) {}
    ~Sealer();
    Sealer(const Sealer&) = delete;
    Sealer& operator=(const Sealer&) = delete;

    /** Will seal `chunk`, which has `encoded` and stays where it is. False if too many wait already, or no thread can be had. */
    bool take(Chunk& chunk, EventIndex number);

   private:
    struct Task {
        Chunk* chunk = nullptr;
        EventIndex number = 0;
    };
    bool start();
    void run();
    void seal_like_another(const Task& task);

    const std::size_t most_waiting_;
    std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    std::deque<Task> waiting_;
    bool ending_ = false;
    std::thread thread_;
    std::vector<std::pair<EventIndex, std::shared_ptr<const std::string>>>
        kept_;  // keyframes that later ones will be like, by chunk; the thread's
};

}  // namespace synoptic
