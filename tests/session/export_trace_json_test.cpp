// The trace for Perfetto and chrome://tracing: real pids and tids, calls nested, and arrows that join the bytes that they say.
#include "core/session/export_trace_json.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "session_fixture.h"
#include "tests/model/story.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

using Json = nlohmann::json;

class TraceJson : public testing::Test {
   protected:
    /** The file's events, after a look at what must hold for each of them. */
    std::vector<Json> exported(const History& history) {
        const std::string path = folder / "trace.json";
        const Status written = export_trace_json(history, history.size(), path, 0);
        EXPECT_TRUE(written) << written.error().text();
        std::ifstream in(path);
        const Json file = Json::parse(in, nullptr, false);
        EXPECT_TRUE(file.is_object()) << "no JSON";
        EXPECT_EQ(file.value("displayTimeUnit", ""), "ns");
        const std::vector<Json> events = file.value("traceEvents", std::vector<Json>());
        check_slices(events);
        check_flows(events);
        return events;
    }

    using Track = std::pair<std::int64_t, std::int64_t>;
    struct Slice {
        std::int64_t from = 0, to = 0;
        std::string name;
    };
    static std::int64_t ns(const Json& microseconds) { return std::llround(microseconds.get<double>() * 1000); }
    static Track track_of(const Json& event) { return {event.at("pid"), event.at("tid")}; }
    static std::map<Track, std::vector<Slice>> slices_of(const std::vector<Json>& events) {
        std::map<Track, std::vector<Slice>> slices;
        for (const Json& event : events) {
            if (event.at("ph") != "X") continue;
            const std::int64_t from = ns(event.at("ts")), length = ns(event.at("dur"));
            EXPECT_GE(length, 0) << event;
            slices[track_of(event)].push_back({from, from + length, event.at("name")});
        }
        return slices;
    }

    /** Slices of one thread lie one behind the other, or one in the other. */
    static void check_slices(const std::vector<Json>& events) {
        for (auto& [track, slices] : slices_of(events)) {
            std::vector<Slice> sorted = slices, open;
            std::stable_sort(sorted.begin(), sorted.end(),
                             [](const Slice& l, const Slice& r) { return l.from != r.from ? l.from < r.from : l.to > r.to; });
            for (const Slice& slice : sorted) {
                while (!open.empty() && open.back().to <= slice.from) open.pop_back();
                EXPECT_TRUE(open.empty() || slice.to <= open.back().to) << slice.name << " crosses the end of " << open.back().name;
                open.push_back(slice);
            }
        }
        // What follows one another stands so in the file, too: the innermost returns first.
        std::map<Track, std::int64_t> last;
        for (const Json& event : events) {
            if (event.at("ph") != "X" || event.at("cat") != "call") continue;
            const std::int64_t to = ns(event.at("ts")) + ns(event.at("dur"));
            EXPECT_GE(to, last[track_of(event)]) << event;
            last[track_of(event)] = to;
        }
    }

    /** Each arrow begins and ends once, in slices of a send and of a recv. */
    static void check_flows(const std::vector<Json>& events) {
        std::map<std::int64_t, std::pair<Json, Json>> flows;
        for (const Json& event : events) {
            if (event.at("ph") == "s") flows[event.at("id")].first = event;
            if (event.at("ph") == "f") flows[event.at("id")].second = event;
        }
        const auto slices = slices_of(events);
        const auto lies_in = [&](const Json& end, std::set<std::string> names) {
            const auto track = slices.find(track_of(end));
            if (track == slices.end()) return false;
            const std::int64_t at = ns(end.at("ts"));
            const Slice* innermost = nullptr;
            for (const Slice& slice : track->second) {
                if (slice.from <= at && at < slice.to && (!innermost || slice.from > innermost->from)) innermost = &slice;
            }
            return innermost && names.count(innermost->name) > 0;
        };
        for (const auto& [id, flow] : flows) {
            ASSERT_TRUE(flow.first.is_object() && flow.second.is_object()) << "an arrow with one end: " << id;
            EXPECT_LE(ns(flow.first.at("ts")), ns(flow.second.at("ts")));
            EXPECT_TRUE(lies_in(flow.first, {"send", "write"})) << flow.first;
            EXPECT_TRUE(lies_in(flow.second, {"recv", "read"})) << flow.second;
        }
    }

