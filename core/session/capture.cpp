#include "core/session/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace synoptic {

namespace {

// A segment that was let go this much before it was due was let go by somebody: the relay's own clock is finer.
constexpr std::uint64_t early_ns = 1'000'000;

/** One segment's way, as it is put together from its events. */
struct Way {
    EventIndex sent = no_event;  // of a copy: its original's, which has the bytes
    WireId copy_of{};            // made by hand from this one
    FlowId flow{};
    Direction direction{};
    std::uint64_t sent_ns = 0, arrived_ns = 0;
    std::uint64_t waits_since_ns = 0;  // in the way that it waits now
    std::uint64_t due_ns = 0;          // of a delayed one
    bool waits = false;
    std::vector<std::string> done;  // what was done to it, in order
};

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text.append(text.empty() ? "" : ", then ").append(part);
    return text;
}

std::uint64_t number(WireId id) {
    return static_cast<std::uint64_t>(id);
}

std::string named(const std::string& name, pid_t pid) {
    return pid > 0 ? fmt::format("{} ({})", name, pid) : name;
}

/** The process that has this socket: the worker that uses it, else whoever holds it. Empty where nobody does. */
std::string process_of(const World& world, SocketId id, ConnectionId connection) {
    const Socket* socket = find(world, id);
    const Program* program = socket ? find(world, socket->program) : nullptr;
    if (!program) return {};
    const Process* process = nullptr;
    for (const ActorId worker : workers_of(world, connection)) {
        const Actor* actor = find(world, worker);
        if (actor && actor->serves == id) process = find(world, actor->process);
    }
    const std::vector<Holder> holders = holders_of(world, id);
    if (!process && !holders.empty()) process = find(world, holders.front().process);
    return process ? named(program->name, process->pid) : std::string();
}

/** Of a program that was not started here. */
std::string owner_of(const TcpEnd* end) {
    return end && !end->owner.empty() ? named(end->owner, end->owner_pid) : std::string();
}

/** Follows a history, and notes what becomes of each segment and whose connections they are. */
class Follower {
   public:
    explicit Follower(const History& history) : history_(history) {}

    void follow(EventIndex up_to) {
        for (up_to = std::min(up_to, history_.size()); world_.events < up_to;) {
            const EventIndex at = world_.events;
            note_before(history_.event(at));
            history_.advance(world_, at + 1);
            note_after(history_.event(at), at);
        }
        for (auto& [flow, processes] : processes_) look_up(flow, processes);
    }

