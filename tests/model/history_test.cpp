// The History: events and payload as they were appended, the World at any index, links between enters and exits, readers beside the writer.
#include "core/model/history.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include "story.h"

namespace synoptic {
namespace {

World linear_fold(const History& history, EventIndex until) {
    World world;
    for (EventIndex index = 0; index < until; ++index) apply(world, history.event(index), history.payload(index));
    return world;
}

/** Events that could happen, more or less, and some that could not: few pids, descriptors and ports, so that they meet. */
class Chaos {
   public:
    explicit Chaos(std::uint64_t seed) : random_(seed) {}

    void append_to(History& history) {
        const World& world = history.latest();
        Event event = any_event(history.size());
        if (pick(10) != 0) make_plausible(event, world);
        history.append(event, payload());
    }

   private:
    static constexpr EventKind likely_calls[] = {EventKind::socket,  EventKind::bind,       EventKind::listen,  EventKind::accept,
                                                 EventKind::accept,  EventKind::accept,     EventKind::send,    EventKind::connect,
                                                 EventKind::connect, EventKind::recv,       EventKind::close,   EventKind::fork,
                                                 EventKind::fork,    EventKind::waitpid,    EventKind::waitpid, EventKind::_exit,
                                                 EventKind::printf,  EventKind::setsockopt, EventKind::shutdown};
    static constexpr EventKind likely_facts[] = {
        EventKind::actor_begin,    EventKind::actor_begin, EventKind::actor_begin,   EventKind::actor_end,   EventKind::process_ended,
        EventKind::process_reaped, EventKind::blocked,     EventKind::program_begin, EventKind::program_end, EventKind::listen_queue};
    static constexpr Phase call_phases[] = {Phase::enter, Phase::enter, Phase::enter, Phase::arrive, Phase::go, Phase::rest, Phase::exit};

    std::uint32_t pick(std::size_t below) { return static_cast<std::uint32_t>(random_() % below); }
    std::int64_t small_or_wild() { return pick(20) == 0 ? static_cast<std::int64_t>(random_()) : static_cast<std::int64_t>(pick(10)) - 1; }
    template <class Map>
    typename Map::key_type one_of(const Map& map) {
        auto at = map.begin();
        if (map.empty()) return {};
        std::advance(at, pick(map.size()));
        return at->first;
    }

    Event any_event(EventIndex index) {
        Event event;
        event.time = 1'000'000 + index * 100 + pick(5000);
        event.kind = static_cast<EventKind>(pick(static_cast<unsigned>(EventKind::count) + 2));
        event.phase = static_cast<Phase>(pick(8));
        event.actor = make_actor_id(1 + pick(12), 1 + pick(3));
        event.fd = static_cast<int>(pick(6)) - 1;
        event.a = small_or_wild();
        event.b = small_or_wild();
        event.value = small_or_wild();
        event.socket = pick(8);
        event.flags = static_cast<std::uint8_t>(pick(16));
        event.error = pick(3) == 0 ? static_cast<std::uint16_t>(pick(120)) : 0;
        if (event.error != 0 && pick(2)) event.value = -1;
        event.line = static_cast<std::uint16_t>(pick(100));
        return event;
    }

    void make_plausible(Event& event, const World& world) {
        event.actor = one_of(world.actors);
        const Actor* actor = find(world, event.actor);
        if (!actor || pick(6) == 0) return make_plausible_fact(event, world);
        event.kind = likely_calls[pick(std::size(likely_calls))];
        event.phase = call_phases[pick(std::size(call_phases))];
        if (!actor->calls.empty() && pick(4) != 0) {
            event.kind = actor->calls.back().kind;
            event.phase = actor->calls.back().entered ? Phase::exit : Phase::enter;
            event.fd = actor->calls.back().fd;
        }
        if (event.kind == EventKind::fork && event.phase == Phase::enter) event.a = 0;
        if (event.kind == EventKind::fork && event.phase == Phase::exit && pick(3) != 0) event.value = 1 + pick(20);
        if (event.kind == EventKind::waitpid && pick(2)) event.value = one_of(world.live_pids);
        if (event.kind == EventKind::socket || event.kind == EventKind::accept) event.socket = ++cookie_;
    }

