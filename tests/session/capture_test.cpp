// The capture of a session: the records of a history written by hand, and a real one's file as tshark reads it.
#include "core/session/capture.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/clock.h"
#include "tests/model/story.h"
#include "tests/session/wire_fixture.h"
#include "tests/temporary_folder.h"
#include "tests/wire/packets.h"
#include "tests/wire/tshark.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/** Segments of one connection, as a relay would tell of them. */
struct WireStory : Story {
    std::uint64_t last = 0;

    std::uint64_t sent(const PacketOf& of, std::size_t kept_bytes = 65'535) {
        const Bytes packet = make_packet(of);
        fact(EventKind::segment_sent,
             {.a = static_cast<std::int64_t>(packet.size()),
              .b = of.from_client ? 0 : 1,
              .payload = std::string(packet.begin(), packet.begin() + static_cast<long>(std::min(packet.size(), kept_bytes))),
              .socket = ++last});
        return last;
    }
    void held(std::uint64_t id, std::uint64_t due_ns = 0, HoldReason reason = HoldReason::rule) {
        fact(EventKind::segment_held, {.fd = static_cast<int>(reason), .value = static_cast<std::int64_t>(due_ns), .socket = id});
    }
    void delivered(std::uint64_t id, DeliverReason reason = DeliverReason::hand) {
        fact(EventKind::segment_delivered, {.a = static_cast<std::int64_t>(reason), .socket = id});
        arrived(id);
    }
    void arrived(std::uint64_t id) { fact(EventKind::segment_arrived, {.socket = id}); }
    void dropped(std::uint64_t id, DropReason reason, int error = 0) {
        fact(EventKind::segment_dropped, {.a = static_cast<std::int64_t>(reason), .b = error, .socket = id});
    }
    std::uint64_t duplicated(std::uint64_t id) {
        fact(EventKind::segment_duplicated, {.a = static_cast<std::int64_t>(id), .socket = ++last});
        return last;
    }
    std::vector<CaptureRecord> records(EventIndex up_to = no_event) const {
        return capture_records(history, std::min(up_to, history.size()), 0);
    }
};

const PacketOf syn{.flags = tcp_syn, .seq = 100};

TEST(Capture, ASegmentThatPassesStandsOnBothSidesWithoutAComment) {
    WireStory story;
    const std::uint64_t id = story.sent(syn);
    const std::uint64_t sent_ns = story.now_ns;
    story.arrived(id);
    const std::vector<CaptureRecord> records = capture_records(story.history, story.history.size(), 5'000'000'000'000);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].host, Host::client);
    EXPECT_TRUE(records[0].outbound);
    EXPECT_EQ(records[0].time_ns, sent_ns + 5'000'000'000'000) << "since 1970";
    EXPECT_EQ(records[0].bytes, make_packet(syn));
    EXPECT_EQ(records[1].host, Host::server);
    EXPECT_FALSE(records[1].outbound);
    EXPECT_EQ(records[1].time_ns, records[0].time_ns + 1000);
    EXPECT_EQ(records[1].bytes, records[0].bytes);
    EXPECT_EQ(records[0].comment + records[1].comment, "");
}

TEST(Capture, WhatWasDroppedStandsOnItsSendersSideOnly) {
    WireStory story;
    const std::uint64_t lost = story.sent(syn), refused = story.sent({.from_client = false}), by_hand = story.sent(syn);
    story.dropped(lost, DropReason::rule);
    story.dropped(refused, DropReason::refused, EIO);
    story.held(by_hand);
    story.now_ns += 2300 * ms_ns;
    story.dropped(by_hand, DropReason::hand);
    const std::vector<CaptureRecord> records = story.records();
    ASSERT_EQ(records.size(), 3u);
    EXPECT_EQ(records[0].host, Host::client);
    EXPECT_EQ(records[0].comment, "dropped by a rule");
    EXPECT_EQ(records[1].host, Host::server);
    EXPECT_EQ(records[1].comment, "dropped by the receiver: Input/output error");
    EXPECT_EQ(records[2].comment, "held for 2.3 s, then dropped by hand");
}

