#include "gui/panels/stage_queues.h"

#include <fmt/format.h>

#include <algorithm>

#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::int64_t most_slots = 12;

std::string queue_note(const World& world, const ServerCard& server, bool narrow) {
    const Socket* listener = find(world, server.listener);
    if (!listener || listener->backlog < 0) return {};
    std::string note =
        fmt::format(fmt::runtime(narrow ? "{} (+1)" : "backlog {} (+1)"), with_commas(static_cast<std::uint64_t>(server.capacity - 1)));
    // More than fit: connect has returned for them, too, but the kernel drops the handshake's last segment until there is room.
    if (static_cast<std::int64_t>(server.queued) > server.capacity) note = fmt::format("{} not accepted", server.queued);
    const bool differs = listener->kernel_queue >= 0 && static_cast<std::size_t>(listener->kernel_queue) != server.queued;
    if (differs) note += fmt::format(", kernel: {}", listener->kernel_queue);
    const std::size_t requests = server.shows_requests ? 0 : syn_requests(world, *listener).size();
    if (requests > 0) note = fmt::format("SYN queue {}, {}", requests, note);
    return note;
}

/** How many of those that wait are in the kernel's queue: no more than fit, and where that leaves it open, as many as it says. */
std::size_t really_queued(const World& world, const ServerCard& server) {
    const Socket* listener = find(world, server.listener);
    const auto capacity = static_cast<std::size_t>(std::max<std::int64_t>(server.capacity, 0));
    if (server.queued <= capacity || !listener) return server.queued;
    return listener->kernel_queue >= 0 ? std::min(static_cast<std::size_t>(listener->kernel_queue), capacity) : capacity;
}

/** Rectangles for at most `wanted` slots between a line's name and its note. */
std::vector<ui::Rect> slot_rects(const ui::Rect& line, std::int64_t wanted, std::size_t note_letters, float scale) {
    const auto px = [scale](float at_zoom_1) { return at_zoom_1 * scale; };
    const float before = px(line.w < px(narrow_queue) ? 64 : 108);
    const float least_w = px(19), most_w = px(66), gap = px(4);
    // The note is whole as long as the slots can be narrower; many slots leave it two fifths.
    const float slots_least = static_cast<float>(std::min(wanted, most_slots)) * (least_w + gap);
    const float most_after = std::max(line.w * 0.4f, line.w - before - slots_least);
    const float after = std::min(px(36 + 6.6f * static_cast<float>(note_letters)), most_after);
    const float room = line.w - before - after;
    const std::int64_t fit = std::max<std::int64_t>(1, static_cast<std::int64_t>((room + gap) / (least_w + gap)));
    const std::int64_t shown = std::min({std::max<std::int64_t>(wanted, 1), fit, most_slots});
    const float each = std::clamp((room + gap) / static_cast<float>(shown) - gap, px(8), most_w);
    std::vector<ui::Rect> rects;
    for (std::int64_t at = 0; at < shown; ++at)
        rects.push_back({line.x + before + static_cast<float>(at) * (each + gap), line.y + px(3), each, line.h - px(6)});
    return rects;
}

}  // namespace

void place_accept_queue(const World& world, ServerCard& server, float scale) {
    const std::vector<ConnectionId> queue = accept_queue(world, server.listener);
    server.queued = queue.size();
    for (const ConnectionId id : queue) {
        const Connection* connection = find(world, id);
        if (connection && connection->queued_known == Known::inferred) server.queued_known = Known::inferred;
    }
    server.queue_note = queue_note(world, server, server.queue.w < narrow_queue * scale);
    const std::size_t filled = really_queued(world, server);
    for (const ui::Rect& rect : slot_rects(server.queue, server.capacity, server.queue_note.size(), scale)) {
        QueueSlot slot;
        slot.rect = rect;
        if (server.slots.size() < filled) slot.connection = queue[server.slots.size()];
        server.slots.push_back(slot);
    }
    if (filled > server.slots.size() && server.queued == filled) server.queue_note = fmt::format("{} wait, {}", filled, server.queue_note);
}

void place_syn_queue(const World& world, ServerCard& server, float scale) {
    const Socket* listener = find(world, server.listener);
    if (!listener) return;
    const std::vector<TcpEndKey> requests = syn_requests(world, *listener);
    const std::int64_t room = syn_queue_room(*listener);
    server.turned_away = turned_away(world, *listener).size();
    server.syn_note = fmt::format("{} of {}", requests.size(), with_commas(static_cast<std::uint64_t>(std::max<std::int64_t>(room, 0))));
    if (server.turned_away > 0) server.syn_note += fmt::format(", {} turned away", server.turned_away);
    for (const ui::Rect& rect : slot_rects(server.syn_queue, room, server.syn_note.size(), scale)) {
        RequestSlot slot;
        slot.rect = rect;
        if (server.requests.size() < requests.size()) slot.end = requests[server.requests.size()];
        server.requests.push_back(slot);
    }
}

}  // namespace synoptic