    void make_plausible_fact(Event& event, const World& world) {
        event.kind = likely_facts[pick(std::size(likely_facts))];
        event.phase = Phase::happened;
        if (event.kind == EventKind::blocked) event.a = static_cast<std::int64_t>(one_of(world.actors));
        if (event.kind == EventKind::process_ended || event.kind == EventKind::process_reaped) event.a = one_of(world.live_pids);
        if (event.kind != EventKind::actor_begin) return;
        event.actor = make_actor_id(1 + pick(12), ++generation_);
        event.a = 1 + pick(20);
        event.value = static_cast<std::int64_t>(one_of(world.actors));
        event.fd = static_cast<int>(pick(2));
        if (world.fork_images.empty() || pick(4) == 0) return;
        const auto [parent, nth] = one_of(world.fork_images);
        event.value = static_cast<std::int64_t>(parent);
        event.fd = nth;
    }

    std::string payload() {
        const auto address = [&] {
            const auto port = static_cast<std::uint16_t>(pick(6));
            switch (pick(5)) {
                case 0:
                    return ipv4("0.0.0.0", port);
                case 1:
                    return ipv6("::", port);
                case 2:
                    return ipv6("::ffff:127.0.0.1", port);
                default:
                    return ipv4("127.0.0.1", port);
            }
        };
        switch (pick(4)) {
            case 0:
                return {};
            case 1:
                return bytes_of(AddressPair{address(), address()});
            case 2:
                return bytes_of(address());
            default: {
                std::string bytes(pick(90), '\0');
                for (char& byte : bytes) byte = static_cast<char>(pick(256));
                return bytes;
            }
        }
    }