TEST(Capture, WaitsAreTimedAndHandsTold) {
    WireStory story;
    const std::uint64_t held = story.sent(syn), delayed = story.sent(syn), hurried = story.sent(syn), stopped = story.sent(syn),
                        overtook = story.sent(syn);
    const std::uint64_t due_ns = story.now_ns + 200 * ms_ns;
    story.held(held);
    story.held(delayed, due_ns);
    story.held(hurried, due_ns);
    story.held(stopped, due_ns);
    story.held(overtook);
    story.now_ns += 100 * ms_ns;
    story.delivered(hurried);
    story.held(stopped, 0, HoldReason::hand);
    story.held(overtook, 0, HoldReason::overtake);
    story.now_ns = due_ns;
    story.delivered(delayed, DeliverReason::due);
    story.now_ns += 2000 * ms_ns;
    for (const std::uint64_t id : {held, stopped, overtook}) story.delivered(id);
    const std::vector<CaptureRecord> records = story.records();
    ASSERT_EQ(records.size(), 10u);
    EXPECT_EQ(records[0].comment, "held for 2.2 s, then delivered by hand");
    EXPECT_EQ(records[1].comment, "delayed for 200.0 ms by a rule");
    EXPECT_EQ(records[2].comment, "delayed for 100.0 ms by a rule, then delivered by hand");
    EXPECT_EQ(records[3].comment,
              "delayed for 100.0 ms by a rule, then its clock stopped by hand, then held for 2.1 s, then delivered by hand");
    EXPECT_EQ(records[4].comment, "put before others by hand, then held for 2.2 s, then delivered by hand");
    EXPECT_EQ(records[7].comment, records[0].comment) << "on the receiver's side, too";
    for (std::size_t at = 1; at < records.size(); ++at) EXPECT_GE(records[at].time_ns, records[at - 1].time_ns);
}

TEST(Capture, WhyItWasDeliveredIsAsTheRelayToldAndNoGuess) {
    WireStory story;
    const std::uint64_t due_ns = story.now_ns + 200 * ms_ns;
    const std::uint64_t early_by_its_clock = story.sent(syn), paused = story.sent(syn), copy = story.sent(syn), kept = story.sent(syn);
    story.held(early_by_its_clock, due_ns);
    story.held(paused, 0, HoldReason::pause);
    story.held(copy);
    story.held(kept, due_ns);
    story.now_ns += 100 * ms_ns;
    story.held(kept, 0, HoldReason::pause);
    story.delivered(early_by_its_clock, DeliverReason::due);
    story.delivered(paused, DeliverReason::resumed);
    story.dropped(copy, DropReason::copy);
    const std::vector<CaptureRecord> records = story.records();
    ASSERT_EQ(records.size(), 6u);
    EXPECT_EQ(records[0].comment, "delayed for 100.0 ms by a rule") << "the relay's clock was ahead of the event's";
    EXPECT_EQ(records[1].comment, "held for 100.0 ms by the pause");
    EXPECT_EQ(records[2].comment, "held for 100.0 ms, then dropped as a copy of one delivered");
    EXPECT_EQ(records[3].comment, "delayed for 100.0 ms by a rule, then its clock stopped by the pause, then held, and waits still");
}

TEST(Capture, ACopyMadeByHandStandsOnTheReceiversSideOnly) {
    WireStory story;
    const std::uint64_t original = story.sent(syn);
    story.held(original);
    const std::uint64_t copy = story.duplicated(original), other = story.duplicated(original);
    story.held(copy);
    story.held(other);
    story.now_ns += 10 * ms_ns;
    story.delivered(copy);
    story.dropped(other, DropReason::hand);
    const std::vector<CaptureRecord> records = story.records();
    ASSERT_EQ(records.size(), 2u) << "no host has seen the copy that was dropped";
    EXPECT_EQ(records[0].comment, "copied by hand: this is segment 1, then copied by hand: this is segment 1, then held, and waits still");
    EXPECT_EQ(records[1].host, Host::server);
    EXPECT_FALSE(records[1].outbound);
    EXPECT_EQ(records[1].bytes, make_packet(syn));
    EXPECT_EQ(records[1].comment, "a copy of segment 1, made by hand, then held for 10.0 ms, then delivered by hand");
}

