// The Database panel: a key-value server's rows as they change, the file's text beside or below them, who has the store's lock and who waits for it; and
// the two buttons that kill the server in the middle of a write and start it again. What is shown is gathered by database_view.h.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/text.h"
#include "gui/icons.h"
#include "gui/panels/database_paint.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {

float freshness(PanelContext& panel, std::uint64_t at_ns) {
    constexpr std::uint64_t fades_ns = 2'500'000'000;
    if (at_ns == 0 || at_ns > panel.now_ns + fades_ns) return 0;
    const std::uint64_t age_ns = panel.now_ns > at_ns ? panel.now_ns - at_ns : 0;
    if (age_ns >= fades_ns) return 0;
    if (!panel.past) panel.needs_frame = true;
    return 1 - static_cast<float>(age_ns) / static_cast<float>(fades_ns);
}

namespace {

using ui::px;
using ui::Rect;

class DatabasePainter {
   public:
    DatabasePainter(PanelContext& panel, DatabaseView& view, const Rect& area)
        : panel_(panel), view_(view), area_(area), left_(area.x + px(14)), right_(area.right() - px(14)), y_(area.y + px(8)) {}

    void paint() {
        const Database* shown = database_to_show(panel_.world, panel_.selection, view_.chosen);
        if (!shown) return paint_empty();
        const Program* server = server_meant(*shown);
        paint_bar(*shown, server);
        y_ = draw_database_words({panel_, view_.control, *shown, server}, left_, right_, y_);
        paint_body(*shown);
    }

   private:
    void paint_empty() {
        const Program* in_memory = server_without_file(panel_.world);
        const char* text =
            in_memory
                ? "This server keeps its pairs in its memory alone: there is no file. With fork each child has a copy of its own, which is "
                  "shown here as soon as the child uses it; threads share one. What it has is gone when it ends."
                : "No database yet. Choose Key-value beside Server and press Start (S): its pairs, and the file that they are kept in, are "
                  "shown here as they change. Then add a client (C), and let it say: put 7 seven";
        mark::paragraph(ui::fonts().text, {left_, area_.y + px(18)}, ui::theme().text_dim, text, right_ - left_);
        ui::record("database.empty", area_, text);
    }

    /** While one is to be killed, that one: what its button says stays under the pointer. */
    const Program* server_meant(const Database& database) const {
        for (const Program* server : servers_of_database(panel_.world, database)) {
            if (view_.control.armed() && server->id == view_.control.server()) return server;
        }
        return server_of_database(panel_.world, panel_.selection, database);
    }

    // ---- the bar: buttons that wrap ----------------------------------------------------------------------------------------------------------
    void place(float width) {
        if (x_ > left_ && x_ + width > right_) {
            x_ = left_;
            y_ += px(34);
        }
        ImGui::SetCursorScreenPos({std::floor(x_), std::floor(y_)});
        x_ += width + px(6);
    }

    bool act(const char* id, ui::Face face, const std::string& tip, bool in_past = false) {
        face.enabled = face.enabled && (in_past || !panel_.past);
        face.height = 28;
        place(ui::button_width(face));
        return ui::button(id, face, panel_.past && !in_past ? "go back to live to change something" : tip.c_str());
    }

    void paint_bar(const Database& database, const Program* server) {
        x_ = left_;
        paint_chooser(database);
        if (database.in_memory) {
            y_ += x_ > left_ ? px(36) : 0;
            return;
        }
        // Of several servers a button says which one it means.
        several_ = servers_of_database(panel_.world, database).size() > 1;
        paint_kill(server);
        paint_restart(database, server);
        paint_halves();
        y_ += px(36);
    }

    void paint_chooser(const Database& shown) {
        std::vector<std::uint64_t> ids;
        std::vector<std::string> titles;
        int chosen = 0;
        for (const auto& [id, database] : panel_.world.databases) {
            if (database.path.empty()) continue;
            if (id == shown.id) chosen = static_cast<int>(ids.size());
            ids.push_back(id);
            titles.push_back(database.path);
        }
        if (ids.size() < 2) return;
        const float width = std::min((right_ - left_) / ui::scale(), 190.0f);
        place(px(width));
        if (!ui::combo("database.chosen", "database", &chosen, titles, width, "which database is shown")) return;
        view_.chosen = ids[static_cast<std::size_t>(chosen)];
        panel_.selection = Selection{};
        panel_.needs_frame = true;
    }

    void paint_kill(const Program* server) {
        StoreControl& control = view_.control;
        const bool armed = server && control.armed() && control.server() == server->id;
        const bool threads = server && !server->own_process;
        ui::Face face;
        const std::string label = armed ? "Don't kill it" : several_ ? fmt::format("Kill {}", server->label) : "Kill mid-write";
        face.label = label.c_str();
        face.look = armed ? ui::Look::plain : ui::Look::danger;
        face.chosen = armed;
        face.enabled = server && !threads;
        const std::string tip =
            !server   ? "no server has this database open: start one first"
            : threads ? "it runs as threads of this window's process, which can't be killed alone: press As a process first"
            : armed   ? "it waits for the next put or del, which would be its end: a click cancels that, and it lives on"
                      : fmt::format("the next put or del is led up to the point chosen beside, then {} and its workers get SIGKILL. {}",
                                    server->label, point_promise(view_.point));
        if (act("database.kill", face, tip)) {
            if (control.armed()) control.cancel(panel_.world, panel_.out);  // also where it was another server that was to be killed
            if (!armed) control.arm(server->id, view_.point);
            panel_.needs_frame = true;
        }
        if (area_.w < px(330)) return;
        std::vector<std::string> points;
        for (const KillPoint point : kill_points) points.emplace_back(point_words(point));
        int chosen = static_cast<int>(view_.point);
        place(px(142));
        if (ui::combo("database.point", "where it is killed", &chosen, points, 142, point_promise(view_.point))) {
            view_.point = kill_points[chosen];
            if (armed) control.arm(server->id, view_.point);
        }
    }