    std::mt19937_64 random_;
    std::uint64_t cookie_ = 100;
    std::uint32_t generation_ = 3;
};

/** What must hold in every World, whatever the history was. */
void expect_consistent(const World& world) {
    for (const auto& [id, process] : world.processes) {
        EXPECT_TRUE(process.state == Process::State::runs || process.is_app || process.fds.empty());
        for (const auto& [fd, description_id] : process.fds) {
            const Description* description = find(world, description_id);
            ASSERT_NE(description, nullptr);
            const Holder holder{id, fd};
            EXPECT_EQ(std::count(description->holders.begin(), description->holders.end(), holder), 1);
        }
    }
    for (const auto& [id, description] : world.descriptions) {
        const Socket* socket = find(world, description.socket);
        ASSERT_NE(socket, nullptr);
        EXPECT_EQ(socket->description, id);
        EXPECT_NE(socket->state, Socket::State::closed);
        for (const Holder& holder : description.holders) {
            const Process* process = find(world, holder.process);
            ASSERT_NE(process, nullptr);
            EXPECT_EQ(process->fds.at(holder.fd), id);
        }
    }
    for (const auto& [id, socket] : world.sockets) {
        const bool ended = std::count(world.ended_sockets.begin(), world.ended_sockets.end(), id) == 1;
        EXPECT_EQ(ended, socket.state == Socket::State::closed);
        EXPECT_EQ(world.listening.count(id) == 1, socket.state == Socket::State::listening);
    }
    for (const auto& [id, connection] : world.connections) {
        const bool ended = std::count(world.ended_connections.begin(), world.ended_connections.end(), id) == 1;
        EXPECT_EQ(ended, connection.state == Connection::State::closed);
    }
    for (const auto& [pid, id] : world.live_pids) {
        const Process* process = find(world, id);
        ASSERT_NE(process, nullptr);
        EXPECT_EQ(process->pid, pid);
        EXPECT_NE(process->state, Process::State::reaped);
    }
    for (const auto& [id, program] : world.programs) {
        for (const ActorId actor : program.actors) {
            ASSERT_NE(find(world, actor), nullptr);
            EXPECT_NE(find(world, actor)->state, Actor::State::ended);
        }
    }
    EXPECT_LE(world.ended_sockets.size(), ended_kept);
    EXPECT_LE(world.ended_connections.size(), ended_kept);
    EXPECT_LE(world.ended_actors.size(), ended_kept);
    EXPECT_LE(world.ended_processes.size(), ended_kept);
    EXPECT_LE(world.ended_programs.size(), ended_kept);
}

TEST(History, KeepsEventsAndTheirPayload) {
    History history;
    for (std::uint64_t n = 0; n < 10'000; ++n) {
        Event event;
        event.kind = EventKind::printf;
        event.phase = Phase::enter;
        event.a = static_cast<std::int64_t>(n);
        EXPECT_EQ(history.append(event, std::string(n % 700, static_cast<char>('a' + n % 26))), n);
    }
    ASSERT_EQ(history.size(), 10'000u);
    for (std::uint64_t n = 0; n < 10'000; ++n) {
        EXPECT_EQ(history.event(n).a, static_cast<std::int64_t>(n));
        EXPECT_EQ(history.payload(n), std::string(n % 700, static_cast<char>('a' + n % 26)));
    }
}

TEST(History, CutsWhatIsTooLong) {
    History history;
    history.append(Event{}, std::string(100'000, 'x'));
    EXPECT_EQ(history.payload(0).size(), 65535u);
    EXPECT_TRUE(history.event(0).flags & event_payload_cut);
}

TEST(History, InternsFiles) {
    History history;
    EXPECT_EQ(history.intern_file("core/programs/echo_fork.cpp"), 1);
    EXPECT_EQ(history.intern_file("core/programs/echo.cpp"), 2);
    EXPECT_EQ(history.intern_file("core/programs/echo_fork.cpp"), 1);
    EXPECT_EQ(history.file(2), "core/programs/echo.cpp");
    EXPECT_EQ(history.file(0), "");
    EXPECT_EQ(history.file(3), "");
}

TEST(History, FindsBothEndsOfACall) {
    Story story;
    const ActorId server = story.begin(1, 100, story.program(1, true, true));
    story.listener(server, 3, 9001, ipv4("127.0.0.1", 6666));
    const EventIndex arrive = story.put(EventKind::accept, Phase::arrive, server, {.fd = 3});
    story.put(EventKind::accept, Phase::go, server, {.fd = 3});
    const EventIndex accept = story.enter(server, EventKind::accept, {.fd = 3});
    const EventIndex inner = story.enter(server, EventKind::waitpid, {.a = -1});
    const EventIndex inner_exit = story.exit(server, EventKind::waitpid, {.value = 0});
    EXPECT_EQ(story.history.exit_of(accept, story.history.size()), no_event) << "still open";
    const EventIndex accept_exit = story.exit(server, EventKind::accept, {.fd = 3, .value = -1, .error = EINTR});
    EXPECT_EQ(story.history.exit_of(accept, story.history.size()), accept_exit);
    EXPECT_EQ(story.history.exit_of(arrive, story.history.size()), accept_exit);
    EXPECT_EQ(story.history.exit_of(accept, accept_exit), no_event) << "open as seen from before";
    EXPECT_EQ(story.history.exit_of(inner, story.history.size()), inner_exit);
    EXPECT_EQ(story.history.enter_of(accept_exit), accept);
    EXPECT_EQ(story.history.enter_of(inner_exit), inner);
    EXPECT_EQ(story.history.enter_of(accept), no_event);
    const EventIndex orphan = story.exit(server, EventKind::send, {.fd = 4, .value = 1});
    EXPECT_EQ(story.history.enter_of(orphan), no_event);
    EXPECT_EQ(story.history.exit_of(story.history.size() + 5, story.history.size() + 9), no_event);
}

TEST(History, TheWorldAtAnyIndexIsTheLinearFold) {
    constexpr EventIndex count = 200'000;
    History history;
    Chaos chaos(20240607);
    World linear;
    std::mt19937 random(1);
    for (EventIndex index = 0; index < count; ++index) {
        chaos.append_to(history);
        apply(linear, history.event(index), history.payload(index));
        if (index % 997 == 0) {
            ASSERT_EQ(linear, history.latest()) << index;
            expect_consistent(linear);
            ASSERT_FALSE(testing::Test::HasFailure()) << "after event " << index;
        }
        if (index % 4801 == 0 || (index + 1) % (16 * History::keyframe_events) == 0) {
            ASSERT_EQ(history.at(index + 1), linear) << index;
        }
    }
    EXPECT_EQ(history.at(count), linear);
    EXPECT_EQ(history.at(count + 1000), linear) << "there is no more than that";
    EXPECT_EQ(history.at(0), World{});
    for (int round = 0; round < 40; ++round) {
        const EventIndex index = random() % 20'000;
        ASSERT_EQ(history.at(index), linear_fold(history, index)) << index;
    }
}

TEST(History, IsTheSameForEverySeed) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        History history;
        Chaos chaos(seed);
        for (int n = 0; n < 5000; ++n) chaos.append_to(history);
        expect_consistent(history.latest());
        ASSERT_EQ(linear_fold(history, history.size()), history.latest()) << seed;
    }
}

TEST(History, AdvancesInPieces) {
    History history;
    Chaos chaos(3);
    for (int n = 0; n < 30'000; ++n) chaos.append_to(history);
    World world;
    int pieces = 0;
    while (!history.advance(world, 20'000, 1)) ++pieces;
    EXPECT_GT(pieces, 0);
    EXPECT_EQ(world.events, 20'000u);
    EXPECT_EQ(world, history.at(20'000));
    EXPECT_TRUE(history.advance(world, 20'000));
    EXPECT_TRUE(history.advance(world, 30'000));
    EXPECT_EQ(world, history.latest());
}

constexpr EventIndex some_chunks = 5;

void expect_same(const History& one, const History& other) {
    ASSERT_EQ(one.size(), other.size());
    std::mt19937 random(7);
    for (int round = 0; round < 40; ++round) {
        const EventIndex index = random() % one.size();
        const Event left = one.event(index), right = other.event(index);
        ASSERT_EQ(std::memcmp(&left, &right, sizeof(Event)), 0) << index;
        ASSERT_EQ(one.at(index), other.at(index)) << index;
    }
}

TEST(History, IsKeptInARecordingWhetherItsChunksAreSealedOrNot) {
    History history, again;
    Chaos chaos(11);
    for (EventIndex n = 0; n < some_chunks * History::chunk_events; ++n) chaos.append_to(history);
    for (EventIndex number = 0; number < some_chunks; ++number) ASSERT_TRUE(again.adopt(history.packed(number)));
    again.adopted();
    expect_same(history, again);
}

TEST(History, IsSealedByItsWriterWhereNoChunkMayWait) {
    History history, sealed(0);
    for (History* each : {&history, &sealed}) {
        Chaos chaos(12);
        for (EventIndex n = 0; n < some_chunks * History::chunk_events; ++n) chaos.append_to(*each);
    }
    EXPECT_EQ(sealed.packed(some_chunks - 1).keyframe_like, some_chunks - 1) << "it stands alone";
    EXPECT_GT(sealed.keyframe_bytes(), some_chunks * 100);
    expect_same(history, sealed);
}

TEST(History, IsSealedWhenTheProcessorIsFree) {
    History history;
    Chaos chaos(13);
    for (EventIndex n = 0; n < some_chunks * History::chunk_events; ++n) chaos.append_to(history);
    std::uint64_t sealed_bytes = 0;
    for (EventIndex number = 0; number < some_chunks; ++number)
        sealed_bytes += history.packed(number).events.size() + History::chunk_events * sizeof(std::uint32_t);
    while (history.event_bytes() < sealed_bytes) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // it leaves the processor to all others
    EXPECT_EQ(history.event_bytes(), sealed_bytes);
    for (EventIndex number = 1; number < some_chunks; ++number)
        EXPECT_LT(history.packed(number).keyframe_like, number) << "like an earlier one";
    EXPECT_EQ(history.at(history.size()), history.latest());
}

TEST(History, IsReadWhileItIsWritten) {
    constexpr EventIndex count = 40'000;
    History history;
    std::thread writer([&] {
        Chaos chaos(5);
        for (EventIndex n = 0; n < count; ++n) chaos.append_to(history);
    });
    World world;
    while (world.events < count) {
        const EventIndex size = history.size();
        history.advance(world, size, 1'000'000);
        if (size > 0) {
            EXPECT_LE(history.payload(size - 1).size(), 128u);
            history.exit_of(size / 2, size);
        }
    }
    writer.join();
    EXPECT_EQ(world, history.latest());
}

}  // namespace
}  // namespace synoptic
