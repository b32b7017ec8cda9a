// The stage's server card: its process or thread, its call, listenfd, the accept queue as slots, and what went wrong.
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "core/trace/format.h"
#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

class ServerPainter {
   public:
    ServerPainter(const StageDraw& draw, const StageGroup& group, const Program& program)
        : draw_(draw), world_(draw.panel.world), group_(group), server_(group.server), program_(program) {
        rect_ = draw.place(server_.rect);
        head_ = draw.place(server_.head);
        left_ = head_.x + px(16);
        right_ = head_.right() - px(20);
        title_y_ = server_.title_y + draw.origin.y;
        listen_y_ = server_.listen_y + draw.origin.y;
        main_ = find(world_, server_.actor);
        listener_ = find(world_, server_.listener);
        ended_ = program.state == Program::State::ended;
        killed_ = !ended_ && main_ && main_->state == Actor::State::ended;
        opacity_ = server_.opacity * (killed_ ? 0.75f : 1.0f);
    }

    void paint() {
        const Rect clickable = group_.threads_inside ? head_ : rect_;
        const Touch touched =
            touch(draw_, "stage." + id_part(program_.label), clickable, program_.label, select_program(world_, server_.program), main_);
        hit_parts();
        const Selection& chosen = draw_.panel.selection;
        const bool selected = chosen.program == server_.program && (chosen.actor == server_.actor || chosen.actor == ActorId::none);
        const Theme& theme = ui::theme();
        draw_frame(rect_, mixed(theme.card, theme.highlight, freshness(draw_, main_)), opacity_, false, touched.over, 0);
        ui::canvas().AddRectFilled({rect_.right() - px(5), rect_.y}, rect_.max(),
                                   faded(program_.is_server ? theme.server : theme.client, opacity_), px(7), ImDrawFlags_RoundCornersRight);
        if (selected) mark::outline(rect_, theme.accent, px(2));
        paint_title(touched);
        paint_listener();
        if (server_.queue.h > 0) paint_queue();
        if (server_.syn_queue.h > 0) paint_syn_queue();
        if (server_.served_y > 0) paint_served();
        if (server_.trouble_y > 0) {
            const ImVec2 at{left_, server_.trouble_y + draw_.origin.y + px(2)};
            mark::paragraph(ui::fonts().text, at, theme.trouble, program_.trouble, right_ - left_, server_.trouble_lines);
        }
    }

   private:
    /** The small things on the card: hit after it, they lie on top. */
    void hit_parts() {
        if (ended_) {
            const Rect close = {head_.right() - px(42), head_.y + px(8), px(28), px(26)};
            const std::string id = "stage." + id_part(program_.label) + ".dismiss";
            if (ui::hit(id.c_str(), close, "put away", nullptr, "put this away")) draw_.view.dismissed.push_back(server_.program);
        }
        if (listener_) {
            const Rect line = {left_, listen_y_ - px(11), right_ - left_, px(22)};
            const std::string id = "stage.listener." + program_.label.substr(program_.label.rfind(' ') + 1);
            const std::string address = listener_->local.text();
            const std::string tip = fmt::format("the listening socket on {}: connections come in here, data never does", address);
            if (ui::hit(id.c_str(), line, "LISTEN " + address, nullptr, tip.c_str())) {
                draw_.panel.selection = Selection{};
                draw_.panel.selection.socket = server_.listener;
            }
        }
        for (const QueueSlot& slot : server_.slots) {
            if (const Connection* connection = find(world_, slot.connection)) hit_slot(slot, *connection);
        }
        for (const RequestSlot& slot : server_.requests) {
            if (slot.filled()) hit_request(slot);
        }
    }

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

    void paint_title(const Touch& touched) {
        const Theme& theme = ui::theme();
        const Process* process = main_ ? find(world_, main_->process) : nullptr;
        const std::string how = process && process->wait_status >= 0 ? wait_status_text(process->wait_status) : "ended";
        const float end = touched.over || ended_ ? head_.right() - px(44) : right_;
        // How it ended is worth more than its number, which the inspector has, too.
        const float chip = ended_ ? mark::chip_width("FAILED") : killed_ ? mark::chip_width(how) : 0;
        float x = left_ + mark::text(ui::fonts().strong, left_, title_y_, faded(theme.text, opacity_), program_.label) + px(8);
        const std::string number = main_ ? actor_number(world_, *main_) : "";
        const bool numbered = chip == 0 || x + ui::text_width(ui::fonts().code_small, number) + px(8) <= head_.right() - px(44) - chip;
        if (main_ && right_ - left_ > px(220) && numbered)
            x += mark::text(ui::fonts().code_small, x, title_y_, faded(theme.text_dim, opacity_), number) + px(12);
        if (touched.over && !ended_) draw_menu_dots(head_, touched);
        if (ended_) {
            const bool failed = !program_.trouble.empty();
            mark::cross({head_.right() - px(28), title_y_}, px(9), theme.text_dim);
            mark::chip(end, title_y_, failed ? "FAILED" : "ENDED", faded(failed ? theme.trouble : theme.text_dim, opacity_), failed, true);
        } else if (killed_) {
            mark::chip(end, title_y_, how, theme.trouble, false, true);
        } else {
            draw_call(draw_, main_, end, title_y_, std::max(end - x, px(30)), opacity_, true);
        }
    }