TEST(Capture, EndsWhereItIsTold) {
    WireStory story;
    const std::uint64_t id = story.sent(syn);
    story.held(id);
    const EventIndex before = story.history.size();
    story.delivered(id);
    story.sent(syn);
    const std::vector<CaptureRecord> records = story.records(before);
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].comment, "held, and waits still");
    EXPECT_TRUE(story.records(0).empty());
}

TEST(Capture, SurvivesWhatIsNoHistory) {
    WireStory story;
    for (const EventKind kind :
         {EventKind::segment_arrived, EventKind::segment_dropped, EventKind::segment_held, EventKind::segment_delivered}) {
        story.fact(kind, {.a = -1, .b = -1, .value = -1, .socket = 77});
    }
    story.duplicated(77);
    story.fact(EventKind::segment_sent, {.a = -5, .payload = "no packet", .socket = 78});
    EXPECT_TRUE(story.records().empty());
}

TEST(Capture, APacketThatWasKeptInPartHasItsWholeLength) {
    if (!Tshark::is_installed()) GTEST_SKIP() << "tshark is not installed";
    WireStory story;
    story.arrived(story.sent({.seq = 101, .payload = std::string(1000, 'x')}, 160));
    const TemporaryFolder folder;
    const std::string path = folder / "cut.pcapng";
    const Status written = export_capture(story.history, story.history.size(), path, 0);
    ASSERT_TRUE(written) << written.error().text();
    const Tshark tshark(path);
    EXPECT_EQ(tshark.output_of("-T fields -e frame.len -e frame.cap_len -e tcp.len"), "1040\t160\t1000\n1040\t160\t1000\n");
    EXPECT_EQ(tshark.matching("_ws.malformed || tcp.checksum.status == \"Bad\""), 0u);
}

TEST(Capture, AnErrorNamesThePath) {
    WireStory story;
    story.sent(syn);
    for (const char* path : {"/no/such/folder/wire.pcapng", "/proc/wire.pcapng", "/dev/full", "/tmp"}) {
        const Status written = export_capture(story.history, story.history.size(), path, 0);
        ASSERT_FALSE(written) << path;
        EXPECT_NE(written.error().err, 0);
        EXPECT_NE(written.error().text().find(path), std::string::npos) << written.error().text();
    }
}

TEST(Capture, WithoutSegmentsNothingIsWritten) {
    const TemporaryFolder folder;
    EchoStory story;
    const std::string path = folder / "wire.pcapng";
    const Status failed = export_capture(story.history, story.history.size(), path, 0);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().detail.rfind(path + " was not written: no segments were seen", 0), 0u) << failed.error().text();
    EXPECT_EQ(folder.files(), 0u);
}

TEST(Capture, AFileThatWasThereStaysAsItWasIfWritingFails) {
    WireStory story;
    for (int at = 0; at < 100; ++at) story.sent(syn);
    const TemporaryFolder folder;
    const std::string path = folder / "wire.pcapng";
    std::ofstream(path) << "the one before";
    signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{1000, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    const Status failed = export_capture(story.history, story.history.size(), path, 0);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().err, EFBIG);
    EXPECT_EQ(content_of(path), "the one before");
    EXPECT_EQ(folder.files(), 1u) << "nothing else is left behind";
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    const std::string link = folder / "link.pcapng";
    fs::create_symlink("wire.pcapng", link);
    ASSERT_TRUE(export_capture(story.history, story.history.size(), link, 0));
    EXPECT_GT(content_of(path).size(), 1000u) << "where the link leads";
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(folder.files(), 2u);
}

