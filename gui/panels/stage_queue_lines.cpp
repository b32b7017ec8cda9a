// The lines of a server's card that show its accept queue and its SYN queue, a slot for each that has room. Where they stand is stage_queues.h's.
#include <fmt/format.h>

#include <algorithm>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

class QueuePainter {
   public:
    explicit QueuePainter(const QueueLines& lines)
        : draw_(lines.draw),
          world_(lines.draw.panel.world),
          server_(lines.server),
          program_(lines.program),
          left_(lines.left),
          right_(lines.right),
          opacity_(lines.opacity) {}

    void hit() {
        for (const QueueSlot& slot : server_.slots) {
            if (const Connection* connection = find(world_, slot.connection)) hit_slot(slot, *connection);
        }
        for (const RequestSlot& slot : server_.requests) {
            if (slot.filled()) hit_request(slot);
        }
    }

    void paint() {
        if (server_.queue.h > 0) paint_queue();
        if (server_.syn_queue.h > 0) paint_syn_queue();
    }

    /** What the line under the pointer is, in full; "" where the pointer is elsewhere. */
    std::string tip() const {
        if (server_.queue.h > 0 && mark::pointer_over(draw_.place(server_.queue)))
            return fmt::format("accept queue, {} of {}: {}\nconnected, and waiting for accept", server_.queued, server_.capacity,
                               server_.queue_note);
        if (server_.syn_queue.h > 0 && mark::pointer_over(draw_.place(server_.syn_queue)))
            return fmt::format("SYN queue, {}\ntheir SYN has come, the handshake's last ACK is awaited", server_.syn_note);
        return {};
    }

   private:
    /** Who has sent the SYN: the client of ours whose port it is, else its address. */
    std::string requester(const RequestSlot& slot) const {
        const TcpEnd* client = tcp_end(world_, TcpHost::client, slot.end.peer, slot.end.local);
        const Socket* socket = client ? find(world_, client->socket) : nullptr;
        const Program* program = socket ? find(world_, socket->program) : nullptr;
        return program ? program->label : slot.end.peer.text();
    }

    void hit_request(const RequestSlot& slot) {
        const std::string who = requester(slot);
        const std::string tip = fmt::format(
            "{}: its SYN has come, and the SYN+ACK was sent; the handshake's last ACK is awaited (SYN_RCVD). Then it goes to the accept "
            "queue",
            who);
        if (!ui::hit(("stage.request." + id_part(who)).c_str(), draw_.place(slot.rect), who, nullptr, tip.c_str())) return;
        draw_.panel.selection = Selection{};
        const TcpEnd* client = tcp_end(world_, TcpHost::client, slot.end.peer, slot.end.local);
        draw_.panel.selection.socket = client ? client->socket : SocketId::none;
    }

    void hit_slot(const QueueSlot& slot, const Connection& connection) {
        const std::string who = client_of(world_, connection);
        const char* known = connection.queued_known == Known::observed ? "observed" : "inferred from the calls";
        const std::string tip =
            fmt::format("{} waits in the accept queue: its connect has returned, accept has not taken it ({})", who, known);
        const Rect rect = draw_.place(slot.rect);
        if (!ui::hit(("stage.queue." + id_part(who)).c_str(), rect, who, nullptr, tip.c_str())) return;
        draw_.panel.selection = Selection{};
        draw_.panel.selection.connection = slot.connection;
    }

    /** Who is in a slot: "client 3", or where that has no room "3". */
    void write(const Rect& rect, const std::string& who) const {
        ImFont* font = ui::fonts().small_text;
        const std::size_t space = who.rfind(' ');
        const bool whole = space == std::string::npos || ui::text_width(font, who) <= rect.w - px(6);
        const std::string shown = whole ? who : who.substr(space + 1);
        const float room = rect.w - px(whole ? 6 : 1), width = std::min(ui::text_width(font, shown), room);
        mark::text(font, rect.x + (rect.w - width) / 2, rect.y + rect.h / 2, faded(ui::theme().text, opacity_), shown, room + 1);
    }