    std::vector<CaptureRecord> records(std::uint64_t offset_ns) const {
        std::vector<CaptureRecord> all;
        for (const auto& [id, way] : ways_) {
            const Host sender = way.direction == Direction::to_server ? Host::client : Host::server;
            CaptureRecord record = record_of(way);
            if (way.copy_of == WireId::none) {
                place(record, way, sender, way.sent_ns + offset_ns);
                all.push_back(record);
            }
            if (way.arrived_ns == 0) continue;
            place(record, way, other(sender), way.arrived_ns + offset_ns);
            record.outbound = false;
            all.push_back(std::move(record));
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const CaptureRecord& left, const CaptureRecord& right) { return left.time_ns < right.time_ns; });
        return all;
    }

   private:
    using Processes = std::array<std::string, 2>;  // by index_of(Host)

    Way* way_of(const Event& event) {
        const auto at = ways_.find(WireId{event.socket});
        return at == ways_.end() ? nullptr : &at->second;
    }

    /** The end of a wait, which tells how long it was. */
    void note_before(const Event& event) {
        Way* way = way_of(event);
        if (!way || !way->waits) return;
        const bool ends = event.kind == EventKind::segment_delivered || event.kind == EventKind::segment_dropped;
        if (!ends && event.kind != EventKind::segment_held) return;
        const std::string time = duration(event.time - std::min(event.time, way->waits_since_ns));
        const bool was_delayed = way->due_ns != 0;
        if (event.kind == EventKind::segment_held) {
            const bool is_delayed = event.value != 0;
            if (was_delayed == is_delayed)
                way->done.push_back("put before others by hand");
            else
                way->done.push_back(fmt::format("delayed for {} by a rule, then its clock stopped by hand", time));
            return;
        }
        way->done.push_back(was_delayed ? fmt::format("delayed for {} by a rule", time) : fmt::format("held for {}", time));
        way->waits = false;
        if (event.kind == EventKind::segment_delivered && (!was_delayed || event.time + early_ns < way->due_ns))
            way->done.push_back("delivered by hand");
    }

    void note_after(const Event& event, EventIndex at) {
        switch (event.kind) {
            case EventKind::accept:
            case EventKind::connect:
            case EventKind::actor_begin:  // a forked child, which has its parent's connection
                note_owner(event);
                return;
            case EventKind::segment_sent:
                note_sent(WireId{event.socket}, at);
                break;
            case EventKind::segment_duplicated:
                note_copy(WireId{event.socket}, WireId{static_cast<std::uint64_t>(event.a)}, event.time);
                break;
            case EventKind::segment_held:
                if (Way* way = way_of(event)) note_held(*way, event);
                break;
            case EventKind::segment_arrived:
                if (Way* way = way_of(event)) way->arrived_ns = event.time;
                break;
            case EventKind::segment_dropped:
                if (Way* way = way_of(event)) note_dropped(*way, event);
                break;
            default:
                return;
        }
        if (const Way* way = way_of(event)) look_up(way->flow, processes_[way->flow]);
    }

    /** A process may have come to an end of a connection: it may be gone before the next segment. */
    void note_owner(const Event& event) {
        if (event.phase != Phase::exit && event.phase != Phase::happened) return;
        const Actor* actor = find(world_, event.actor);
        const Socket* socket = actor ? find(world_, actor->serves) : nullptr;
        const Connection* connection = socket ? find(world_, socket->connection) : nullptr;
        const WireFlow* flow = connection ? flow_of(world_, *connection) : nullptr;
        if (flow) look_up(flow->id, processes_[flow->id]);
    }

    void note_sent(WireId id, EventIndex at) {
        const WireSegment* segment = find(world_, id);
        if (!segment || segment->sent_event != at) return;  // a damaged history: these bytes are no segment
        if (segment->on_loopback) return;                   // they have no checksums: nobody computes them there
        Way way;
        way.sent = at;
        way.flow = segment->flow;
        way.direction = segment->direction;
        way.sent_ns = segment->sent_ns;
        ways_[id] = way;
    }

    void note_copy(WireId id, WireId original_id, std::uint64_t time_ns) {
        const auto original = ways_.find(original_id);
        if (original == ways_.end()) return;
        Way copy;
        copy.sent = original->second.sent;
        copy.copy_of = original_id;
        copy.flow = original->second.flow;
        copy.direction = original->second.direction;
        copy.sent_ns = time_ns;
        copy.done.push_back(fmt::format("a copy of segment {}, made by hand", number(original_id)));
        original->second.done.push_back(fmt::format("copied by hand: this is segment {}", number(original_id)));
        ways_[id] = std::move(copy);
    }

    static void note_held(Way& way, const Event& event) {
        way.due_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(event.value, 0));
        // One that was put before others goes on waiting as it did.
        if (!way.waits || way.done.empty() || way.done.back() != "put before others by hand") way.waits_since_ns = event.time;
        way.waits = true;
    }

    void note_dropped(Way& way, const Event& event) {
        const WireSegment* segment = find(world_, WireId{event.socket});
        const DropReason reason = segment ? segment->drop_reason : DropReason::relay_end;
        std::string text = std::string("dropped ") + reason_text(reason);
        if (event.b != 0) text.append(": ").append(Error{"", static_cast<int>(event.b), ""}.text());
        way.done.push_back(std::move(text));
    }

    CaptureRecord record_of(const Way& way) const {
        CaptureRecord record;
        const std::string_view bytes = history_.payload(way.sent);
        record.bytes.assign(bytes.begin(), bytes.end());
        record.original_length_bytes = static_cast<std::uint32_t>(std::clamp<std::int64_t>(history_.event(way.sent).a, 0, UINT32_MAX));
        std::vector<std::string> done = way.done;
        if (way.waits) done.push_back(way.due_ns != 0 ? "delayed by a rule, and waits still" : "held, and waits still");
        record.comment = joined(done);
        return record;
    }

    void place(CaptureRecord& record, const Way& way, Host host, std::uint64_t time_ns) const {
        record.host = host;
        record.time_ns = time_ns;
        const auto at = processes_.find(way.flow);
        record.process = at == processes_.end() ? std::string() : at->second[index_of(host)];
    }

    /** Who is at both ends of a flow now. What is not known any more stays as it was. */
    void look_up(FlowId id, Processes& processes) const {
        const WireFlow* flow = find(world_, id);
        if (!flow) return;
        const Connection* connection = connection_of(world_, *flow);
        const TcpEnd* ends[2] = {tcp_end(world_, TcpHost::client, flow->client, flow->server),
                                 tcp_end(world_, TcpHost::server, flow->server, flow->client)};
        const SocketId sockets[2] = {connection ? connection->client : client_socket_of(world_, *flow),
                                     connection ? connection->server : SocketId::none};
        for (const int at : {0, 1}) {
            std::string name = process_of(world_, sockets[at], connection && at == 1 ? connection->id : ConnectionId::none);
            if (name.empty()) name = owner_of(ends[at]);
            if (!name.empty()) processes[at] = std::move(name);
        }
    }

    const History& history_;
    World world_;
    std::map<WireId, Way> ways_;
    std::map<FlowId, Processes> processes_;
};

}  // namespace

std::uint64_t realtime_offset_ns() {
    timespec now;
    const std::uint64_t before_ns = monotonic_ns();
    clock_gettime(CLOCK_REALTIME, &now);
    const std::uint64_t monotonic = before_ns + (monotonic_ns() - before_ns) / 2;
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec) - monotonic;
}

std::vector<CaptureRecord> capture_records(const History& history, EventIndex up_to, std::uint64_t realtime_offset_ns) {
    Follower follower(history);
    follower.follow(up_to);
    return follower.records(realtime_offset_ns);
}

Status export_capture(const History& history, EventIndex up_to, const std::string& path, std::uint64_t realtime_offset_ns) {
    return write_pcapng(path, capture_records(history, up_to, realtime_offset_ns));
}

}  // namespace synoptic
