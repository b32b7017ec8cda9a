// The stage's server card: its process or thread, its call, listenfd, and what went wrong. Its queues are in stage_queue_lines.cpp.
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <vector>

#include "core/trace/format.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_words.h"

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
        left_ = server_.left + draw.origin.x;
        right_ = server_.right + draw.origin.x;
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
        const std::string tip = program_.trouble.empty() ? tip_of_queues(queue_lines()) : program_.trouble;
        const Touch touched = touch(draw_, "stage." + id_part(program_.label), clickable, program_.label,
                                    select_program(world_, server_.program), main_, tip);
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
        draw_queues(queue_lines());
        if (server_.served_y > 0) paint_served();
        if (server_.trouble_y > 0) {
            const ImVec2 at{left_, server_.trouble_y + draw_.origin.y + px(2)};
            mark::paragraph(ui::fonts().text, at, theme.trouble, program_.trouble, right_ - left_, server_.trouble_lines);
        }
    }

   private:
    QueueLines queue_lines() const { return {draw_, server_, program_, left_, right_, opacity_}; }

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
        hit_queues(queue_lines());
    }

    void paint_title(const Touch& touched) {
        const Theme& theme = ui::theme();
        const Process* process = main_ ? find(world_, main_->process) : nullptr;
        const std::string how = process && process->wait_status >= 0 ? wait_status_text(process->wait_status) : "ended";
        const float end = touched.over || ended_ ? head_.right() - px(44) : right_;
        // How it ended is worth more than its number, which the inspector has, too.
        const Badge badge = ended_ && !program_.trouble.empty() ? Badge{"FAILED", theme.trouble, true}
                            : ended_                            ? Badge{"ENDED", theme.text_dim, false}
                            : killed_                           ? Badge{how, theme.trouble, false}
                                                                : Badge{};
        const float label = mark::text(ui::fonts().strong, left_, title_y_, faded(theme.text, opacity_), program_.label) + px(8);
        const float room = end - left_ - label;
        const float news = badge.text.empty() ? call_widths(draw_, main_).whole : mark::chip_width(badge.text);
        const std::string number = main_ ? actor_number(world_, *main_) : "";
        const float number_w = main_ ? ui::text_width(ui::fonts().code_small, number) : 0;
        // What the menu's dots take does not count: what stands left of them stays as it is below the pointer.
        const bool numbered = main_ && number_w + px(12) + news <= right_ - left_ - label;
        if (numbered) mark::text(ui::fonts().code_small, left_ + label, title_y_, faded(theme.text_dim, opacity_), number);
        if (touched.over && !ended_) draw_menu_dots(head_, touched);
        if (ended_) mark::cross({head_.right() - px(28), title_y_}, px(9), theme.text_dim);
        if (!badge.text.empty())
            draw_badge_or_dot(badge, end, title_y_, room, ended_ ? opacity_ : 1);
        else
            draw_call(draw_, main_, end, title_y_, room - (numbered ? number_w + px(12) : 0), opacity_, true);
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
        const std::string badge = socket_badge(*listener_), whole = listener_->local.text();
        const std::string port = fmt::format(":{}", listener_->local.port());
        // The state, then the port, then the descriptor, then all of the address.
        const float room = inner - mark::chip_width(badge) - px(10);
        const float port_w = code_width(port) <= room ? code_width(port) + px(10) : 0;
        const std::vector<std::string> names =
            fd < 0 ? std::vector<std::string>{"listenfd"} : std::vector<std::string>{fmt::format("{} listenfd", fd), std::to_string(fd)};
        const std::string name = fitting(names, room - port_w, code_width);
        float at = left_;
        if (!name.empty()) at += mark::text(fonts.code, at, listen_y_, faded(theme.text, opacity_), name) + px(10);
        const bool listens = listener_->state == Socket::State::listening;
        const ImU32 colour = faded(listens ? theme.listening : theme.text_dim, opacity_);
        at = mark::chip(at, listen_y_, badge, colour, listens).right() + px(10);
        const std::string address = fitting({whole, port}, right_ - at, code_width);
        if (!address.empty()) at += mark::text(fonts.code, at, listen_y_, faded(theme.text_dim, opacity_), address);
        const std::string note = place_note();
        if (right_ - at - px(14) < ui::text_width(fonts.small_text, note)) return;
        mark::text_right(fonts.small_text, right_, listen_y_, faded(theme.text_faint, opacity_), note);
    }

    void paint_served() {
        const Theme& theme = ui::theme();
        const float mid = server_.served_y + draw_.origin.y;
        const Connection* connection = find(world_, server_.connection);
        const Socket* socket = connection ? find(world_, connection->server) : nullptr;
        const int fd = socket && main_ ? descriptor_number(world_, main_->process, *socket) : -1;
        const Badge badge = badge_of(world_, socket, connection);
        const std::string who = connection ? "→ " + client_of(world_, *connection) : "";
        const float who_w = ui::text_width(ui::fonts().text, who) + px(10);
        const float badge_w = draw_badge_or_dot(badge, right_, mid, right_ - left_ - who_w, opacity_);
        const float end = right_ - badge_w - (badge_w > 0 ? px(10) : 0);
        const std::vector<std::string> names =
            fd < 0 ? std::vector<std::string>{"connfd"} : std::vector<std::string>{fmt::format("{} connfd", fd), std::to_string(fd)};
        const std::string name = fitting(names, end - left_ - who_w - px(10), code_width);
        float at = left_;
        if (!name.empty()) at += mark::text(ui::fonts().code, at, mid, faded(theme.text, opacity_), name) + px(10);
        mark::text(ui::fonts().text, at, mid, faded(theme.text_dim, opacity_), who, std::max(end - at, px(10)));
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
