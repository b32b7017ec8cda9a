// What the inspector says.
#include "gui/panels/inspector_facts.h"

#include <gtest/gtest.h>
#include <netdb.h>

#include <cerrno>
#include <utility>

#include "gui/panels/words.h"
#include "small_world.h"

namespace synoptic {
namespace {

using test::Model;
using test::SmallWorld;

const Fact* fact_of(const InspectorPage& page, std::string_view name) {
    for (const FactSection& section : page.sections) {
        for (const Fact& fact : section.facts) {
            if (fact.name == name) return &fact;
        }
    }
    return nullptr;
}

class InspectorFacts : public testing::Test {
   protected:
    InspectorPage page(const Selection& selection) { return inspect(small.world, history, selection, SmallWorld::now_ns); }
    /** A call of a client's, which took 3 µs. Its enter and its exit. */
    std::pair<EventIndex, EventIndex> a_call(EventKind kind, std::int64_t result, int error = 0) {
        Event event;
        event.kind = EventKind::actor_begin;
        event.actor = ActorId{77};
        event.a = event.b = 4101;
        history.append(event, "client");
        event = Event{};
        event.kind = kind;
        event.phase = Phase::enter;
        event.actor = ActorId{77};
        event.fd = 5;
        event.time = 1000;
        const EventIndex enter = history.append(event, {});
        event.phase = Phase::exit;
        event.value = result;
        event.error = static_cast<std::uint16_t>(error);
        event.time = 4000;
        return {enter, history.append(event, {})};
    }
    SmallWorld small;
    History history;
};

TEST_F(InspectorFacts, WithoutASelectionItCounts) {
    const ProgramId server = small.add_server(Model::fork, 6666);
    small.make_zombie(small.serve(server, small.add_client(server)));
    const InspectorPage overview = page({});
    EXPECT_EQ(fact_of(overview, "servers")->value, "1");
    EXPECT_EQ(fact_of(overview, "clients")->value, "1");
    EXPECT_EQ(fact_of(overview, "zombies")->value, "1");
    EXPECT_EQ(fact_of(overview, "zombies")->tone, Tone::trouble);
}

TEST_F(InspectorFacts, AKilledServerIsNotCountedAsOneAndAConnectThatWaitsIsToldApart) {
    const ProgramId killed = small.add_server(Model::fork, 6666), other = small.add_server(Model::thread, 7777);
    small.world.sockets[small.world.programs[killed].listener].state = Socket::State::closed;
    Socket& opening = small.world.sockets[small.world.programs[small.add_client(other)].clientfd];
    opening.state = Socket::State::connecting;
    small.world.connections.erase(opening.connection);
    opening.connection = ConnectionId::none;
    small.serve(other, small.add_client(other));
    const InspectorPage overview = page({});
    EXPECT_EQ(fact_of(overview, "servers")->value, "1, and 1 that will not listen any more");
    EXPECT_EQ(fact_of(overview, "connections")->value, "1, and 1 being opened");
}

TEST_F(InspectorFacts, AClientCanBeSpokenToAndItsProcessNotKilled) {
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    const InspectorPage shown = page(select_program(small.world, client));
    EXPECT_EQ(shown.title, "client 1");
    EXPECT_EQ(shown.client, client);
    EXPECT_EQ(shown.server, ProgramId::none);
    EXPECT_EQ(shown.process, SmallWorld::app_process);
    EXPECT_NE(shown.paced, ActorId::none);
}

TEST_F(InspectorFacts, BytesThatWaitAreSaidToBeInferred) {
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    small.serve(server, client);
    Connection& connection = small.world.connections[small.connection_of(client)];
    connection.bytes_to_server = 10;
    connection.read_by_server = 4;
    Selection selection;
    selection.connection = connection.id;
    const InspectorPage shown = page(selection);
    EXPECT_TRUE(shown.infers);
    bool found = false;
    for (const FactSection& section : shown.sections) {
        for (const Fact& fact : section.facts) {
            if (fact.value != "6 bytes in flight or queued") continue;
            found = true;
            EXPECT_EQ(fact.known, Known::inferred);
        }
    }
    EXPECT_TRUE(found);
}

TEST_F(InspectorFacts, ABacklogIsWhatTheKernelMakesOfIt) {
    Selection selection;
    selection.program = small.add_server(Model::iterative, 6666, 2147483647);
    Socket& listener = small.world.sockets[small.world.programs[selection.program].listener];
    ASSERT_NE(fact_of(page(selection), "backlog"), nullptr);
    EXPECT_EQ(fact_of(page(selection), "backlog")->known, Known::inferred) << "it was asked for, nothing more";
    listener.kernel_backlog = 4096;
    for (const Selection& shown : {selection, link_to(listener.id)}) {
        const InspectorPage told = page(shown);
        const Fact* backlog = fact_of(told, "backlog");
        ASSERT_NE(backlog, nullptr);
        EXPECT_EQ(backlog->known, Known::observed);
        EXPECT_NE(backlog->value.find("room for 4,097 "), std::string::npos) << backlog->value;
    }
}

TEST_F(InspectorFacts, AZombieIsExplained) {
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ActorId worker = small.serve(server, small.add_client(server));
    small.make_zombie(worker);
    const InspectorPage shown = page(select_process(small.world, small.process_of(worker)));
    EXPECT_EQ(shown.badge, "zombie");
    EXPECT_NE(page_text(shown).find("waitpid"), std::string::npos);
    EXPECT_EQ(fact_of(shown, "ended")->value, "exited 0");
}

TEST_F(InspectorFacts, ADescriptorTellsWhoElseHoldsItsSocket) {
    const ProgramId server = small.add_server(Model::fork, 6666);
    const ProgramId client = small.add_client(server);
    const ActorId worker = small.serve(server, client);
    Connection& connection = small.world.connections[small.connection_of(client)];
    const DescriptionId id{900};
    const ProcessId parent = small.process_of(small.world.programs[server].actors[0]), child = small.process_of(worker);
    small.world.descriptions[id] = {id, connection.server, {{parent, 4}, {child, 4}}};
    small.world.sockets[connection.server].description = id;
    for (const ProcessId process : {parent, child}) small.world.processes[process].fds[4] = id;
    small.world.processes[child].inherited[4] = true;
    const FactSection table = descriptor_facts(small.world, small.world.processes[child]);
    ASSERT_EQ(table.facts.size(), 1u);
    EXPECT_EQ(table.facts[0].name, "4");
    EXPECT_NE(table.facts[0].value.find("inherited by fork"), std::string::npos);
    EXPECT_NE(table.facts[0].value.find("held 2 times"), std::string::npos);
    EXPECT_EQ(table.facts[0].link.fd, 4);
    const InspectorPage shown = page(table.facts[0].link);
    EXPECT_NE(page_text(shown).find("The connection ends when the last of them closes its descriptor."), std::string::npos);
}

TEST_F(InspectorFacts, AFailedCallTellsItsErrorAndWhatToDo) {
    const auto [enter, exit] = a_call(EventKind::connect, -1, ECONNREFUSED);
    small.world.events = history.size();
    Selection selection;
    selection.event = enter;
    const InspectorPage shown = page(selection);
    EXPECT_EQ(shown.title, "connect(2)");
    EXPECT_EQ(shown.badge, "ECONNREFUSED");
    ASSERT_NE(fact_of(shown, "took"), nullptr);
    EXPECT_EQ(fact_of(shown, "took")->value, "3.0 µs");
    EXPECT_NE(page_text(shown).find("Connection refused"), std::string::npos);
    small.world.events = exit;  // the past: it has not returned yet
    EXPECT_EQ(fact_of(page(selection), "took"), nullptr);
}

TEST_F(InspectorFacts, ANameThatIsNotKnownIsAFailure) {
    const auto [enter, exit] = a_call(EventKind::getaddrinfo, EAI_NONAME);  // the error is the result; errno tells nothing
    small.world.events = history.size();
    Selection selection;
    selection.event = enter;
    const InspectorPage shown = page(selection);
    EXPECT_EQ(shown.badge, "EAI_NONAME");
    EXPECT_EQ(shown.badge_tone, Tone::trouble);
    EXPECT_NE(page_text(shown).find("EAI_NONAME: Name or service not known\nNo such host or service"), std::string::npos)
        << page_text(shown);
    EXPECT_EQ(short_call(history, enter, exit).result, "= -2 EAI_NONAME");
}

TEST(HexLines, HaveAnOffsetTheBytesAndTheirLetters) {
    const std::vector<std::string> lines = hex_lines(std::string_view("hi\n\0", 4), 8);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0], "0000  68 69 0a 00              hi··");
    EXPECT_EQ(hex_lines(std::string(17, 'x'), 16).size(), 2u);
    EXPECT_TRUE(hex_lines("", 16).empty());
}

}  // namespace
}  // namespace synoptic