    std::string place_note() const {
        if (group_.threads_inside) return fmt::format("one process, {} threads", group_.workers_total - group_.zombies_total + 1);
        const std::string place = program_.own_process ? "own process" : "inside the app";
        return program_.network == Network::wire ? "server host, " + place : place;
    }

    /** The socket that a server over UDP has bound, where others have one that listens; null if there is none. */
    const Socket* bound_over_udp() const {
        for (const auto& [id, socket] : world_.sockets) {
            const bool takes = (socket.type & 0xf) == SOCK_DGRAM && socket.state != Socket::State::closed;
            if (takes && socket.program == program_.id && socket.local.port() != 0) return &socket;
        }
        return nullptr;
    }

    void paint_listener() {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const float inner = right_ - left_;
        if (!listener_) {
            const std::string where = program_.address.empty() ? "all interfaces" : program_.address;
            const Socket* datagrams = bound_over_udp();
            const std::string what = ended_      ? fmt::format("{} on {}, port {}", program_.name, where, program_.port)
                                     : datagrams ? fmt::format("datagrams to {}", datagrams->local.text())
                                     : !program_.is_server
                                         ? fmt::format("no server: {} processes of {}", group_.workers_total + 1, program_.name)
                                         : "no socket listens yet";
            mark::text(fonts.text, left_, listen_y_, faded(theme.text_dim, opacity_), what, inner);
            return;
        }
        const int fd = main_ ? descriptor_number(world_, main_->process, *listener_) : -1;
        const std::string badge = socket_badge(*listener_);
        const std::string name = fd >= 0 ? fmt::format("{} listenfd", fd) : "listenfd";
        const float name_room = inner - mark::chip_width(badge) - px(10);
        float at = left_;
        if (ui::text_width(fonts.code, name) <= name_room)
            at += mark::text(fonts.code, at, listen_y_, faded(theme.text, opacity_), name) + px(10);
        else if (fd >= 0 && ui::text_width(fonts.code, std::to_string(fd)) <= name_room)
            at += mark::text(fonts.code, at, listen_y_, faded(theme.text, opacity_), std::to_string(fd)) + px(10);
        const bool listens = listener_->state == Socket::State::listening;
        const ImU32 colour = faded(listens ? theme.listening : theme.text_dim, opacity_);
        at = mark::chip(at, listen_y_, badge, colour, listens).right() + px(10);
        const std::string whole = listener_->local.text();
        const std::string address = ui::text_width(fonts.code, whole) <= right_ - at ? whole : fmt::format(":{}", listener_->local.port());
        if (right_ - at > px(24)) at += mark::text(fonts.code, at, listen_y_, faded(theme.text_dim, opacity_), address, right_ - at);
        const std::string note = place_note();
        if (right_ - at - px(14) < ui::text_width(fonts.small_text, note)) return;
        mark::text_right(fonts.small_text, right_, listen_y_, faded(theme.text_faint, opacity_), note);
    }

    void paint_slot(const QueueSlot& slot) {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
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
        const std::string who = client_of(world_, *connection);
        const float room = rect.w - px(6);
        const std::size_t space = who.rfind(' ');
        const bool whole = space == std::string::npos || ui::text_width(font, who) <= room;
        const std::string shown = whole ? who : who.substr(space + 1);  // "3" of "client 3"
        const float width = std::min(ui::text_width(font, shown), room);
        mark::text(font, rect.x + (rect.w - width) / 2, rect.y + rect.h / 2, faded(theme.text, opacity_), shown, room);
    }