TEST(Capture, ItsProgressIsToldAndItCanBeEnded) {
    WireStory story;
    for (int at = 0; at < 3000; ++at) story.arrived(story.sent(syn));
    const TemporaryFolder folder;
    std::vector<double> shares;
    const auto note = [&](double share) {
        shares.push_back(share);
        return true;
    };
    ASSERT_TRUE(export_capture(story.history, story.history.size(), folder / "wire.pcapng", 0, note));
    EXPECT_GT(shares.size(), 3u);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_LE(shares.back(), 1);
    for (const double until : {0.0, 0.5, 0.9}) {
        const std::string path = folder / "other.pcapng";
        const Status ended = export_capture(story.history, story.history.size(), path, 0, [until](double share) { return share < until; });
        ASSERT_FALSE(ended);
        EXPECT_EQ(ended.error().err, ECANCELED);
        EXPECT_NE(ended.error().text().find(path), std::string::npos);
    }
    EXPECT_EQ(folder.files(), 1u) << "nothing is left of what was ended";
}

/** What a history tells of, counted without the World. */
struct Told {
    std::size_t sent[2] = {0, 0}, arrived[2] = {0, 0};  // by direction

    explicit Told(const History& history, EventIndex up_to) {
        std::map<std::uint64_t, int> direction;
        for (EventIndex at = 0; at < up_to; ++at) {
            const Event event = history.event(at);
            if (event.kind == EventKind::segment_sent) ++sent[direction[event.socket] = static_cast<int>(event.b)];
            if (event.kind == EventKind::segment_duplicated) direction[event.socket] = direction[static_cast<std::uint64_t>(event.a)];
            if (event.kind == EventKind::segment_arrived) ++arrived[direction[event.socket]];
        }
    }
};

class CaptureOnWire : public WireTest {
   protected:
    /** The oldest data segment to the server that waits and repeats no other. */
    WireId await_data() const {
        WireId found{};
        EXPECT_TRUE(eventually([&](const World& w) {
            for (const WireId id : waiting_segments(w)) {
                const WireSegment* segment = find(w, id);
                if (segment->direction == Direction::to_server && segment->payload_bytes != 0) return (found = id, true);
            }
            return false;
        }));
        return found;
    }
    bool some_segment(const std::function<bool(const WireSegment&)>& is_it) const {
        return eventually([&](const World& w) {
            return std::any_of(w.segments.begin(), w.segments.end(), [&](const auto& entry) { return is_it(entry.second); });
        });
    }

    /** One connection of which each thing happens to some segment. */
    void bring_up_everything() {
        serve("echo_fork", Place::own_process);
        set_rules(Rules::hold_only(kind_syn));
        join();
        deliver(await_segment("SYN"));
        ASSERT_TRUE(is_connected("client 1"));
        Rules rules;
        rules.to_server.hold = kind_data;
        set_rules(rules);
        session->submit(Say{id_of("client 1"), "held, dropped and copied"});
        const WireId first = await_data();
        session->submit(MoveSegment{first, SegmentMove::drop});
        ASSERT_TRUE(some_segment([&](const WireSegment& one) { return one.id == first && one.state == WireSegment::State::dropped; }));
        const WireId again = await_data();
        session->submit(MoveSegment{again, SegmentMove::duplicate});
        ASSERT_TRUE(some_segment([&](const WireSegment& one) { return one.duplicate_of == again; }));
        set_rules({});
        session->submit(DeliverAll{});
        ASSERT_TRUE(hears("client 1", "copied"));
        rules = {};
        rules.to_server.lose_every_nth = 1;
        set_rules(rules);
        session->submit(Say{id_of("client 1"), "lost"});
        ASSERT_TRUE(some_segment(
            [](const WireSegment& one) { return one.state == WireSegment::State::dropped && one.drop_reason == DropReason::rule; }));
        rules = {};
        rules.to_server.delay_ms = 30;
        set_rules(rules);
        ASSERT_TRUE(hears("client 1", "lost"));
        session->submit(CloseClient{ProgramId::none});
        ASSERT_TRUE(eventually([](const World& w) { return !w.flows.empty() && w.flows.begin()->second.is_over(); }));
    }
};

