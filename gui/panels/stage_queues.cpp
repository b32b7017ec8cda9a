#include "gui/panels/stage_queues.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr std::int64_t most_slots = 12;

constexpr float slot_gap = 4, least_slot_w = 15, most_slot_w = 66;
constexpr float behind_slots = 10;               // between them and the note
constexpr float narrow_line = 294;               // narrower lines have short names
constexpr float name_w = 92, short_name_w = 44;  // the same for both queues, so that their slots stand below each other

/** What is said beside a queue's slots, the longest wording first; `wanted`: slots that the kernel's queue has. */
struct LineWords {
    std::vector<std::string> notes;
    std::int64_t wanted = 0;
    bool slots_say_it = false;  // if they are all shown, no note has to
};
struct Line {
    std::string note;
    std::vector<ui::Rect> slots;
};

bool is_narrow(const ServerCard& server, float scale) {
    return server.right - server.left < narrow_line * scale;
}

/** Finds the longest note that leaves room for all slots, else for some, else for one. All sizes at zoom 1. */
class LineFitter {
   public:
    LineFitter(const LineWords& words, float room) : words_(words), room_(room) {
        wanted_ = std::clamp<std::int64_t>(words.wanted, 1, most_slots);
        for (const std::int64_t least : {wanted_, std::min<std::int64_t>(wanted_, 4), std::int64_t{1}, std::int64_t{0}}) {
            if (choose(least)) return;
        }
        note_ = words.notes.back();
    }
    const std::string& note() const { return note_; }
    std::int64_t slots() const { return std::min(wanted_, fitting_slots()); }
    float slot_w() const { return std::min(left() / static_cast<float>(std::max<std::int64_t>(slots(), 1)) - slot_gap, most_slot_w); }

   private:
    bool choose(std::int64_t least_slots) {
        for (const std::string& note : words_.notes) {
            note_ = note;
            if (left() >= slot_gap && fitting_slots() >= least_slots) return true;
        }
        note_.clear();
        return words_.slots_say_it && words_.wanted <= least_slots && fitting_slots() >= least_slots;
    }
    /** For the slots, with a gap behind each. */
    float left() const {
        const float after = note_.empty() ? 0 : small_text_w(note_) + behind_slots;
        return room_ - after + slot_gap;
    }
    std::int64_t fitting_slots() const {
        return std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(left() / (least_slot_w + slot_gap))), 0);
    }

    const LineWords& words_;
    const float room_;
    std::int64_t wanted_ = 0;
    std::string note_;
};

Line place_line(const ui::Rect& line, const ServerCard& server, const LineWords& words, float scale) {
    const auto px = [scale](float at_zoom_1) { return at_zoom_1 * scale; };
    const float first = server.left + px(is_narrow(server, scale) ? short_name_w : name_w);
    const LineFitter fitter(words, (server.right - first) / scale);
    Line placed{fitter.note(), {}};
    for (std::int64_t at = 0; at < fitter.slots(); ++at) {
        const float x = first + static_cast<float>(at) * px(fitter.slot_w() + slot_gap);
        placed.slots.push_back({x, line.y + px(3), px(fitter.slot_w()), line.h - px(6)});
    }
    return placed;
}

/** What is to be said of an accept queue beside its slots. */
LineWords queue_words(const World& world, const ServerCard& server) {
    const Socket* listener = find(world, server.listener);
    if (!listener || listener->backlog < 0) return {{""}, server.capacity, false};
    const std::string backlog = with_commas(static_cast<std::uint64_t>(server.capacity - 1));
    const bool over = static_cast<std::int64_t>(server.queued) > server.capacity;
    // More than fit: connect has returned for them, too, but the kernel drops the handshake's last segment until there is room.
    const std::string many = fmt::format("{} not accepted", server.queued);
    const std::string share = fmt::format("{}/{}", server.queued, server.capacity);
    std::string told, before;
    if (listener->kernel_queue >= 0 && static_cast<std::size_t>(listener->kernel_queue) != server.queued)
        told = fmt::format(", kernel: {}", listener->kernel_queue);
    const std::size_t requests = server.shows_requests ? 0 : syn_requests(world, *listener).size();
    if (requests > 0) before = fmt::format("SYN queue {}, ", requests);
    std::vector<std::string> notes = {before + (over ? many : fmt::format("backlog {} (+1)", backlog)) + told};
    if (!over) notes.push_back(before + fmt::format("{} (+1)", backlog) + told);
    if (!told.empty()) notes.push_back(share + told);
    notes.push_back(share);
    return {notes, server.capacity, !over && told.empty() && before.empty()};
}

/** How many of those that wait are in the kernel's queue: no more than fit, and where that leaves it open, as many as it says. */
std::size_t really_queued(const World& world, const ServerCard& server) {
    const Socket* listener = find(world, server.listener);
    const auto capacity = static_cast<std::size_t>(std::max<std::int64_t>(server.capacity, 0));
    if (server.queued <= capacity || !listener) return server.queued;
    return listener->kernel_queue >= 0 ? std::min(static_cast<std::size_t>(listener->kernel_queue), capacity) : capacity;
}

}  // namespace

void place_accept_queue(const World& world, ServerCard& server, float scale) {
    const std::vector<ConnectionId> queue = accept_queue(world, server.listener);
    server.queued = queue.size();
    for (const ConnectionId id : queue) {
        const Connection* connection = find(world, id);
        if (connection && connection->queued_known == Known::inferred) server.queued_known = Known::inferred;
    }
    const std::size_t filled = really_queued(world, server);
    LineWords words = queue_words(world, server);
    Line line = place_line(server.queue, server, words, scale);
    server.queue_note = words.notes.front();
    if (filled > line.slots.size() && server.queued == filled) {  // the slots do not show them all
        server.queue_note = fmt::format("{} wait, {}", filled, server.queue_note);
        words.notes.insert(words.notes.begin(), server.queue_note);
        line = place_line(server.queue, server, words, scale);
    }
    server.queue_name = is_narrow(server, scale) ? "queue" : "accept queue";
    server.queue_shown = line.note;
    for (const ui::Rect& rect : line.slots) {
        QueueSlot slot;
        slot.rect = rect;
        if (server.slots.size() < filled) slot.connection = queue[server.slots.size()];
        server.slots.push_back(slot);
    }
}

void place_syn_queue(const World& world, ServerCard& server, float scale) {
    const Socket* listener = find(world, server.listener);
    if (!listener) return;
    const std::vector<TcpEndKey> requests = syn_requests(world, *listener);
    const std::int64_t room = syn_queue_room(*listener);
    server.turned_away = turned_away(world, *listener).size();
    const std::string of = with_commas(static_cast<std::uint64_t>(std::max<std::int64_t>(room, 0)));
    server.syn_note = fmt::format("{} of {}", requests.size(), of);
    LineWords words{{server.syn_note, fmt::format("{}/{}", requests.size(), of)}, room, true};
    if (server.turned_away > 0) {
        server.syn_note += fmt::format(", {} turned away", server.turned_away);
        words.notes = {server.syn_note, fmt::format("{} turned away", server.turned_away), fmt::format("{} lost", server.turned_away)};
        words.slots_say_it = false;
    }
    const Line line = place_line(server.syn_queue, server, words, scale);
    server.syn_name = is_narrow(server, scale) ? "SYNs" : "SYN queue";
    server.syn_shown = line.note;
    for (const ui::Rect& rect : line.slots) {
        RequestSlot slot;
        slot.rect = rect;
        if (server.requests.size() < requests.size()) slot.end = requests[server.requests.size()];
        server.requests.push_back(slot);
    }
}

}  // namespace synoptic