    void paint_restart(const Database& database, const Program* server) {
        StoreControl& control = view_.control;
        const StartServer* start = control.start_of(database.path, server);
        ui::Face face;
        const std::string label = !server ? "Start again" : several_ ? fmt::format("Restart {}", server->label) : "Restart";
        face.label = label.c_str();
        face.look = server ? ui::Look::plain : ui::Look::primary;
        face.enabled = start && !control.restarting();
        const char* tip = !start   ? "it was not started by this window"
                          : server ? "stops the server, and starts the same with the same file"
                                   : "starts the same server with the same file";
        if (act("database.restart", face, tip)) control.restart(*start, server, panel_.out);
        if (!server) return;
        if (!server->own_process) {
            face.label = "As a process";
            if (act("database.own_process", face,
                    "stops it, and starts the same with the same file as a process of its own, which can be killed")) {
                StartServer own = *start;
                own.place = Place::own_process;
                control.restart(own, server, panel_.out);
            }
        }
        paint_start_fallen(database);
    }

    /** One that was killed, while another one has the same file open and goes on. */
    void paint_start_fallen(const Database& database) {
        StoreControl& control = view_.control;
        const Program* fallen = control.fallen_server(panel_.world, database.path);
        if (!fallen) return;
        ui::Face face;
        const std::string label = fmt::format("Start {} again", fallen->label);
        face.label = label.c_str();
        face.look = ui::Look::primary;
        face.enabled = !control.restarting();
        if (act("database.start_fallen", face, "starts the same server with the same file; the others go on"))
            control.restart(*control.start_of(database.path, fallen), nullptr, panel_.out);
    }

    /** Where there is no room for rows and file, one of them is shown. */
    void paint_halves() {
        one_half_ = area_.w < px(700) && area_.bottom() - y_ < px(250);
        if (!one_half_) return;
        ui::Face face;
        face.label = "File";
        face.chosen = view_.shows_file;
        if (act("database.shows_file", face, "the file's text in place of the rows", true)) view_.shows_file = !view_.shows_file;
    }

    // ---- rows and file -----------------------------------------------------------------------------------------------------------------------
    void find_selected(DatabaseSheet& sheet) {
        const EventIndex event = panel_.selection.event;
        if (event == no_event) {
            view_.sighted = no_event;
            return;
        }
        // Looked up once, but for a request that goes on.
        const EventIndex limit = panel_.world.events;
        if (event != view_.asked || (!view_.asked_key && limit != view_.asked_limit) || limit < view_.asked_limit)
            view_.asked_key = key_of_event(panel_.history, event, limit);
        view_.asked = event;
        view_.asked_limit = limit;
        sheet.selected = panel_.selection.database == 0                   ? view_.asked_key
                         : panel_.selection.database == sheet.database.id ? std::optional(panel_.selection.key)
                                                                          : std::nullopt;
        if (event != view_.sighted) sheet.revealed = sheet.selected;
        if (sheet.selected) view_.sighted = event;
    }

    /** The row that a moment of the past has changed, once. Where it has changed many, one of them. */
    void find_new(DatabaseSheet& sheet) {
        const EventIndex moment = panel_.before ? panel_.world.events : no_event;
        if (std::exchange(view_.moment, moment) == moment || !panel_.changed) return;
        const auto changed = panel_.changed->rows.lower_bound({sheet.database.id, INT64_MIN});
        if (changed != panel_.changed->rows.end() && changed->first == sheet.database.id) sheet.revealed = changed->second;
    }

    void paint_body(const Database& database) {
        DatabaseSheet sheet{panel_, view_, database, std::nullopt, std::nullopt};
        find_selected(sheet);
        find_new(sheet);
        y_ += px(2);
        const float height = std::max(area_.bottom() - y_, px(50));
        const Rect body{area_.x, y_, area_.w, height};
        if (database.in_memory) {
            draw_rows(sheet, body);
        } else if (one_half_) {
            view_.shows_file ? draw_file(sheet, body) : draw_rows(sheet, body);
        } else if (area_.w >= px(700)) {
            const float share = std::floor(area_.w * 0.56f);
            draw_rows(sheet, {body.x, body.y, share, height});
            draw_file(sheet, {body.x + share, body.y, body.w - share, height});
            ui::canvas().AddLine({body.x + share, body.y}, {body.x + share, body.bottom()}, ui::theme().outline, px(1));
        } else {
            const float upper = std::floor(height * 0.54f);
            draw_rows(sheet, {body.x, body.y, body.w, upper});
            draw_file(sheet, {body.x, body.y + upper, body.w, height - upper});
        }
        draw_row_menu(sheet);
    }

    PanelContext& panel_;
    DatabaseView& view_;
    Rect area_;
    float left_, right_, x_ = 0, y_;
    bool one_half_ = false, several_ = false;
};

}  // namespace

void draw_database(PanelContext& panel, DatabaseView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    DatabasePainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
