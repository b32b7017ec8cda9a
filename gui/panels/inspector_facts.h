// What the inspector says about the selected thing, as plain data: computed here, drawn by inspector.cpp. Each fact says how it is known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gui/panel.h"
#include "gui/panels/packet_layout.h"

namespace synoptic {

enum class Tone : std::uint8_t { normal, dim, client, server, blocked, alive, listening, trouble };

struct Fact {
    std::string name, value;
    Known known = Known::observed;
    Tone tone = Tone::normal;
    bool code = false;  // set in the code font
    Selection link{};      // what a click selects; empty: nothing
    bool changed = false;  // it was something else, or nothing, at the moment before
};

struct FactSection {
    std::string title;  // empty for the first
    std::vector<Fact> facts;
    std::string text;                // a paragraph
    Tone tone = Tone::normal;        // of the paragraph
    std::vector<std::string> lines;  // output, in the code font
    std::string bytes;               // shown as a hex dump
};

/** What the inspector shows, from top to bottom. */
struct InspectorPage {
    std::string title, subtitle, badge;
    Tone badge_tone = Tone::normal;
    ProgramId client{};   // can say, chatter, be closed
    ProgramId server{};   // can be stopped, and joined
    ActorId paced{};      // has a gate
    ProcessId process{};  // can be killed
    EventIndex event = no_event;
    WireId segment{};   // can be delivered, dropped … while it waits
    PacketPage packet;  // shown bit by bit
    std::vector<FactSection> sections;
    bool infers = false;  // some fact is inferred
};

InspectorPage inspect(const World& world, const History& history, const Selection& selection, std::uint64_t now_ns);

/** Draws what can be done with what a page is about, from the top of `area` on; returns the height that this takes (inspector_actions.cpp). */
float draw_inspector_actions(PanelContext& panel, InspectorView& view, const InspectorPage& page, const ui::Rect& area);

/** The page as text for the clipboard. */
std::string page_text(const InspectorPage& page);

/** "0000  68 69 0a                 hi·" with so many bytes in a line. */
std::vector<std::string> hex_lines(std::string_view bytes, std::size_t columns);

// The parts of inspect(), in inspector_facts.cpp (programs, actors, processes), inspector_sockets.cpp, inspector_event.cpp and inspector_overview.cpp.
void inspect_socket(InspectorPage& page, const World& world, const Socket& socket, std::uint64_t now_ns);
void inspect_connection(InspectorPage& page, const World& world, const Connection& connection);
/** A line of a source file: who is there, and whether it has a breakpoint. */
void inspect_line(InspectorPage& page, const World& world, const History& history, const SourceLine& line);
/** How many there are of everything. */
void inspect_nothing(InspectorPage& page, const World& world);
void inspect_event(InspectorPage& page, const World& world, const History& history, EventIndex index, std::uint64_t now_ns);
FactSection connection_facts(const World& world, const Connection& connection);
FactSection descriptor_facts(const World& world, const Process& process);
Tone tone_of(const Socket& socket);
/** A listening socket's backlog: what listen asked for, and what the kernel made of it. */
void add_backlog(FactSection& section, const Socket& listener);
Selection link_to(SocketId socket);
Selection link_to(ConnectionId connection);
void add(FactSection& section, std::string name, std::string value, Tone tone = Tone::normal, Selection link = {},
         Known known = Known::observed);
void add_code(FactSection& section, std::string name, std::string value, Tone tone = Tone::normal, Selection link = {});

}  // namespace synoptic
