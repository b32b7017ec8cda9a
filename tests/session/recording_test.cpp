// Recordings: what was saved is there again, at every moment; and what a file that is damaged, cut off or none is told to be.
#include "core/session/recording.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "core/model/world_codec.h"
#include "core/programs/registry.h"
#include "core/session/recording_format.h"
#include "session_fixture.h"
#include "tests/model/story.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/** The same events, payloads, files, links; the same World at every index, found by seeking here and by a linear replay there. */
void expect_same(const History& read, const History& recorded) {
    World linear;
    for (EventIndex index = 0; index < read.size(); ++index) {
        ASSERT_EQ(hash(read.at(index)), hash(linear)) << "before event " << index;
        Event event = read.event(index), original = recorded.event(index);
        event.payload_at = original.payload_at = 0;
        ASSERT_EQ(std::memcmp(&event, &original, sizeof event), 0) << index;
        ASSERT_EQ(read.payload(index), recorded.payload(index)) << index;
        ASSERT_EQ(read.file(event.file), recorded.file(event.file));
        ASSERT_EQ(read.exit_of(index, read.size()), recorded.exit_of(index, read.size())) << index;
        ASSERT_EQ(read.enter_of(index), recorded.enter_of(index)) << index;
        apply(linear, original, recorded.payload(index));
    }
    ASSERT_EQ(hash(read.latest()), hash(linear));
}

class RecordingTest : public SessionTest {
   protected:
    /** Where a server can be reached: it listens, or has a datagram socket, which does not. */
    static std::string port_of(const World& world, const std::string& label) {
        if (const Socket* listener = listener_of(world, label)) return std::to_string(listener->local.port());
        const Program* program = by_label(world, label);
        for (const auto& [id, socket] : world.sockets) {
            if (program && socket.program == program->id && socket.type == SOCK_DGRAM && socket.local.port() != 0)
                return std::to_string(socket.local.port());
        }
        return {};
    }

    /** A server and two of its clients from their beginning to their end. */
    void run_a_story(const ProgramInfo& server) {
        const Place place = server.own_process_only ? Place::own_process : Place::in_app;
        session->submit(
            StartServer{.program = server.name, .place = place, .address = "127.0.0.1", .port = "0", .database = folder / "database.txt"});
        const std::string label = "server " + std::to_string(++servers);
        std::string port;
        ASSERT_TRUE(eventually([&](const World& w) {
            port = port_of(w, label);
            return !port.empty();
        }));
        const ProgramInfo* client = find_client(server.protocol);
        for (int number = 1; number <= 2; ++number) {
            session->submit(AddClients{.program = client->name, .host = "127.0.0.1", .port = port, .count = 1});
            const std::string who = "client " + std::to_string(++clients);
            ASSERT_TRUE(eventually([&](const World& w) { return by_label(w, who) != nullptr; }));
            const bool kv = server.protocol == std::string("kv");
            const std::string key = std::to_string(clients);
            session->submit(Say{id_of(who), kv ? "put " + key + " two words" : "hello " + key});
            ASSERT_TRUE(hears(who, kv ? "OK" : "")) << server.name;
            session->submit(CloseClient{id_of(who)});
            ASSERT_TRUE(eventually([&](const World& w) { return by_label(w, who)->state == Program::State::ended; }));
        }
        session->submit(StopServer{id_of(label)});
        ASSERT_TRUE(eventually([&](const World& w) { return by_label(w, label)->state == Program::State::ended; }));
    }

    TemporaryFolder folder;
};

TEST_F(RecordingTest, HasEveryMomentOfEachServerAndWorkerModel) {
    for (const ProgramInfo& program : all_programs()) {
        if (program.role != Role::server || *program.variant) continue;
        SCOPED_TRACE(program.name);
        run_a_story(program);
        ASSERT_FALSE(HasFailure());
    }
    session->submit(SetGate{ActorId{}, GateMode::slow, 1});                // so that calls have an arrive, too
    while (session->history().size() < 2 * History::chunk_events + 500) {  // keyframes are among it
        run_a_story(*find_program("echo_fork"));
        ASSERT_FALSE(HasFailure());
    }
    const std::string path = folder / "all.synoptic";
    const RecordingNotes notes{
        .realtime_offset_ns = 12345, .bookmarks = {{7, "here it begins"}, {9, "ä \"quoted\""}}, .sources = sources_of(session->history())};
    const EventIndex size = session->history().size();
    ASSERT_TRUE(save_recording(path, session->history(), notes));
    const Result<Recording> read = load_recording(path);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->remark, "");
    EXPECT_EQ(read->notes, notes);
    EXPECT_EQ(read->made_by.substr(0, 9), "synoptic ");
    EXPECT_GE(read->history->size(), size);
    EXPECT_FALSE(read->notes.sources.at("core/programs/echo_fork.cpp").empty());
    expect_same(*read->history, session->history());
}