    void paint_slot(const QueueSlot& slot) {
        const Theme& theme = ui::theme();
        const Rect rect = draw_.place(slot.rect);
        const Connection* connection = find(world_, slot.connection);
        if (!connection) {
            imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), faded(theme.outline_strong, 0.8f * opacity_), px(5), px(1));
            return;
        }
        const bool selected = concerns(world_, draw_.panel.selection, *connection);
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.client, 0.22f * opacity_), px(5));
        const bool sure = connection->queued_known == Known::observed;
        if (sure || selected)
            imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), faded(theme.client, opacity_), px(5), px(selected ? 2.5f : 1.2f));
        else
            mark::dashed_rect(rect, faded(theme.client, opacity_), px(5));
        write(rect, client_of(world_, *connection));
    }

    void paint_queue() {
        const Rect line = draw_.place(server_.queue);
        const ImU32 ink = faded(ui::theme().text_faint, opacity_);
        for (const QueueSlot& slot : server_.slots) paint_slot(slot);
        const float end = paint_words(line, server_.queue_name, server_.slots, server_.queue_shown, ink);
        record_line("stage.accept_queue.", line, server_.queue_note);
        const bool inferred = server_.queued > 0 && server_.queued_known == Known::inferred;
        if (inferred && right_ - end > px(62)) mark::text(ui::fonts().small_text, end, line.y + line.h / 2, ink, ", inferred");
    }

    /** A queue's name, and behind its slots what is said of it; returns where that ends. */
    float paint_words(const Rect& line, const std::string& name, const auto& slots, const std::string& said, ImU32 ink) const {
        ImFont* font = ui::fonts().small_text;
        const float mid = line.y + line.h / 2;
        const float width = mark::text(font, left_, mid, faded(ui::theme().text_dim, opacity_), name);
        const float at = (slots.empty() ? left_ + width : draw_.place(slots.back().rect).right()) + px(10);
        return at + mark::text(font, at, mid, ink, said, right_ - at);
    }

    void record_line(const char* id, const Rect& line, const std::string& note) const {
        ui::record(id + program_.label.substr(program_.label.rfind(' ') + 1), line, note);
    }

    void paint_request(const RequestSlot& slot) {
        const Theme& theme = ui::theme();
        const Rect rect = draw_.place(slot.rect);
        if (!slot.filled()) {
            imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), faded(theme.outline_strong, 0.8f * opacity_), px(5), px(1));
            return;
        }
        const ImU32 colour = faded(theme.listening, opacity_);
        ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.listening, 0.22f * opacity_), px(5));
        const TcpEnd* end = tcp_end(world_, slot.end.host, slot.end.local, slot.end.peer);
        if (end && end->known == Known::observed)
            imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), colour, px(5), px(1.2f));
        else
            mark::dashed_rect(rect, colour, px(5));
        write(rect, requester(slot));
    }

    /** Requests wait here for the handshake's last segment. A SYN that finds no room is dropped without a word. */
    void paint_syn_queue() {
        const Theme& theme = ui::theme();
        const Rect line = draw_.place(server_.syn_queue);
        for (const RequestSlot& slot : server_.requests) paint_request(slot);
        const ImU32 ink = faded(server_.turned_away > 0 ? theme.trouble : theme.text_faint, opacity_);
        paint_words(line, server_.syn_name, server_.requests, server_.syn_shown, ink);
        record_line("stage.syn_queue.", line, server_.syn_note);
    }

    const StageDraw& draw_;
    const World& world_;
    const ServerCard& server_;
    const Program& program_;
    float left_, right_, opacity_;
};

}  // namespace

void hit_queues(const QueueLines& lines) {
    QueuePainter(lines).hit();
}

std::string tip_of_queues(const QueueLines& lines) {
    return QueuePainter(lines).tip();
}

void draw_queues(const QueueLines& lines) {
    QueuePainter(lines).paint();
}

}  // namespace synoptic