    static std::vector<Json> of_phase(const std::vector<Json>& events, const char* phase, const std::string& name = "") {
        std::vector<Json> found;
        for (const Json& event : events) {
            if (event.at("ph") == phase && (name.empty() || event.at("name") == name)) found.push_back(event);
        }
        return found;
    }
    static std::string named(const std::vector<Json>& events, const char* what, std::int64_t pid, std::int64_t tid) {
        for (const Json& event : of_phase(events, "M", what)) {
            if (event.at("pid") == pid && event.at("tid") == tid) return event.at("args").at("name");
        }
        return {};
    }

    const TemporaryFolder folder;
};

struct Exchange : EchoStory {
    ConnectionId id = connect_and_accept();
    void sends(const std::string& bytes) {
        enter(client, EventKind::send, {.fd = 10, .a = static_cast<std::int64_t>(bytes.size()), .payload = bytes});
        exit(client, EventKind::send, {.fd = 10, .value = static_cast<std::int64_t>(bytes.size())});
    }
    void receives(const std::string& bytes, std::int64_t flags = 0) {
        enter(server, EventKind::recv, {.fd = 4, .a = 100, .b = flags});
        exit(server, EventKind::recv, {.fd = 4, .value = static_cast<std::int64_t>(bytes.size()), .payload = bytes});
    }
};

TEST_F(TraceJson, ProcessesAndThreadsHaveTheirNumbersAndNames) {
    Exchange story;
    const std::vector<Json> events = exported(story.history);
    EXPECT_EQ(named(events, "process_name", 100, 100), "server 1 (echo_fork)");
    EXPECT_EQ(named(events, "process_name", 50, 50), "synoptic");
    EXPECT_EQ(named(events, "thread_name", 100, 100), "server 1");
    EXPECT_NE(named(events, "thread_name", 50, 51), "") << "a thread of the app";
    const std::vector<Json> accepts = of_phase(events, "X", "accept");
    ASSERT_EQ(accepts.size(), 1u);
    EXPECT_EQ(accepts[0].at("pid"), 100);
    EXPECT_EQ(accepts[0].at("args").at("result"), "4");
    EXPECT_EQ(accepts[0].at("args").at("call"), "accept(3, {127.0.0.1:40000}, [16])");
}

TEST_F(TraceJson, ArrowsSayWhichBytesWentWhere) {
    Exchange story;
    story.sends("0123456789");
    story.sends("abcde");
    story.receives("0123");
    story.receives("0123", MSG_PEEK);  // takes nothing
    story.receives("456789abc");
    story.receives("de");
    std::vector<std::pair<std::string, std::string>> ranges;
    for (const Json& flow : of_phase(exported(story.history), "s"))
        ranges.emplace_back(flow.at("args").at("first_byte"), flow.at("args").at("bytes"));
    const std::vector<std::pair<std::string, std::string>> wanted{{"0", "4"}, {"4", "6"}, {"10", "3"}, {"13", "2"}};
    EXPECT_EQ(ranges, wanted);
}

TEST_F(TraceJson, AnArrowWaitsForTheSendThatReturnsLate) {
    Exchange story;
    story.enter(story.client, EventKind::send, {.fd = 10, .a = 2, .payload = "hi"});
    story.receives("hi");
    story.exit(story.client, EventKind::send, {.fd = 10, .value = 2});
    EXPECT_EQ(of_phase(exported(story.history), "s").size(), 1u);
}

TEST_F(TraceJson, WhereCallsWereLostNoArrowIsDrawn) {
    Exchange story;
    story.sends("some");
    story.fact(EventKind::lost, {.a = 1, .value = 3});
    story.receives("some");
    EXPECT_TRUE(of_phase(exported(story.history), "s").empty());
}