TEST_F(RecordingTest, IsSavedAgainAsItWas) {
    run_a_story(*find_program("echo_iterative"));
    ASSERT_TRUE(save_recording(folder / "one", session->history(), {.sources = sources_of(session->history())}));
    const Result<Recording> one = load_recording(folder / "one");
    ASSERT_TRUE(one);
    ASSERT_TRUE(save_recording(folder / "two", *one->history, one->notes));
    EXPECT_EQ(contents(folder / "two"), contents(folder / "one"));
}

/** A short history with a chunk and some events behind it, as a file. */
std::string small_recording(EventIndex events = History::chunk_events + 40) {
    History history;
    history.intern_file("core/programs/echo_fork.cpp");
    for (EventIndex index = 0; index < events; ++index) {
        Event event;
        event.time = 1000 * index;
        event.kind = EventKind::command;
        event.phase = Phase::happened;
        event.a = static_cast<std::int64_t>(index);
        history.append(event, "command " + std::to_string(index));
    }
    const TemporaryFolder folder;
    EXPECT_TRUE(
        save_recording(folder / "small", history, {.bookmarks = {{3, "x"}}, .sources = {{"core/programs/echo_fork.cpp", "int main"}}}));
    return contents(folder / "small");
}

TEST(RecordingFile, TellsOthersByTheirNature) {
    const std::string whole = small_recording(10);
    const auto trouble = [](std::string_view bytes) {
        const Result<Recording> read = read_recording(bytes, "it.synoptic");
        return read ? std::string() : read.error().detail;
    };
    EXPECT_EQ(trouble(""), "it.synoptic: this is not a recording of Synoptic");
    EXPECT_EQ(trouble("{\"events\": []}"), "it.synoptic: this is not a recording of Synoptic");
    EXPECT_EQ(trouble(whole.substr(0, 5)), "it.synoptic: this recording was cut off before its first event");
    EXPECT_EQ(trouble(whole.substr(0, 19)), "it.synoptic: this recording was cut off before its first event");
    std::string newer = whole;
    newer[8] = 2;
    EXPECT_NE(trouble(newer).find("made by a newer Synoptic (format 2."), std::string::npos) << trouble(newer);
    std::string older = whole;
    older[8] = 0;
    EXPECT_NE(trouble(older).find("can't be read any more"), std::string::npos) << trouble(older);
    EXPECT_EQ(trouble(whole), "");
}

TEST(RecordingFile, FoldsAnewWhereKeyframesAreAnothersOnes) {
    std::string bytes = small_recording();
    bytes[16] = 77;  // world_format: its Worlds can't be read, its events can
    const Result<Recording> read = read_recording(bytes, "it");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->remark, "");
    EXPECT_EQ(read->history->size(), History::chunk_events + 40);
    EXPECT_EQ(read->history->latest().events, History::chunk_events + 40);
}

TEST(RecordingFile, HoldsAWorldThatIsNearlyAllTheSameLetter) {
    TemporaryFolder folder;
    EchoStory story;
    const std::string letters(4096, 'x');
    for (EventIndex print = 0; story.history.size() < 2 * History::chunk_events; ++print) {
        story.enter(story.server, EventKind::printf, {.payload = print < 50 ? letters + "\n" : letters});
        story.exit(story.server, EventKind::printf, {.value = 1});
    }
    ASSERT_TRUE(save_recording(folder / "it", story.history, {}));
    const Result<Recording> read = read_recording(contents(folder / "it"), "it");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->remark, "");
    EXPECT_EQ(read->history->size(), story.history.size());
    EXPECT_EQ(hash(read->history->latest()), hash(story.history.latest()));
}

TEST(RecordingFile, IsOpenedUpToTheCut) {
    const std::string whole = small_recording();
    const EventIndex all = History::chunk_events + 40;
    for (std::size_t size = recording_header_bytes; size < whole.size(); ++size) {
        const Result<Recording> read = read_recording(std::string_view(whole).substr(0, size), "it");
        ASSERT_TRUE(read) << size << ": " << read.error().text();
        const EventIndex events = read->history->size();
        ASSERT_TRUE(events == 0 || events == History::chunk_events || events == all) << size << ": " << events;
        ASSERT_NE(read->remark.find("was cut off"), std::string::npos) << size;
        ASSERT_EQ(read->history->latest().events, events);
    }
}

