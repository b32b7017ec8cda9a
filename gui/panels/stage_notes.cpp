// Notes on the stage's wires: the message that went over one last, and bytes that lie in the receive queue at its end.
#include <algorithm>

#include "core/base/text.h"
#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr std::uint64_t message_ns = 1'500'000'000;  // how long their text is shown

float note_width(std::string_view text, float most_width) {
    return std::min(ui::text_width(ui::fonts().code_small, text), most_width) + px(14);
}

/** The bytes of the send that an actor made last, quoted; empty if its last call was another one. */
std::string last_message(const StageDraw& draw, const Actor* actor, std::size_t most_bytes) {
    if (!actor) return {};
    EventIndex enter = actor->last_enter;
    const bool sends_now =
        !actor->calls.empty() && (actor->calls.back().kind == EventKind::send || actor->calls.back().kind == EventKind::write);
    if (sends_now) enter = actor->calls.back().enter;
    if (enter >= draw.panel.history.size()) return {};
    const Event event = draw.panel.history.event(enter);
    if (event.kind != EventKind::send && event.kind != EventKind::write) return {};
    return in_quotes(draw.panel.history.payload(enter), most_bytes);
}

const Actor* actor_using(const World& world, SocketId id) {
    const Socket* socket = find(world, id);
    if (!socket || socket->connection == ConnectionId::none) return nullptr;
    if (const Program* program = find(world, socket->program); program && !program->is_server && !program->actors.empty()) {
        return find(world, program->actors.front());
    }
    for (const ActorId actor_id : workers_of(world, socket->connection)) {
        const Actor* actor = find(world, actor_id);
        if (actor && actor->serves == id) return actor;
    }
    return nullptr;
}

struct OneWay {
    bool to_server;
    float lit;              // how lately bytes flowed
    std::uint64_t waiting;  // bytes in the receive queue of the other end
    SocketId sender;
    bool selected;
    bool segments_seen;  // the connection is the wire's
};

/** What is to be read on a wire of one direction. */
struct Note {
    std::string text;
    float opacity = 1;
    bool waits = false;  // bytes that have arrived, not a message on its way
};

/** The message that flowed last, if it is to be shown, else how many bytes wait; at most `most` wide. */
Note note_of(const StageDraw& draw, const OneWay& direction, std::uint64_t sent_ns, float most) {
    const Actor* sender = actor_using(draw.panel.world, direction.sender);
    const bool last = sender && draw.panel.world.last_moved == sender->id;
    // Rows stand too close for a note on each wire: only what is selected or moved last has one, and bytes that wait.
    const bool crowded = draw.layout.shape == CardShape::row || draw.layout.shape == CardShape::grouped;
    // Where segments are to be seen, they say what goes over the wire; what waits in a queue is said all the same.
    const float message = direction.segments_seen                          ? 0.0f
                          : crowded && !last && !direction.selected        ? 0.0f
                          : last && (draw.panel.past || direction.lit > 0) ? 1.0f
                                                                           : glow(draw, sent_ns, message_ns);
    const auto letters = static_cast<std::size_t>(most / ui::text_width(ui::fonts().code_small, "m"));
    Note note;
    // Where a message would be a letter or two, the cards' calls say what is sent.
    if (message > 0 && letters > 4) note.text = last_message(draw, sender, letters > 7 ? letters - 5 : 2);
    if (note.text.empty() && direction.waiting > 0) {
        note.waits = true;
        const std::string bytes = with_commas(direction.waiting) + " B";
        note.text = bytes + " in receive queue";
        const auto width_of = [](std::string_view text) { return ui::text_width(ui::fonts().code_small, text); };
        note.text = fitting({note.text, bytes + " queued", bytes, std::to_string(direction.waiting)}, most, width_of);
    }
    if (note.text.empty()) return note;
    if (!note.waits) note.text = direction.to_server ? note.text + " →" : "← " + note.text;
    note.opacity = direction.waiting > 0 ? 1.0f : std::min(1.0f, message * 2);
    return note;
}

/** Of the bytes that were sent and not read those that have arrived, as the kernel's table says; all of them where it says nothing of that end. */
std::uint64_t arrived(const World& world, const Connection& connection, bool to_server, std::uint64_t unread) {
    const Socket* client = find(world, connection.client);
    const bool here = !client || client->host == TcpHost::here;
    const TcpHost host = here ? TcpHost::here : to_server ? TcpHost::server : TcpHost::client;
    const Address& local = to_server ? connection.server_address : connection.client_address;
    const TcpEnd* end = tcp_end(world, host, local, to_server ? connection.client_address : connection.server_address);
    return end && end->known == Known::observed ? std::min<std::uint64_t>(unread, end->receive_queue_bytes) : unread;
}

