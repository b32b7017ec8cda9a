#include "core/session/export_trace_json.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "core/model/segment_fact.h"
#include "core/model/tcp_fact.h"
#include "core/session/export.h"
#include "core/session/trace_json_file.h"
#include "core/trace/format.h"

namespace synoptic {
namespace {

constexpr TraceTrack session_track{trace_json_session_pid, 1},
    segment_tracks[] = {{trace_json_session_pid, 2}, {trace_json_session_pid, 3}}, table_track{trace_json_session_pid, 4};
constexpr std::int64_t lost_tid = 1'000'000;  // and the actor's slot: of those whose beginning was lost

struct TracedCall {
    EventIndex enter = no_event;
    EventKind kind{};
    std::uint64_t from_ns = 0, blocked_ns = 0;  // blocked_ns 0: it was not seen asleep
    SocketId socket{};
};

/** What one call wrote to a direction's stream, or took from it. */
struct Range {
    std::uint64_t begin = 0, end = 0;
    TraceTrack track;
    std::uint64_t at_ns = 0;  // where its arrow begins or ends
};

/** One direction of a connection. Its calls come in either order: a recv may have returned before the send that it read from. */
struct Stream {
    std::deque<Range> sent, taken;  // what has not met its other side yet
    std::uint64_t sent_bytes = 0, taken_bytes = 0;
};

bool sends(EventKind kind) {
    return kind == EventKind::send || kind == EventKind::write;
}
bool receives(EventKind kind) {
    return kind == EventKind::recv || kind == EventKind::read;
}

class Exporter {
   public:
    Exporter(const History& history, TraceJsonFile& file) : history_(history), file_(file) {
        file_.process_name(trace_json_session_pid, "session, wire and kernel");
        file_.thread_name(session_track, "session");
        file_.thread_name(segment_tracks[0], "segments to the server");
        file_.thread_name(segment_tracks[1], "segments to the client");
        file_.thread_name(table_track, "kernel's tables");
    }

    void take(EventIndex index) {
        const Event event = history_.event(index);
        const std::string_view payload = history_.payload(index);
        last_ns_ = std::max(last_ns_, event.time);
        apply(world_, event, payload);
        switch (event.phase) {
            case Phase::happened:
                fact(event, payload);
                break;
            case Phase::arrive:
            case Phase::rest:
                actors_[event.actor].gate_ns = event.time;
                break;
            case Phase::go:
                leave_gate(event.actor, event.time);
                break;
            case Phase::enter:
                leave_gate(event.actor, event.time);
                enter(event, index);
                break;
            case Phase::exit:
                exit(event, index);
                break;
        }
    }

    /** Calls that are still open at the end. */
    void end() {
        for (auto& [id, actor] : actors_) end_actor(id, last_ns_, "had not returned at the end of the recording");
    }

   private:
    struct Known {
        TraceTrack track;  // pid 0: not told of yet
        std::vector<TracedCall> calls;
        std::uint64_t gate_ns = 0;  // since when it stands at a gate
    };

    TraceTrack track_of(ActorId id) {
        Known& actor = actors_[id];
        if (actor.track.pid == 0) {
            actor.track = {trace_json_session_pid, lost_tid + actor_slot(id)};
            file_.thread_name(actor.track, fmt::format("? {}", static_cast<unsigned>(id)));
        }
        return actor.track;
    }

    void begin_actor(ActorId id) {
        const Actor* actor = find(world_, id);
        const Process* process = actor ? find(world_, actor->process) : nullptr;
        if (!process) return;
        const Program* program = find(world_, actor->program);
        const std::string label = program ? program->label : actor->name;
        if (named_.insert(process->id).second)
            file_.process_name(process->pid, process->is_app ? "synoptic" : program ? fmt::format("{} ({})", label, program->name) : label);
        const TraceTrack track{process->pid, actor->tid};
        actors_[id].track = track;
        const bool says_all = label.starts_with(actor->name);
        file_.thread_name(track, says_all ? label : process->is_app ? label + ": " + actor->name : actor->name);
    }

    void leave_gate(ActorId id, std::uint64_t now_ns) {
        const std::uint64_t since_ns = std::exchange(actors_[id].gate_ns, 0);
        if (since_ns != 0) file_.slice(track_of(id), "gate", "at the gate", since_ns, now_ns);
    }