TEST(RecordingFile, TellsEveryDamagedByte) {
    std::string bytes = small_recording();
    const EventIndex all = History::chunk_events + 40;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
        const Result<Recording> read = read_recording(bytes, "it");
        const bool format_of_worlds = at >= 16 && at < recording_header_bytes;
        if (read && !format_of_worlds) {
            ASSERT_NE(read->remark, "") << at;
        }
        if (!read) {
            ASSERT_EQ(read.error().detail.substr(0, 4), "it: ") << at;
        }
        if (read) {
            ASSERT_LE(read->history->size(), all);
            for (EventIndex index = 0; index < read->history->size(); index += 512)
                ASSERT_EQ(read->history->payload(index), "command " + std::to_string(index)) << at;
        }
        bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    }
}

TEST(RecordingFile, HoldsNothingThatWasInMemoryBefore) {
    const auto saved_beside = [](char before) {
        // What the History's blocks are made of was something else.
        std::vector<std::unique_ptr<char[]>> blocks;
        for (int block = 0; block < 8; ++block) {
            blocks.emplace_back(new char[History::payload_block_bytes]);
            std::memset(blocks.back().get(), before, History::payload_block_bytes);
        }
        blocks.clear();
        History history;
        for (EventIndex index = 0; index < History::chunk_events; ++index) history.append(Event{}, std::string(1 + index % 700, 'x'));
        const TemporaryFolder folder;
        EXPECT_TRUE(save_recording(folder / "it", history, {}));
        return contents(folder / "it");
    };
    EXPECT_EQ(saved_beside('S'), saved_beside('T'));
}

TEST(RecordingFile, IsNotReadToTheEndOfWhatHasNone) {
    const Result<Recording> zeros = load_recording("/dev/zero");
    ASSERT_FALSE(zeros);
    EXPECT_EQ(zeros.error().detail, "/dev/zero: this is not a recording of Synoptic");
}

TEST(RecordingFile, NamesWhatCannotBeRead) {
    const TemporaryFolder folder;
    const Result<Recording> missing = load_recording(folder / "missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().err, ENOENT);
    EXPECT_EQ(missing.error().detail, folder / "missing");
    const Result<Recording> directory = load_recording(folder / "");
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().err, EISDIR);
}

TEST(RecordingFile, IsRefusedWhereAllPartsTogetherAreTooLarge) {
    TemporaryFolder folder;
    EchoStory story;
    const std::string zeros(4096, '\0');
    for (int note = 0; note < 3 * static_cast<int>(History::chunk_events); ++note) story.fact(EventKind::note, {.payload = zeros});
    ASSERT_TRUE(save_recording(folder / "it", story.history, {}));
    const std::string bytes = contents(folder / "it");
    constexpr std::uint64_t two_chunks = 2 * History::chunk_events * 4096;
    ASSERT_LT(bytes.size(), two_chunks / 10) << "few bytes hold many";
    const Result<Recording> refused = read_recording(bytes, "it", two_chunks);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().err, ENOMEM);
    EXPECT_EQ(refused.error().detail, "it: this recording needs more memory than there is");
    const Result<Recording> read = read_recording(bytes, "it", 2 * two_chunks);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->remark, "");
}

TEST(RecordingFile, LeavesTheEarlierOneWhereTheDiskIsFull) {
    const TemporaryFolder folder;
    write_file(folder / "kept", "what was there");
    History history;
    for (int index = 0; index < 5000; ++index) {
        Event event;
        event.kind = EventKind::command;
        event.a = index * 7919;
        history.append(event, std::to_string(index * 104729));
    }
    // A limit on the file's size fails as a full disk does: in the middle of a write.
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit low = before;
    low.rlim_cur = 4096;
    setrlimit(RLIMIT_FSIZE, &low);
    const Status saved = save_recording(folder / "kept", history, {});
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().err, EFBIG);
    EXPECT_NE(saved.error().text().find(folder / "kept"), std::string::npos);
    EXPECT_EQ(contents(folder / "kept"), "what was there");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / ""), {}), 1) << "nothing is left beside it";
}

TEST(RecordingFile, IsNotWrittenByWhoIsStopped) {
    const TemporaryFolder folder;
    write_file(folder / "kept", "what was there");
    History history;
    for (int index = 0; index < 5000; ++index) history.append(Event{}, {});
    const Status saved = save_recording(folder / "kept", history, {}, [](double) { return false; });
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().err, ECANCELED);
    EXPECT_EQ(contents(folder / "kept"), "what was there");
}

}  // namespace
}  // namespace synoptic
