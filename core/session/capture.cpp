#include "core/session/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <map>
#include <utility>

#include "core/base/clock.h"
#include "core/base/text.h"

namespace synoptic {

namespace {

constexpr std::size_t told_each = 1024;  // events or packets between two words of progress
constexpr double followed_share = 0.8;   // of the work: the History is folded; the rest is writing

/** One segment's way, as it is put together from its events. */
struct Way {
    EventIndex sent = no_event;  // of a copy: its original's, which has the bytes
    WireId copy_of{};            // made by hand from this one
    FlowId flow{};
    Direction direction{};
    std::uint64_t sent_ns = 0, arrived_ns = 0;
    std::uint64_t waits_since_ns = 0;  // in the way that it waits now
    std::uint64_t due_ns = 0;          // of a delayed one
    HoldReason reason{};               // why it waits
    bool waits = false;
    std::vector<std::string> done;  // what was done to it, in order
};

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text.append(text.empty() ? "" : ", then ").append(part);
    return text;
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

    /** False if `progress` has ended it. */
    bool follow(EventIndex up_to, const CaptureProgress& progress) {
        for (up_to = std::min(up_to, history_.size()); world_.events < up_to;) {
            const EventIndex at = world_.events;
            if (at % told_each == 0 && progress && !progress(followed_share * static_cast<double>(at) / static_cast<double>(up_to)))
                return false;
            note_before(history_.event(at));
            history_.advance(world_, at + 1);
            note_after(history_.event(at), at);
        }
        for (auto& [flow, processes] : processes_) look_up(flow, processes);
        return true;
    }

    /** One packet of the capture, without its bytes. */
    struct Sight {
        std::uint64_t time_ns = 0;
        const Way* way = nullptr;
        bool outbound = true;
    };
    /** In the order of their times. */
    std::vector<Sight> sights() const {
        std::vector<Sight> all;
        for (const auto& [id, way] : ways_) {
            if (way.copy_of == WireId::none) all.push_back({way.sent_ns, &way, true});
            if (way.arrived_ns != 0) all.push_back({way.arrived_ns, &way, false});
        }
        std::stable_sort(all.begin(), all.end(), [](const Sight& left, const Sight& right) { return left.time_ns < right.time_ns; });
        return all;
    }

    CaptureRecord record_of(const Sight& sight, std::uint64_t offset_ns) const {
        const Way& way = *sight.way;
        const Host sender = way.direction == Direction::to_server ? Host::client : Host::server;
        CaptureRecord record;
        record.host = sight.outbound ? sender : other(sender);
        record.time_ns = sight.time_ns + offset_ns;
        record.outbound = sight.outbound;
        const std::string_view bytes = history_.payload(way.sent);
        record.bytes.assign(bytes.begin(), bytes.end());
        record.original_length_bytes = static_cast<std::uint32_t>(std::clamp<std::int64_t>(history_.event(way.sent).a, 0, UINT32_MAX));
        std::vector<std::string> done = way.done;
        if (way.waits) done.push_back(way.due_ns != 0 ? "delayed by a rule, and waits still" : "held, and waits still");
        record.comment = joined(done);
        const auto at = processes_.find(way.flow);
        record.process = at == processes_.end() ? std::string() : at->second[index_of(record.host)];
        return record;
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
        const HoldReason reason = hold_reason_of(event.fd);
        if (event.kind == EventKind::segment_held && reason == HoldReason::overtake) {
            way->done.push_back("put before others by hand");
            return;
        }
        const std::string time = duration(event.time - std::min(event.time, way->waits_since_ns));
        way->done.push_back(way->due_ns != 0                   ? fmt::format("delayed for {} by a rule", time)
                            : way->reason == HoldReason::pause ? fmt::format("held for {} by the pause", time)
                                                               : fmt::format("held for {}", time));
        if (event.kind == EventKind::segment_held) {
            way->done.push_back(fmt::format("{} {}", way->due_ns != 0 ? "its clock stopped" : "kept waiting", reason_text(reason)));
            return;
        }
        way->waits = false;
        if (event.kind == EventKind::segment_delivered && deliver_reason_of(event.a) == DeliverReason::hand)
            way->done.push_back("delivered by hand");
    }