/** True if this wire is the only one that leads to a queue: notes at its end then lie over no other's. */
bool is_alone(const StageDraw& draw) {
    return std::count_if(draw.layout.wires.begin(), draw.layout.wires.end(),
                         [](const StageWire& wire) { return wire.to == StageWire::To::queue; }) == 1;
}

/** Above all wires, so that none strikes the words through. */
void draw_notes(const StageDraw& draw, const mark::Curve& curve, const Connection& connection, bool selected, bool queued) {
    const World& world = draw.panel.world;
    const bool segments = flow_of(world, connection) != nullptr;
    const OneWay up{true,
                    glow(draw, connection.last_to_server_ns, flow_ns),
                    arrived(world, connection, true, waiting_for_server(connection)),
                    connection.client,
                    selected,
                    segments};
    const OneWay down{false,
                      glow(draw, connection.last_to_client_ns, flow_ns),
                      arrived(world, connection, false, waiting_for_client(connection)),
                      connection.server,
                      selected,
                      segments};
    const float room = curve.to.x - curve.from.x;
    const float narrow = std::clamp(room - px(16), px(8), px(40));  // a note is 14 wider than its words
    const float whole = std::max(room - px(64), narrow), half = std::max(room * 0.5f - px(20), narrow);
    const bool both = !note_of(draw, up, connection.last_to_server_ns, whole).text.empty() &&
                      !note_of(draw, down, connection.last_to_client_ns, whole).text.empty();
    const float most = both ? half : whole;
    for (const OneWay& direction : {up, down}) {
        const Note note = note_of(draw, direction, direction.to_server ? connection.last_to_server_ns : connection.last_to_client_ns, most);
        if (note.text.empty()) continue;
        // Before a queue many wires meet: there the note stays near its client.
        float share = direction.to_server ? 0.75f : 0.25f;
        if (!both) share = queued ? 0.4f : 0.5f;
        if (both && queued) share = direction.to_server ? 0.3f : 0.7f;
        if (note.waits && (!queued || is_alone(draw))) {  // where the bytes are: at the end that is to read them
            const float beside = std::min(0.5f, (note_width(note.text, most) / 2 + px(12)) / room);
            share = direction.to_server ? 1 - beside : beside;
        }
        const ImU32 colour = direction.waiting > 0 ? ui::theme().blocked : ui::theme().alive;
        draw_note(curve.at(share), note.text, colour, note.opacity, most);
    }
}

}  // namespace

float glow(const StageDraw& draw, std::uint64_t at_ns, std::uint64_t lasts_ns) {
    if (at_ns == 0) return 0;
    const std::uint64_t age_ns = draw.panel.now_ns > at_ns ? draw.panel.now_ns - at_ns : 0;
    if (age_ns >= lasts_ns) return 0;
    if (!draw.panel.past) draw.panel.needs_frame = true;
    return 1 - static_cast<float>(age_ns) / static_cast<float>(lasts_ns);
}

void draw_note(ImVec2 centre, std::string_view text, ImU32 colour, float opacity, float most_width) {
    ImFont* font = ui::fonts().code_small;
    const float width = std::min(ui::text_width(font, text), most_width), height = mark::line_height(font) + px(5);
    const Rect rect{centre.x - width / 2 - px(7), centre.y - height / 2, width + px(14), height};
    ui::record("stage.note", rect, text);
    ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(ui::theme().panel, opacity), height / 2);
    imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), faded(colour, opacity), height / 2, px(1.2f));
    mark::text(font, rect.x + px(7), centre.y, faded(ui::theme().text, opacity), text, width + 1);
}

void draw_wire_notes(const StageDraw& draw, const StageWire& wire) {
    const Connection* connection = wire.bundled > 1 ? nullptr : find(draw.panel.world, wire.connection);
    if (!connection) return;
    const ImVec2 from = draw.place(wire.from), to = draw.place(wire.at);
    const float margin = px(40);
    if (std::min(from.y, to.y) < draw.area.y - margin || std::max(from.y, to.y) > draw.area.bottom() + margin) return;
    const mark::Curve curve = mark::curve_between({from.x + px(1), from.y}, to);
    draw_notes(draw, curve, *connection, concerns(draw.panel.world, draw.panel.selection, *connection), wire.to == StageWire::To::queue);
}

}  // namespace synoptic
