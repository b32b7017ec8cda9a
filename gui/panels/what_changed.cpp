#include "gui/panels/what_changed.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include "core/base/text.h"
#include "core/model/segment_fact.h"
#include "core/model/tcp_fact.h"
#include "core/trace/format.h"
#include "gui/panels/datagram_words.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

class Teller {
   public:
    Teller(const World& before, const World& after, const History& history, EventIndex index)
        : before_(before), after_(after), history_(history), event_(history.event(index)), payload_(history.payload(index)), index_(index) {
        who_ = event_.actor == ActorId::none ? "" : actor_label(find(after, event_.actor) ? after : before, event_.actor);
        name_ = kind_info(event_.kind).name;
    }

    std::string tell() const {
        switch (event_.phase) {
            case Phase::enter:
                return entered();
            case Phase::exit:
                return failure_of(event_) != 0 ? failed() : returned();
            case Phase::arrive:
                return fmt::format("{} stands at the gate before {}", who_, name_);
            case Phase::go:
                return fmt::format("{} was let through the gate", who_);
            case Phase::rest:
                return fmt::format("{} stands at the gate behind {}", who_, name_);
            case Phase::happened:
                break;
        }
        return fact();
    }

   private:
    const Process* process() const {
        const Actor* actor = find(before_, event_.actor);
        return actor ? find(before_, actor->process) : nullptr;
    }
    const Socket* socket(const World& world) const {
        const Process* of = process();
        return of ? socket_behind(world, of->id, event_.fd) : nullptr;
    }
    /** "descriptor 4 in process 4101". */
    std::string descriptor(std::int64_t number) const {
        const Process* of = process();
        return of && !of->is_app ? fmt::format("descriptor {} in process {}", number, of->pid)
                                 : fmt::format("descriptor {} in {}", number, who_);
    }
    std::string address() const {
        const Socket* of = socket(after_);
        return of ? of->local.text() : "?";
    }

    DatagramCall datagram_call(const Socket& of) const { return {event_, payload_, of, who_, descriptor(event_.fd)}; }

    std::string entered() const {
        const Socket* of = socket(before_);
        if (of && is_datagram_type(of->type)) {
            if (std::string text = begun_words(datagram_call(*of), holders_of(after_, of->id).empty()); !text.empty()) return text;
        }
        switch (event_.kind) {
            case EventKind::socket:
                return fmt::format("{} asks for an endpoint of {}: a socket", who_,
                                   is_datagram_type(event_.b) ? "datagrams" : "a connection");
            case EventKind::bind:
                return fmt::format("{} asks for a local address for descriptor {}", who_, event_.fd);
            case EventKind::listen:
                return fmt::format("{} asks the kernel to take connections for descriptor {}", who_, event_.fd);
            case EventKind::accept: {
                const std::size_t waiting = of ? accept_queue(before_, of->id).size() : 0;
                return waiting == 0
                           ? fmt::format("{} asks for the next connection; none is in the accept queue, so that it will wait", who_)
                           : fmt::format("{} asks for the next connection; {} in the accept queue", who_,
                                         waiting == 1 ? "one is" : fmt::format("{} are", waiting));
            }
            case EventKind::connect:
                return fmt::format("{} asks for a connection: its kernel begins the handshake", who_);
            case EventKind::send:
            case EventKind::write:
                return fmt::format("{} hands {} to the kernel, to be sent by descriptor {}", who_,
                                   byte_count(static_cast<std::uint64_t>(event_.a)), event_.fd);
            case EventKind::recv:
            case EventKind::read:
                return fmt::format("{} asks for up to {} that came in at descriptor {}", who_,
                                   byte_count(static_cast<std::uint64_t>(event_.a)), event_.fd);
            case EventKind::close:
                return closes(of);
            case EventKind::fork:
                return fmt::format("{} asks the kernel for a copy of its process", who_);
            case EventKind::_exit:
                return fmt::format("{} ends its process with status {}; the status waits for the parent", who_, event_.a);
            case EventKind::printf:
                return fmt::format("{} prints {}", who_, in_quotes(payload_));
            default:
                return fmt::format("{} calls {}: it {}", who_, name_, kind_info(event_.kind).help);
        }
    }