TEST_F(CaptureOnWire, TsharkReadsWhatHappened) {
    SYNOPTIC_NEEDS_JOINING();
    if (!Tshark::is_installed()) GTEST_SKIP() << "tshark is not installed";
    const std::uint64_t offset_ns = realtime_offset_ns();
    bring_up_everything();
    if (HasFatalFailure()) return;
    const EventIndex up_to = session->history().size();
    const Told told(session->history(), up_to);
    const TemporaryFolder folder;
    const std::string path = folder / "wire.pcapng";
    const Status written = export_capture(session->history(), up_to, path, offset_ns);
    ASSERT_TRUE(written) << written.error().text();

    const Tshark tshark(path);
    const auto matching = [&](const std::string& filter) { return tshark.matching(filter); };
    const std::size_t all = told.sent[0] + told.sent[1] + told.arrived[0] + told.arrived[1];
    EXPECT_EQ(matching("tcp"), all);
    EXPECT_EQ(matching("tcp.checksum.status == \"Good\" && ip.checksum.status == \"Good\""), all);
    EXPECT_EQ(matching("_ws.malformed || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\""), 0u);
    const std::string on_client = "frame.interface_name == \"client host\"", on_server = "frame.interface_name == \"server host\"";
    EXPECT_EQ(matching(on_client + " && frame.packet_flags_direction == 2"), told.sent[0]);
    EXPECT_EQ(matching(on_client + " && frame.packet_flags_direction == 1"), told.arrived[1]);
    EXPECT_EQ(matching(on_server + " && frame.packet_flags_direction == 2"), told.sent[1]);
    EXPECT_EQ(matching(on_server + " && frame.packet_flags_direction == 1"), told.arrived[0]);

    EXPECT_EQ(
        matching("tcp.flags.syn == 1 && tcp.flags.ack == 0 && frame.comment matches \"^held for [0-9.]+ [^ ]+, then delivered by hand$\""),
        2u);
    EXPECT_EQ(matching("frame.comment matches \"^held for .* then dropped by hand$\""), 1u);
    EXPECT_EQ(matching("frame.comment matches \"then dropped by hand$\" && " + on_server), 0u);
    EXPECT_EQ(matching("frame.comment matches \"^a copy of segment [0-9]+, made by hand, then held\""), 1u);
    EXPECT_EQ(matching("frame.comment contains \"a copy of\" && frame.packet_flags_direction == 1 && " + on_server), 1u);
    EXPECT_EQ(matching("frame.comment contains \"copied by hand: this is segment\""), 2u);
    EXPECT_GE(matching("frame.comment == \"dropped by a rule\" && " + on_client), 1u);
    EXPECT_EQ(matching("frame.comment == \"dropped by a rule\" && " + on_server), 0u);
    EXPECT_GE(matching("frame.comment matches \"^delayed for [0-9.]+ [^ ]+ by a rule$\" && " + on_server), 2u) << "the data, and the FIN";

    const World w = world();
    const Program* server = by_label(w, "server 1");
    pid_t child = 0;
    for (const auto& [id, process] : w.processes) {
        if (process.program == server->id && process.parent != ProcessId::none && find(w, process.parent)->program == server->id)
            child = process.pid;
    }
    ASSERT_NE(child, 0);
    EXPECT_EQ(matching("frame.comment == \"process: echo_fork (" + std::to_string(child) + ")\""), told.sent[1] + told.arrived[0])
        << "the child serves the connection";
    EXPECT_EQ(matching("frame.comment == \"process: echo_client (" + std::to_string(getpid()) + ")\""), told.sent[0] + told.arrived[1]);

    const double first_s = std::atof(tshark.output_of("-c 1 -T fields -e frame.time_epoch").c_str());
    const double now_s = static_cast<double>(monotonic_ns() + realtime_offset_ns()) / 1e9;
    EXPECT_LE(first_s, now_s);
    EXPECT_GE(first_s, now_s - 60);
}

}  // namespace
}  // namespace synoptic