    void enter(const Event& event, EventIndex index) {
        const Actor* actor = find(world_, event.actor);
        const bool knows = actor && !actor->calls.empty() && actor->calls.back().kind == event.kind;
        actors_[event.actor].calls.push_back({index, event.kind, event.time, 0, knows ? actor->calls.back().socket : SocketId::none});
    }

    void exit(const Event& event, EventIndex index) {
        const TraceTrack track = track_of(event.actor);
        std::vector<TracedCall>& calls = actors_[event.actor].calls;
        const bool entered = std::any_of(calls.begin(), calls.end(), [&](const TracedCall& call) { return call.kind == event.kind; });
        if (!entered) {
            // fork returns in the child, too, whose enter is its parent's.
            file_.instant(track, "call", kind_info(event.kind).name, event.time,
                          {{"call", kind_info(event.kind).name + std::string("()")}, {"result", result_of(event, event)}});
            return;
        }
        while (calls.back().kind != event.kind) end_call(event.actor, event.time, "its return was lost");
        const TracedCall call = calls.back();
        calls.pop_back();
        const Event entry = history_.event(call.enter);
        const Told told{entry, history_.payload(call.enter)}, back{event, history_.payload(index)};
        TraceArguments arguments{{"call", print_call(told, &back)}, {"result", result_of(entry, event)}};
        if (const int err = failure_of(event); err != 0) arguments.emplace_back("errno", error_name(err));
        write(track, call, event.time, std::move(arguments));
        if (event.value > 0) count_bytes(call, entry, event, track);
    }

    static std::string result_of(const Event& entry, const Event& event) {
        const std::string text = print_result(entry, &event);
        return text.starts_with(" = ") ? text.substr(3) : text;
    }

    void write(TraceTrack track, const TracedCall& call, std::uint64_t to_ns, TraceArguments arguments) {
        const Event entry = history_.event(call.enter);
        if (entry.file != 0) arguments.emplace_back("at", fmt::format("{}:{}", history_.file(entry.file), entry.line));
        file_.slice(track, "call", kind_info(call.kind).name, call.from_ns, to_ns, arguments);
        // It ends a little before the call, whose very end is where arrows lead to.
        if (call.blocked_ns >= call.from_ns && call.blocked_ns + 2 < to_ns)
            file_.slice(track, "blocked", "blocked", call.blocked_ns, to_ns - 2);
    }

    /** Writes the innermost open call as one that never returned. */
    void end_call(ActorId id, std::uint64_t now_ns, const char* why) {
        Known& actor = actors_[id];
        const TracedCall call = actor.calls.back();
        actor.calls.pop_back();
        const Event entry = history_.event(call.enter);
        const bool by_nature = call.kind == EventKind::_exit;
        write(
            track_of(id), call, now_ns,
            {{"call", print_call({entry, history_.payload(call.enter)}, nullptr)}, {"result", by_nature ? "?" : why}, {"no_exit", "true"}});
    }

    void end_actor(ActorId id, std::uint64_t now_ns, const char* why) {
        leave_gate(id, now_ns);
        while (!actors_[id].calls.empty()) end_call(id, now_ns, why);
    }

    void end_process(std::int64_t pid, std::uint64_t now_ns) {
        for (auto& [id, actor] : actors_) {
            if (actor.track.pid == pid) end_actor(id, now_ns, "its process ended in it");
        }
    }

    /** Arrows join a send and a recv as soon as both have returned. */
    void count_bytes(const TracedCall& call, const Event& entry, const Event& event, TraceTrack track) {
        if (!sends(event.kind) && !receives(event.kind)) return;
        if (event.kind == EventKind::recv && (entry.b & MSG_PEEK) != 0) return;  // the bytes stay in the queue
        const Socket* socket = find(world_, call.socket);
        const Connection* connection = socket ? find(world_, socket->connection) : nullptr;
        if (!connection || connection->id < first_sure_) return;
        const bool by_client = connection->client == call.socket;
        Stream& stream = directions_[{connection->id, by_client == sends(event.kind)}];
        const auto bytes = static_cast<std::uint64_t>(event.value);
        std::uint64_t& at = sends(event.kind) ? stream.sent_bytes : stream.taken_bytes;
        const std::uint64_t last_ns = event.time > call.from_ns ? event.time - 1 : event.time;
        (sends(event.kind) ? stream.sent : stream.taken).push_back({at, at + bytes, track, sends(event.kind) ? call.from_ns : last_ns});
        at += bytes;
        join(stream);
        const bool over = connection->state == Connection::State::closed && stream.sent.empty() && stream.taken.empty();
        if (over) directions_.erase({connection->id, by_client == sends(event.kind)});
    }

