// The stage's cards of workers: threads, forked processes, and zombies.
#include <fmt/format.h>

#include <algorithm>

#include "core/trace/format.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_words.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

class WorkerPainter {
   public:
    WorkerPainter(const StageDraw& draw, const WorkerCard& card)
        : draw_(draw), world_(draw.panel.world), card_(card), rect_(draw.place(card.rect)), opacity_(card.zombie ? 0.8f : card.opacity) {
        actor_ = find(world_, card.actor);
        process_ = find(world_, card.process);
        name_ = actor_ && !actor_->name.empty() ? actor_->name : card.inside ? "worker" : "child";
        number_ = actor_ ? actor_number(world_, *actor_) : process_ ? fmt::format("pid {}", process_->pid) : "";
        two_lines_ = rect_.h > px(40);
        left_ = rect_.x + px(12);
        right_ = top_right_ = rect_.right() - px(12);
        one_ = two_lines_ ? rect_.y + px(17) : rect_.y + rect_.h / 2;
        two_ = rect_.y + px(38);
    }

    void paint() {
        const Touch touched = paint_ground();
        if (touched.over) {
            draw_menu_dots(rect_, touched);
            top_right_ = rect_.right() - px(36);
        }
        x_ = left_ + mark::text(ui::fonts().strong, left_, one_, faded(ui::theme().text, opacity_), name_);
        const bool gone = card_.zombie || (card_.opacity < 1 && actor_);
        if (right_ - left_ > px(215) && (two_lines_ || gone)) paint_number();
        if (card_.zombie)
            paint_zombie();
        else if (gone)
            paint_end();
        else if (two_lines_)
            paint_two_lines();
        else
            paint_row();
    }

   private:
    Touch paint_ground() {
        const Theme& theme = ui::theme();
        const int tid = actor_ ? actor_->tid : process_ ? process_->pid : 0;
        const Selection about = card_.zombie ? select_process(world_, card_.process) : select_actor(world_, card_.actor);
        const Touch touched = touch(draw_, fmt::format("stage.worker.{}", tid), rect_, name_ + " " + number_, about, actor_);
        const Selection& chosen = draw_.panel.selection;
        const bool selected = card_.zombie ? chosen.process == card_.process : concerns(world_, chosen, actor_ ? *actor_ : Actor{});
        if (card_.zombie) {
            ui::canvas().AddRectFilled(rect_.min(), rect_.max(), faded(theme.card, 0.35f), px(7));
            mark::dashed_rect(rect_, selected ? theme.accent : theme.trouble, px(7));
            return touched;
        }
        const ImU32 base = card_.inside ? theme.card_raised : theme.card;
        draw_frame(rect_, mixed(base, theme.highlight, freshness(draw_, actor_)), opacity_, selected, touched.over, 0);
        return touched;
    }

    void paint_number() {
        x_ += px(8) + mark::text(ui::fonts().code_small, x_ + px(8), one_, faded(ui::theme().text_dim, opacity_), number_);
    }

    void paint_zombie() {
        const Theme& theme = ui::theme();
        const Rect badge = mark::chip(top_right_, one_, "ZOMBIE", theme.trouble, true, true);
        const bool told = process_ && process_->wait_status >= 0;
        const std::string why = fmt::format("{}, not yet waited for", told ? wait_status_text(process_->wait_status) : "ended");
        if (two_lines_)
            mark::text(ui::fonts().text, left_, two_, theme.text_dim, why, right_ - left_);
        else if (badge.x - x_ > px(70))
            mark::text(ui::fonts().text, x_ + px(12), one_, theme.text_dim, why, badge.x - x_ - px(22));
    }

    void paint_end() {
        const bool told = process_ && process_->wait_status >= 0 && !card_.inside;
        const std::string how = told ? wait_status_text(process_->wait_status) : "ended";
        const std::string shown = fitting({how, "ended"}, top_right_ - x_ - px(8), text_width);
        mark::text_right(ui::fonts().text, top_right_, one_, faded(ui::theme().text_dim, opacity_), shown);
    }

    static float text_width(std::string_view text) { return text.empty() ? 0 : ui::text_width(ui::fonts().text, text); }

    const Socket* socket() const { return find(world_, card_.socket); }
    /** "→ client 3"; "" if it serves nobody. */
    std::string served() const {
        const Connection* connection = find(world_, card_.connection);
        return connection ? "→ " + client_of(world_, *connection) : "";
    }
    /** "4 connfd"; "" if it has none. */
    std::string descriptor() const {
        const int fd = socket() ? descriptor_number(world_, card_.process, *socket()) : -1;
        return fd >= 0 ? fmt::format("{} connfd", fd) : "";
    }

    void paint_two_lines() {
        const ImU32 dim = faded(ui::theme().text_dim, opacity_);
        draw_call(draw_, actor_, top_right_, one_, top_right_ - x_ - px(12), opacity_, true);
        Badge badge;
        if (socket() && (socket()->reset || socket()->end_of_file || socket()->state != Socket::State::connected))
            badge = badge_of(world_, socket(), find(world_, card_.connection));
        const std::string whom = served(), fd = descriptor();
        const float whom_w = text_width(whom) + px(10);
        const float badge_w = draw_badge_or_dot(badge, right_, two_, right_ - left_ - whom_w, opacity_);
        const float end = right_ - badge_w - (badge_w > 0 ? px(10) : 0);
        float at = left_;
        if (!fd.empty() && ui::text_width(ui::fonts().code, fd) + px(10) + whom_w <= end - left_)
            at += mark::text(ui::fonts().code, left_, two_, dim, fd) + px(10);
        mark::text(ui::fonts().text, at, two_, dim, whom.empty() && fd.empty() ? "serves nobody" : whom, std::max(end - at, px(10)));
    }

    void paint_row() {
        const std::string whom = served(), fd = descriptor();
        const CallWidths call = call_widths(draw_, actor_);
        const RowWidths widths{ui::text_width(ui::fonts().code_small, number_), text_width(whom), fd.empty() ? 0 : text_width(fd + " "),
                               call.least, call.whole};
        const RowChoice row = choose_row(widths, right_ - x_, px(8));
        if (row.number) paint_number();
        const std::string shown = row.peer ? (row.descriptor ? fd + " " : "") + whom : "";
        if (!shown.empty()) mark::text(ui::fonts().text, x_ + px(8), one_, faded(ui::theme().text_dim, opacity_), shown);
        // The menu's dots take their room from the call: what stands left of it stays as it is below the pointer.
        draw_call(draw_, actor_, top_right_, one_, row.call - (right_ - top_right_), opacity_, true);
    }

    const StageDraw& draw_;
    const World& world_;
    const WorkerCard& card_;
    const Rect rect_;
    const float opacity_;
    const Actor* actor_ = nullptr;
    const Process* process_ = nullptr;
    std::string name_, number_;
    bool two_lines_ = false;
    float left_ = 0, right_ = 0, top_right_ = 0;  // top_right_: left of the menu's dots
    float one_ = 0, two_ = 0;                     // the middles of its lines
    float x_ = 0;                                 // behind what is written of the first
};

}  // namespace

void draw_worker(const StageDraw& draw, const WorkerCard& card) {
    if (draw.visible(draw.place(card.rect))) WorkerPainter(draw, card).paint();
}

}  // namespace synoptic
