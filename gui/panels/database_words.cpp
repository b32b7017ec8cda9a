// The lines of the Database panel between its buttons and its rows: what is to happen to the server, who has the store's lock and who waits for it, what
// does not count yet, what is wrong.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/icons.h"
#include "gui/panels/database_paint.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

using ui::px;

constexpr std::size_t most_news = 3;  // lines; of more the rest is counted

class WordsPainter {
   public:
    WordsPainter(const DatabaseNews& news, float left, float right, float y) : news_(news), left_(left), right_(right), y_(y) {}

    float paint() {
        const Database& database = news_.database;
        paint_control(news_.server);
        if (database.in_memory)
            paint_memory(database);
        else
            paint_news(database);
        paint_pending(database);
        paint_trouble(database);
        return y_;
    }

   private:
    void line(Icon icon, ImU32 colour, std::string_view text, const char* id) {
        const float mid = y_ + px(9);
        draw_icon(ui::canvas(), icon, {left_ + px(6), mid}, px(11), colour);
        const float width = mark::text(ui::fonts().small_text, left_ + px(20), mid, colour, text, right_ - left_ - px(20));
        ui::record(id, {left_, y_, width + px(20), px(18)}, text);
        y_ += px(20);
    }

    void paint_control(const Program* server) {
        const StoreControl& control = news_.control;
        if (news_.panel.past || !server) return;
        if (control.armed() && control.server() == server->id) {
            const std::string text =
                fmt::format("waits for the next put or del of {}, which is its end: {}", server->label, point_words(control.point()));
            line(Icon::warning, ui::theme().trouble, text, "database.armed");
        }
        if (control.restarting()) line(Icon::clock, ui::theme().blocked, "starts again once it has ended", "database.restarting");
    }

    void paint_memory(const Database& database) {
        const bool lives = servers_now(news_.panel.world, database) > 0;
        const std::string text = database.path + (lives ? ", which nobody else sees: no file, no disk; it ends with its process"
                                                        : ", which has ended, and all of this with it");
        line(lives ? Icon::process : Icon::minus, lives ? ui::theme().text_dim : ui::theme().trouble, text, "database.memory");
    }

    void paint_news(const Database& database) {
        const Theme& theme = ui::theme();
        const std::vector<StoreNews> all = store_news(news_.panel.world, database);
        // With no more than the usual, one line tells what was asked so far, too.
        for (std::size_t at = 0; at < std::min(all.size(), most_news); ++at) {
            const bool last = at + 1 == most_news && all.size() > most_news;
            std::string text = all[at].text;
            if (last) text += fmt::format("; and {} more wait", all.size() - most_news);
            if (all[at].kind == StoreNews::Kind::nobody) text += so_far(database);
            const std::string id = fmt::format("database.news.{}", at);
            switch (all[at].kind) {
                case StoreNews::Kind::nobody:
                    line(Icon::lock, theme.text_faint, text, id.c_str());
                    break;
                case StoreNews::Kind::holds:
                    line(Icon::lock, theme.server, text, id.c_str());
                    break;
                case StoreNews::Kind::syncs:
                    line(Icon::disk, theme.server, text, id.c_str());
                    break;
                case StoreNews::Kind::waits_for_lock:
                case StoreNews::Kind::sleeps:
                    line(Icon::clock, theme.blocked, text, id.c_str());
                    break;
            }
        }
    }

    /** What a worker has written under the lock; after a kill there is nobody who would make it count before the next start. */
    void paint_pending(const Database& database) {
        if (!has_pending(database) || !database.pending_is_written) return;
        const LogEntry& pending = database.pending;
        const std::string text = pending.is_del ? fmt::format("del {}", pending.key) : fmt::format("{} {}", pending.key, pending.value);
        line(Icon::clock, ui::theme().blocked, escaped(text) + " is in the file, and does not count yet", "database.pending");
    }

    static std::string so_far(const Database& database) {
        return fmt::format(" · {} put, {} deleted, {} read, {} sync{} since this start", with_commas(database.puts),
                           with_commas(database.dels), with_commas(database.gets), with_commas(database.syncs),
                           database.syncs == 1 ? "" : "s");
    }

    void paint_trouble(const Database& database) {
        const Theme& theme = ui::theme();
        const auto say = [&](const std::string& text, ImU32 colour, const char* id) {
            if (text.empty()) return;
            draw_icon(ui::canvas(), Icon::warning, {left_ + px(6), y_ + px(9)}, px(11), colour);
            const float height =
                mark::paragraph(ui::fonts().small_text, {left_ + px(20), y_ + px(2)}, colour, text, right_ - left_ - px(20), 3);
            ui::record(id, {left_, y_, right_ - left_, height}, text);
            y_ += height + px(4);
        };
        say(database.trouble, theme.trouble, "database.trouble");
        say(database.torn, theme.user, "database.torn");
    }

    const DatabaseNews& news_;
    float left_, right_, y_;
};

}  // namespace

float draw_database_words(const DatabaseNews& news, float left, float right, float y) {
    return WordsPainter(news, left, right, y).paint();
}

}  // namespace synoptic