    void paint_queue() {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
        const Rect line = draw_.place(server_.queue);
        const float mid = line.y + line.h / 2;
        const bool narrow = server_.queue.w < px(narrow_queue);
        mark::text(font, left_, mid, faded(theme.text_dim, opacity_), narrow ? "queue" : "accept queue");
        for (const QueueSlot& slot : server_.slots) paint_slot(slot);
        const float at = server_.slots.empty() ? left_ : draw_.place(server_.slots.back().rect).right() + px(10);
        const float end = at + mark::text(font, at, mid, faded(theme.text_faint, opacity_), server_.queue_note, right_ - at);
        ui::record("stage.accept_queue." + program_.label.substr(program_.label.rfind(' ') + 1), line, server_.queue_note);
        const bool inferred = server_.queued > 0 && server_.queued_known == Known::inferred;
        if (inferred && right_ - end > px(62)) mark::text(font, end, mid, faded(theme.text_faint, opacity_), ", inferred");
    }

    void paint_request(const RequestSlot& slot) {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
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
        const std::string who = requester(slot);
        const std::size_t space = who.rfind(' ');
        const float room = rect.w - px(6);
        const bool whole = space == std::string::npos || ui::text_width(font, who) <= room;
        const std::string shown = whole ? who : who.substr(space + 1);
        const float width = std::min(ui::text_width(font, shown), room);
        mark::text(font, rect.x + (rect.w - width) / 2, rect.y + rect.h / 2, faded(theme.text, opacity_), shown, room);
    }

    /** Requests wait here for the handshake's last segment. A SYN that finds no room is dropped without a word. */
    void paint_syn_queue() {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
        const Rect line = draw_.place(server_.syn_queue);
        const float mid = line.y + line.h / 2;
        mark::text(font, left_, mid, faded(theme.text_dim, opacity_), server_.syn_queue.w < px(narrow_queue) ? "SYNs" : "SYN queue");
        for (const RequestSlot& slot : server_.requests) paint_request(slot);
        const float at = server_.requests.empty() ? left_ : draw_.place(server_.requests.back().rect).right() + px(10);
        const ImU32 ink = faded(server_.turned_away > 0 ? theme.trouble : theme.text_faint, opacity_);
        mark::text(font, at, mid, ink, server_.syn_note, right_ - at);
        ui::record("stage.syn_queue." + program_.label.substr(program_.label.rfind(' ') + 1), line, server_.syn_note);
    }

    void paint_served() {
        const Theme& theme = ui::theme();
        const float mid = server_.served_y + draw_.origin.y;
        const Connection* connection = find(world_, server_.connection);
        const Socket* socket = connection ? find(world_, connection->server) : nullptr;
        const int fd = socket && main_ ? descriptor_number(world_, main_->process, *socket) : -1;
        const Badge badge = badge_of(world_, socket, connection);
        float end = right_;
        if (!badge.text.empty()) end = mark::chip(right_, mid, badge.text, faded(badge.colour, opacity_), badge.filled, true).x - px(10);
        const std::string name = fd >= 0 ? fmt::format("{} connfd", fd) : "connfd";
        const bool whole = ui::text_width(ui::fonts().code, name) <= end - left_;
        const std::string shown = whole ? name : fd >= 0 ? std::to_string(fd) : "";
        if (shown.empty()) return;
        const float at = left_ + mark::text(ui::fonts().code, left_, mid, faded(theme.text, opacity_), shown, end - left_) + px(10);
        const std::string who = connection ? "→ " + client_of(world_, *connection) : "";
        if (end - at > px(24)) mark::text(ui::fonts().text, at, mid, faded(theme.text_dim, opacity_), who, end - at);
    }

    const StageDraw& draw_;
    const World& world_;
    const StageGroup& group_;
    const ServerCard& server_;
    const Program& program_;
    const Actor* main_ = nullptr;
    const Socket* listener_ = nullptr;
    Rect rect_, head_;
    float left_ = 0, right_ = 0, title_y_ = 0, listen_y_ = 0, opacity_ = 1;
    bool ended_ = false;
    bool killed_ = false;  // its first process is dead, its workers live on
};

/** A server that is no program of ours: all that is known is its address. */
void draw_outside_server(const StageDraw& draw, const ServerCard& server) {
    const Theme& theme = ui::theme();
    const Rect head = draw.place(server.head);
    draw_frame(head, theme.card, 0.75f, false, false, theme.outline_strong);
    const float mid = head.y + head.h / 2, left = head.x + px(16);
    const float width = mark::text(ui::fonts().strong, left, mid, theme.text_dim, "outside");
    mark::text(ui::fonts().code, left + width + px(12), mid, theme.text_dim, server.outside.text(), head.w - width - px(40));
}

}  // namespace

void draw_server(const StageDraw& draw, const StageGroup& group) {
    if (!group.has_server || !draw.visible(draw.place(group.server.rect))) return;
    if (const Program* program = find(draw.panel.world, group.server.program))
        ServerPainter(draw, group, *program).paint();
    else
        draw_outside_server(draw, group.server);
}

}  // namespace synoptic