TEST_F(TraceJson, BlockedTimeIsNestedAndErrorsAreNamed) {
    Exchange story;
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.fact(EventKind::blocked, {.a = static_cast<std::int64_t>(story.server)}, story.server);
    story.exit(story.server, EventKind::recv, {.fd = 4, .value = -1, .error = ECONNRESET});
    const std::vector<Json> events = exported(story.history);
    const std::vector<Json> blocked = of_phase(events, "X", "blocked"), received = of_phase(events, "X", "recv");
    ASSERT_EQ(blocked.size(), 1u);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(blocked[0].at("tid"), received[0].at("tid"));
    EXPECT_EQ(received[0].at("args").at("errno"), "ECONNRESET");
    EXPECT_EQ(received[0].at("args").at("result"), "-1 ECONNRESET (Connection reset by peer)");
}

TEST_F(TraceJson, CallsThatNeverReturnedAreThereAndSaySo) {
    Exchange story;
    story.enter(story.server, EventKind::recv, {.fd = 4, .a = 100});
    story.enter(story.client, EventKind::recv, {.fd = 10, .a = 100});
    story.fact(EventKind::process_ended, {.a = 100, .b = 1, .value = 9});
    story.fact(EventKind::note, {.payload = "later"}, story.client);
    const std::vector<Json> received = of_phase(exported(story.history), "X", "recv");
    ASSERT_EQ(received.size(), 2u);
    for (const Json& each : received) EXPECT_EQ(each.at("args").at("no_exit"), "true");
    EXPECT_EQ(received[0].at("args").at("result"), "its process ended in it");
    EXPECT_EQ(received[1].at("args").at("result"), "had not returned at the end of the recording");
}

TEST_F(TraceJson, BytesThatAreNoTextAreStillJson) {
    Exchange story;
    story.fact(EventKind::note, {.payload = std::string("\xff\xfe \"quote\" \x01 \\ \xe2\x82") + '\0'}, story.server);
    story.sends(std::string("\xc3\x28\0\n", 4));
    EXPECT_FALSE(of_phase(exported(story.history), "i", "note").empty());
    History empty;
    exported(empty);
}

TEST_F(TraceJson, AFileThatCannotBeWrittenIsNamedAndAnEarlierOneStays) {
    Exchange story;
    const Status failed = export_trace_json(story.history, story.history.size(), folder / "no/trace.json", 0);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("/no/trace.json"), std::string::npos) << failed.error().text();
    std::ofstream(folder / "kept.json") << "kept";
    const Status ended = export_trace_json(story.history, story.history.size(), folder / "kept.json", 0, [](double) { return false; });
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().err, ECANCELED);
    std::ifstream kept(folder / "kept.json");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "kept");
}

class TraceJsonOfSession : public SessionTest {};

TEST_F(TraceJsonOfSession, HasAnArrowForEachEcho) {
    const TemporaryFolder folder;
    const std::string port = start_server("echo_fork", Place::own_process);
    add_clients(port, 2);
    for (const char* who : {"client 1", "client 2"}) {
        session->submit(Say{id_of(who), "to and fro"});
        EXPECT_TRUE(hears(who, "to and fro"));
    }
    // A send may return after what it sent was received: all four must have told.
    ASSERT_TRUE(eventually([](const World& w) {
        return w.connections.size() == 2 && std::all_of(w.connections.begin(), w.connections.end(), [](const auto& entry) {
                   const Connection& c = entry.second;
                   return c.bytes_to_server > 0 && c.bytes_to_server == c.read_by_server && c.bytes_to_client == c.bytes_to_server &&
                          c.read_by_client == c.bytes_to_client;
               });
    }));
    const History& history = session->history();
    ASSERT_TRUE(export_trace_json(history, history.size(), folder / "trace.json", 0));
    std::ifstream in(folder / "trace.json");
    const Json file = Json::parse(in, nullptr, false);
    ASSERT_TRUE(file.is_object());
    std::size_t starts = 0, ends = 0;
    bool app = false;
    for (const Json& event : file.at("traceEvents")) {
        if (event.at("ph") == "s") ++starts;
        if (event.at("ph") == "f") ++ends;
        if (event.at("ph") == "M" && event.at("pid") == getpid() && event.at("args").at("name") == "synoptic") app = true;
    }
    EXPECT_EQ(starts, ends);
    EXPECT_GE(starts, 4u) << "each line went to the server and came back";
    EXPECT_TRUE(app) << "clients are threads of this process";
}

}  // namespace
}  // namespace synoptic