    void join(Stream& stream) {
        while (!stream.sent.empty() && !stream.taken.empty()) {
            const Range &sent = stream.sent.front(), &taken = stream.taken.front();
            const std::uint64_t begin = std::max(sent.begin, taken.begin), end = std::min(sent.end, taken.end);
            file_.flow(fmt::format("{} byte{}", end - begin, end - begin == 1 ? "" : "s"), sent.track, sent.at_ns, taken.track, taken.at_ns,
                       {{"first_byte", std::to_string(begin)}, {"bytes", std::to_string(end - begin)}});
            const bool all_sent = sent.end == end, all_taken = taken.end == end;
            if (all_sent) stream.sent.pop_front();
            if (all_taken) stream.taken.pop_front();
        }
    }

    void fact(const Event& event, std::string_view payload) {
        if (event.kind == EventKind::actor_begin) begin_actor(event.actor);
        if (event.kind == EventKind::blocked) {
            std::vector<TracedCall>& calls = actors_[event.actor].calls;
            if (!calls.empty() && calls.back().blocked_ns == 0) calls.back().blocked_ns = event.time;
            return;
        }
        if (event.kind == EventKind::lost) {
            // Where calls are missing, nobody knows which bytes are whose.
            first_sure_ = ConnectionId{world_.next_connection};
            directions_.clear();
        }
        const bool of_table = event.kind == EventKind::tcp_state;
        file_.instant(track_of_fact(event), of_table ? "kernel" : "fact", kind_info(event.kind).name, event.time,
                      {{"what", of_table ? tcp_fact_text(read_tcp_fact(event, payload)) : print_fact({event, payload})}});
        if (event.kind == EventKind::actor_end) {
            end_actor(event.actor, event.time, "its thread ended in it");
            actors_.erase(event.actor);
        }
        if (event.kind == EventKind::process_ended) end_process(event.a, event.time);
    }

    TraceTrack track_of_fact(const Event& event) {
        if (event.actor != ActorId::none) return track_of(event.actor);
        const WireSegment* segment = tells_of_segment(event.kind) ? find(world_, WireId{event.socket}) : nullptr;
        if (segment) return segment_tracks[index_of(segment->direction)];
        switch (event.kind) {
            case EventKind::tcp_state:
            case EventKind::listen_queue:
            case EventKind::table_lost:
            case EventKind::socket_owner:
                return table_track;
            default:
                return session_track;
        }
    }

    const History& history_;
    TraceJsonFile& file_;
    World world_;
    std::map<ActorId, Known> actors_;
    std::set<ProcessId> named_;
    std::map<std::pair<ConnectionId, bool>, Stream> directions_;  // true: to the server
    ConnectionId first_sure_{};                                   // of older ones calls were lost
    std::uint64_t last_ns_ = 0;
};

}  // namespace

Status export_trace_json(const History& history, EventIndex up_to, const std::string& path, std::uint64_t realtime_offset_ns,
                         const std::function<bool(double share)>& progress) {
    up_to = std::min(up_to, history.size());
    const std::uint64_t began_ns = up_to > 0 ? history.event(0).time : 0;
    Result<TraceJsonFile> file = TraceJsonFile::begin(path, began_ns, realtime_offset_ns);
    if (!file) return file.error();
    Exporter exporter(history, *file);
    for (EventIndex index = 0; index < up_to && file->status(); ++index) {
        if (index % events_between_words == 0 && progress && !progress(static_cast<double>(index) / static_cast<double>(up_to)))
            return Error{"", ECANCELED, path};
        exporter.take(index);
    }
    exporter.end();
    return file->finish();
}

}  // namespace synoptic