    std::string closes(const Socket* of) const {
        if (!of) return fmt::format("{} frees descriptor {}", who_, event_.fd);
        const std::size_t others = holders_of(after_, of->id).size();
        const bool listens = of->state == Socket::State::listening;
        const bool has_connection =
            of->state == Socket::State::connecting || of->state == Socket::State::connected || of->state == Socket::State::half_closed;
        if (others != 0)
            return fmt::format("{} frees its descriptor {}; the {}, for {} more descriptor{} to it", who_, event_.fd,
                               listens          ? "socket goes on listening"
                               : has_connection ? "connection stays"
                                                : "socket stays",
                               others, others == 1 ? " points" : "s point");
        if (listens) return fmt::format("{} frees descriptor {}: nobody listens at {} any more", who_, event_.fd, of->local.text());
        return fmt::format("{} frees descriptor {}, the last one that points to this socket: {}", who_, event_.fd,
                           has_connection ? "the kernel ends the connection" : "it is gone");
    }

    std::string returned() const {
        const Socket* on = socket(after_);
        if (on && is_datagram_type(on->type)) {
            if (std::string text = over_words(datagram_call(*on)); !text.empty()) return text;
        }
        switch (event_.kind) {
            case EventKind::socket:
                return fmt::format("The kernel made a socket; it is {}", descriptor(event_.value));
            case EventKind::bind:
                return fmt::format("The socket behind {} has the local address {} now", descriptor(event_.fd), address());
            case EventKind::listen: {
                const Socket* of = socket(after_);
                return fmt::format("From now on the kernel takes connections to {} by itself{}", address(),
                                   of ? fmt::format("; {} may wait for accept", accept_queue_room(*of)) : "");
            }
            case EventKind::accept: {
                const Socket* of = find(after_, SocketId{event_.socket});
                return fmt::format("The kernel took the connection{} from the accept queue; accept returned {}",
                                   of ? " of " + of->peer.text() : "", descriptor(event_.value));
            }
            case EventKind::connect: {
                const Socket* of = socket(after_);
                return fmt::format("The handshake is done: {} is connected{}", who_,
                                   of ? fmt::format(", from {} to {}", of->local.text(), of->peer.text()) : "");
            }
            case EventKind::send:
            case EventKind::write:
                return fmt::format("The kernel has taken {} of {}; it sends them by itself from here on",
                                   byte_count(static_cast<std::uint64_t>(event_.value)), who_);
            case EventKind::recv:
            case EventKind::read:
                if (event_.value == 0 && on && on->read_shut)
                    return fmt::format("{} returned 0 in {}: shutdown has ended its reading", name_, who_);
                if (event_.value == 0)
                    return fmt::format("{} returned 0 in {}: the other end has closed, and nothing is left to be read", name_, who_);
                return fmt::format("{} took {} from the receive queue of {}: {}", name_,
                                   byte_count(static_cast<std::uint64_t>(event_.value)), descriptor(event_.fd),
                                   in_quotes(payload_, most_quoted_bytes));
            case EventKind::fork:
                return event_.value == 0 ? fmt::format("fork returned 0 in {}: it is the child", who_)
                                         : fmt::format("fork returned {} in {}: there are two processes now, with the same descriptors",
                                                       event_.value, who_);
            case EventKind::waitpid:
                if (event_.value > 0) return fmt::format("{} has read how process {} ended: the zombie is gone", who_, event_.value);
                return fmt::format("waitpid returned 0 in {}: none of its other children has ended", who_);
            case EventKind::close:
                return fmt::format("close returned in {}: descriptor {} is free", who_, event_.fd);
            case EventKind::pthread_create:
                return fmt::format("{} has one thread more, in the same memory", who_);
            case EventKind::fgets:
                return event_.value == 0 ? fmt::format("fgets returned NULL in {}: there will be no more input", who_)
                                         : fmt::format("fgets returned a line in {}: {}", who_, in_quotes(payload_, most_quoted_bytes));
            case EventKind::pwrite:
                return fmt::format("The kernel has taken {} of {} for the file; the disk may get them much later",
                                   byte_count(static_cast<std::uint64_t>(event_.value)), who_);
            case EventKind::pthread_mutex_lock:
                return fmt::format("{} has the store's lock now", who_);
            case EventKind::fdatasync:
                return fmt::format("What {} wrote is on the disk now", who_);
            default:
                break;
        }
        return fmt::format("{} returned {} in {}", name_, event_.value, who_);
    }

