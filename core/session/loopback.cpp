// Segments on this machine's own loopback: captured where the user may.
#include "core/session/implementation.h"

namespace synoptic {

/** What a server on loopback listens to is captured from now on, also after it has closed: its connections may go on. */
void Session::Implementation::watch_new_servers() {
    const World& world = history.latest();
    const std::lock_guard lock(loopback_mutex);
    bool is_new = false;
    for (const SocketId id : world.listening) {
        const Socket* listener = find(world, id);
        if (!listener || listener->host != TcpHost::here || listener->local.port() == 0) continue;
        is_new = loopback_ports.insert(listener->local.port()).second || is_new;
    }
    if (is_new && loopback) loopback->watch(loopback_ports);
}

void Session::Implementation::end_loopback_capture() {
    std::unique_ptr<LoopbackCapture> ended;
    {
        const std::lock_guard lock(loopback_mutex);
        ended = std::move(loopback);
    }
    ended.reset();  // joins its thread, which may still tell the feed
    loopback_feed.reset();
}

Result<std::string> Session::Implementation::execute(const CaptureLoopback& command) {
    end_loopback_capture();
    if (!command.on) {
        post(EventKind::capture_state, {.b = 0});
        return std::string("loopback's segments are not captured any more");
    }
    loopback_feed = std::make_unique<WireFeed>(*collector, Network::loopback);
    Result<std::unique_ptr<LoopbackCapture>> started = LoopbackCapture::start(
        {.sink = loopback_feed.get(), .next_id = &next_segment, .lost = [this](std::uint64_t lost) {
             collector->post({.kind = EventKind::capture_state, .args = {.b = 1, .value = static_cast<std::int64_t>(lost)}, .payload = {}, .actor = ActorId::none});
         }});
    if (!started) {
        loopback_feed.reset();
        post(EventKind::capture_state, {.b = 0}, started.error().text());
        return started.error();
    }
    {
        const std::lock_guard lock(loopback_mutex);
        loopback = std::move(*started);
        loopback->watch(loopback_ports);
    }
    post(EventKind::capture_state, {.b = 1});
    return std::string("loopback's segments are captured");
}

}  // namespace synoptic