    void note_after(const Event& event, EventIndex at) {
        note_user(event.actor);
        switch (event.kind) {
            case EventKind::tcp_state:
            case EventKind::socket_owner:
                note_table(SocketId{event.socket});
                return;
            case EventKind::segment_sent:
                note_sent(WireId{event.socket}, at);
                return;
            case EventKind::segment_duplicated:
                note_copy(WireId{event.socket}, WireId{static_cast<std::uint64_t>(event.a)}, event.time);
                return;
            case EventKind::segment_held:
                if (Way* way = way_of(event)) note_held(*way, event);
                return;
            case EventKind::segment_arrived:
                if (Way* way = way_of(event)) way->arrived_ns = event.time;
                return;
            case EventKind::segment_dropped:
                if (Way* way = way_of(event)) note_dropped(*way, event);
                return;
            default:
                return;
        }
    }

    /** A thread or process has come to an end of a connection: it may be gone before the next one is looked up. */
    void note_user(ActorId id) {
        const Actor* actor = find(world_, id);
        if (!actor) return;
        const SocketId before = std::exchange(served_[id], actor->serves);
        if (before == actor->serves) return;
        look_up_flow_of(before);  // now it is its other holders'
        look_up_flow_of(actor->serves);
    }

    void look_up_flow_of(SocketId id) {
        const Socket* socket = find(world_, id);
        const Connection* connection = socket ? find(world_, socket->connection) : nullptr;
        const WireFlow* flow = connection ? flow_of(world_, *connection) : nullptr;
        if (flow) look_up(flow->id, processes_[flow->id]);
    }

    /** The table tells whose the ends are that no call has told of yet. */
    void note_table(SocketId socket) {
        const TcpEnd* end = tcp_end(world_, socket);
        if (!end || end->host == TcpHost::here) return;
        const bool client = end->host == TcpHost::client;
        const auto flow = world_.flow_between.find({client ? end->local : end->peer, client ? end->peer : end->local});
        if (flow == world_.flow_between.end()) return;
        Processes& processes = processes_[flow->second];
        if (processes[client ? 0 : 1].empty()) look_up(flow->second, processes);
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
        const auto [processes, is_new] = processes_.try_emplace(way.flow);
        if (is_new) look_up(way.flow, processes->second);
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
        copy.done.push_back(fmt::format("a copy of segment {}, made by hand", fmt::underlying(original_id)));
        original->second.done.push_back(fmt::format("copied by hand: this is segment {}", fmt::underlying(original_id)));
        ways_[id] = std::move(copy);
    }

    static void note_held(Way& way, const Event& event) {
        way.due_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(event.value, 0));
        way.waits = true;
        // One that was put before others goes on waiting as it did.
        if (hold_reason_of(event.fd) == HoldReason::overtake) return;
        way.waits_since_ns = event.time;
        way.reason = hold_reason_of(event.fd);
    }

    static void note_dropped(Way& way, const Event& event) {
        std::string text = std::string("dropped ") + reason_text(drop_reason_of(event.a));
        if (event.b != 0) text.append(": ").append(Error{"", static_cast<int>(event.b), ""}.text());
        way.done.push_back(std::move(text));
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
    std::map<ActorId, SocketId> served_;  // whom each thread or process has served last
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
    follower.follow(up_to, {});
    std::vector<CaptureRecord> records;
    for (const Follower::Sight& sight : follower.sights()) records.push_back(follower.record_of(sight, realtime_offset_ns));
    return records;
}

Status export_capture(const History& history, EventIndex up_to, const std::string& path, std::uint64_t realtime_offset_ns,
                      const CaptureProgress& progress) {
    const Error ended{"", ECANCELED, path + " was not written"};
    // First, so that a place where nothing can be written is known before the work.
    Result<PcapngFile> file = PcapngFile::begin(path);
    if (!file) return file.error();
    Follower follower(history);
    if (!follower.follow(up_to, progress)) return ended;
    const std::vector<Follower::Sight> sights = follower.sights();
    if (sights.empty())
        return Error{"", 0,
                     path +
                         " was not written: no segments were seen on the wire. Those of this machine's own network, which have no "
                         "checksums, are not part of it"};
    for (std::size_t at = 0; at < sights.size(); ++at) {
        const double share = followed_share + (1 - followed_share) * static_cast<double>(at) / static_cast<double>(sights.size());
        if (at % told_each == 0 && progress && !progress(share)) return ended;
        if (const Status written = file->add(follower.record_of(sights[at], realtime_offset_ns)); !written) return written;
    }
    return file->finish();
}

}  // namespace synoptic