    std::string failed() const {
        const int failure = failure_of(event_);
        return fmt::format("{} failed in {}: {} ({})", name_, who_, error_name(failure), error_text(failure));
    }

    std::string fact() const {
        if (event_.kind == EventKind::blocked) {
            const Actor* actor = find(after_, ActorId{static_cast<std::uint32_t>(event_.a)});
            if (actor && !actor->calls.empty())
                return fmt::format("{} sleeps in {} until the kernel has something for it", actor_label(after_, *actor),
                                   kind_info(actor->calls.back().kind).name);
        }
        if (event_.kind == EventKind::actor_begin) return fmt::format("{} begins", who_);
        const bool in_memory = event_.b == -1;
        if (event_.kind == EventKind::row_put && in_memory)
            return fmt::format("{} put key {} into the memory of its process: there is no file", who_, event_.a);
        if (event_.kind == EventKind::row_deleted && in_memory)
            return fmt::format("{} removed key {} from the memory of its process: there is no file", who_, event_.a);
        if (event_.kind == EventKind::row_put)
            return fmt::format("{} added a line for key {} to the database's file; the disk has yet to get it", who_, event_.a);
        if (event_.kind == EventKind::row_deleted)
            return fmt::format("{} added a line to the database's file that deletes key {}; the disk has yet to get it", who_, event_.a);
        if (event_.kind == EventKind::tcp_state) return tcp_fact_text(read_tcp_fact(event_, payload_));
        const WireSegment* segment = tells_of_segment(event_.kind) ? find(after_, WireId{event_.socket}) : nullptr;
        if (segment) return moved(*segment);
        return print_fact({event_, payload_});
    }

    std::string moved(const WireSegment& segment) const {
        const bool to_server = segment.direction == Direction::to_server;
        const char *sender = to_server ? "the client's kernel" : "the server's kernel",
                   *receiver = to_server ? "the server's kernel" : "the client's kernel";
        const std::string& title = segment.reading.title;
        switch (event_.kind) {
            case EventKind::segment_sent:
                return fmt::format("{} sent {}{}", sender, title, segment.reading.note.empty() ? "" : ": " + segment.reading.note);
            case EventKind::segment_arrived:
                return fmt::format("{} arrived: {} has it", title, receiver);
            case EventKind::segment_dropped:
                return fmt::format("{} was lost on the wire; {} knows nothing of it", title, sender);
            case EventKind::segment_held:
                return fmt::format("{} waits on the wire", title);
            default:
                return print_fact({event_, payload_});
        }
    }

    const World &before_, &after_;
    const History& history_;
    Event event_;
    std::string_view payload_;
    EventIndex index_;
    std::string who_;
    const char* name_ = "";
};

}  // namespace

std::string what_happened(const World& before, const World& after, const History& history, EventIndex index) {
    std::string text = Teller(before, after, history, index).tell();
    // A call keeps its name.
    const bool begins_with_call = text.starts_with(std::string(kind_info(history.event(index).kind).name) + " ");
    return (begins_with_call ? text : capitalised(std::move(text))) + ".";
}

}  // namespace synoptic
