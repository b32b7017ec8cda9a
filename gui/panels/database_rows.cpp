// The table of a database's rows, sorted by key: what they hold, who wrote them, and whether the disk has them.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "gui/icons.h"
#include "gui/panels/database_paint.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float row_h = 26, head_h = 24;
constexpr const char* menu_id = "database.menu";

class RowsPainter {
   public:
    RowsPainter(const DatabaseSheet& sheet, const Rect& area)
        : sheet_(sheet), area_(area), list_{area.x, area.y + px(head_h), area.w, std::max(area.h - px(head_h), px(row_h))} {
        for (const auto& [key, row] : sheet.database.rows) rows_.push_back(&row);
        served_ = servers_now(sheet.panel.world, sheet.database) > 0;
        place_columns();
    }

    void paint() {
        paint_head();
        ImGui::PushClipRect(list_.min(), list_.max(), true);
        const std::string note = what_is_missing();
        const float content = static_cast<float>(rows_.size()) * px(row_h) + (note.empty() ? 0 : px(row_h));
        float& scroll = sheet_.view.rows_scroll;
        if (sheet_.revealed) reveal(scroll);
        scroll = std::clamp(scroll, 0.0f, std::max(content - list_.h, 0.0f));
        const auto first = static_cast<std::size_t>(scroll / px(row_h));
        float y = list_.y + static_cast<float>(first) * px(row_h) - scroll;
        for (std::size_t at = first; at < rows_.size() && y < list_.bottom(); ++at, y += px(row_h)) paint_row(*rows_[at], y);
        if (!note.empty()) mark::text(ui::fonts().small_text, key_x_, y + px(row_h / 2), ui::theme().text_faint, note, right_ - key_x_);
        if (!note.empty()) ui::record("database.rows.note", {list_.x, y, list_.w, px(row_h)}, note);
        scroll = mark::scroll("database.rows.scroll", scroll, content, list_);
        ImGui::PopClipRect();
    }

   private:
    void place_columns() {
        const float w = area_.w / ui::scale();
        right_ = area_.right() - px(14);
        key_x_ = area_.x + px(14);
        float key_w = px(34);
        for (const Row* row : rows_) key_w = std::max(key_w, ui::text_width(ui::fonts().code, std::to_string(row->key)));
        value_x_ = key_x_ + std::min(key_w, area_.w * 0.3f) + px(16);
        state_w_ = w < 300 ? px(22) : px(122);
        state_x_ = right_ - state_w_;
        narrow_ = w < 540;
        by_w_ = w < 380 ? 0 : narrow_ ? px(118) : std::min(px(230), area_.w * 0.32f);
        by_x_ = state_x_ - by_w_;
    }

    void paint_head() const {
        const Theme& theme = ui::theme();
        ImFont* font = ui::fonts().small_text;
        const float mid = area_.y + px(head_h / 2);
        mark::text(font, key_x_, mid, theme.text_dim, "key");
        mark::text(font, value_x_, mid, theme.text_dim, "value", by_x_ - value_x_);
        if (by_w_ > 0) mark::text(font, by_x_, mid, theme.text_dim, "by");
        if (state_w_ > px(30)) mark::text(font, state_x_, mid, theme.text_dim, "state");
        ui::canvas().AddLine({area_.x, list_.y - px(1)}, {area_.right(), list_.y - px(1)}, theme.outline, px(1));
    }

    /** Rows that the World has not kept, or was not told of. */
    std::string what_is_missing() const {
        const auto live =
            static_cast<std::uint64_t>(std::count_if(rows_.begin(), rows_.end(), [](const Row* row) { return !row->deleted; }));
        if (rows_.empty()) return "no pairs yet: let a client put one";
        if (live >= sheet_.database.pairs) return {};
        return fmt::format("{} of {} pairs are shown: the first of the file, and what was changed last", with_commas(live),
                           with_commas(sheet_.database.pairs));
    }

    void reveal(float& scroll) const {
        const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row* row) { return row->key == sheet_.revealed; });
        if (found == rows_.end()) return;
        const float top = static_cast<float>(found - rows_.begin()) * px(row_h);
        if (top < scroll || top + px(row_h) > scroll + list_.h) scroll = top - (list_.h - px(row_h)) / 2;
    }

    void paint_row(const Row& row, float y) const {
        const Theme& theme = ui::theme();
        const Rect rect{list_.x, y, list_.w, px(row_h)}, seen = mark::clipped(rect, list_);
        const RowState state = row_state(sheet_.database, row);
        const std::string value = value_words(row.value, value_length(row));
        const std::string by = writer_words(sheet_.panel.world, row, narrow_ || row.deleted);
        const std::string id = fmt::format("database.row.{}", row.key);
        bool over = false;
        if (seen.h > 0 && ui::hit(id.c_str(), seen, fmt::format("{} {}", row.key, row.deleted ? "" : value), &over, tip(row, by).c_str()))
            select(row);
        ui::record(id + ".state", {state_x_, y, state_w_, px(row_h)}, state_words(state, served_), by);
        if (over && ImGui::IsMouseClicked(ImGuiMouseButton_Right)) open_menu(row);
        paint_ground(row, rect, over);

        const float mid = y + px(row_h / 2);
        const bool gone = row.deleted;
        const std::string key = std::to_string(row.key);
        const float key_w = mark::text(ui::fonts().code, key_x_, mid, gone ? theme.text_faint : theme.text, key, value_x_ - key_x_ - px(8));
        if (gone)
            ui::canvas().AddLine({key_x_, mid}, {key_x_ + key_w, mid}, theme.text_faint, std::max(px(1), 1.0f));
        else
            mark::text(ui::fonts().code, value_x_, mid, theme.text, value, by_x_ - value_x_ - px(12));
        if (by_w_ > 0)
            mark::text(ui::fonts().text, by_x_, mid, row.writer == ActorId::none ? theme.text_faint : theme.text_dim,
                       gone ? by + " deleted it" : by, by_w_ - px(10));
        paint_state(state, mid);
    }

    void paint_ground(const Row& row, const Rect& rect, bool over) const {
        const Theme& theme = ui::theme();
        const PanelContext& panel = sheet_.panel;
        const bool is_new = panel.has_changed(sheet_.database.id, row.key);
        const float fresh = row.loaded || panel.past ? 0 : freshness(sheet_.panel, row.at_ns);
        if (is_new) mark::lit(rect);
        if (is_new) ui::record(fmt::format("database.row.{}.new", row.key), rect);
        if (fresh > 0) ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.highlight, fresh));
        if (sheet_.selected == row.key)
            ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.20f));
        else if (over)
            ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.text, 0.06f));
        const ActorId chosen = sheet_.panel.selection.actor;
        if (chosen != ActorId::none && chosen == row.writer)
            ui::canvas().AddRectFilled(rect.min(), {rect.x + px(3), rect.bottom()}, theme.accent);
    }

    void paint_state(RowState state, float mid) const {
        const Theme& theme = ui::theme();
        const bool waits = state == RowState::waits || state == RowState::deletion_waits;
        const bool lives = state != RowState::deleted && (state != RowState::in_memory || served_);
        const ImU32 colour = waits ? theme.blocked : lives ? theme.alive : theme.text_faint;
        const ImVec2 at{state_x_ + px(7), mid};
        if (waits)
            mark::clock(at, px(5.5f), colour);
        else
            draw_icon(ui::canvas(), lives ? Icon::check : Icon::minus, at, px(11), colour);
        if (state_w_ > px(30))
            mark::text(ui::fonts().text, at.x + px(13), mid, colour, state_words(state, served_), right_ - at.x - px(13));
    }

    std::string tip(const Row& row, const std::string& by) const {
        std::string text =
            row.writer == ActorId::none ? "was in the file when it was read" : (row.deleted ? "deleted by " : "put by ") + by;
        if (!sheet_.database.in_memory && row.end > row.begin)
            text += fmt::format("; bytes {} to {} of the file", with_commas(row.begin), with_commas(row.end));
        if (row.reads > 0) text += fmt::format("; read {} time{}", with_commas(row.reads), row.reads == 1 ? "" : "s");
        return text;
    }

    void select(const Row& row) const {
        sheet_.panel.selection = select_event(sheet_.panel.world, sheet_.panel.history, row.event);
        sheet_.view.sighted = row.event;  // it is in sight
    }

    void open_menu(const Row& row) const {
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        sheet_.view.menu_key = row.key;
        sheet_.view.menu_at = {mouse.x, mouse.y, 0, 0};
        ui::open_menu(menu_id);
    }

    const DatabaseSheet& sheet_;
    Rect area_, list_;
    std::vector<const Row*> rows_;
    float key_x_ = 0, value_x_ = 0, by_x_ = 0, by_w_ = 0, state_x_ = 0, state_w_ = 0, right_ = 0;
    bool narrow_ = false, served_ = false;
};

void copy(const std::string& text) {
    ImGui::SetClipboardText(text.c_str());
    ui::toast("Copied: " + text);
}

}  // namespace

void draw_rows(const DatabaseSheet& sheet, const Rect& area) {
    RowsPainter(sheet, area).paint();
}

void draw_row_menu(const DatabaseSheet& sheet) {
    if (!ui::begin_menu(menu_id, sheet.view.menu_at, 220)) return;
    const auto found = sheet.database.rows.find(sheet.view.menu_key);
    if (found == sheet.database.rows.end() || found->second.event >= sheet.panel.history.size()) {
        ui::menu_text("This row is not known any more.", ui::theme().text_dim);
        ui::end_menu();
        return;
    }
    const Row& row = found->second;
    const std::string payload(sheet.panel.history.payload(row.event));
    ui::menu_heading(fmt::format("Key {}", row.key).c_str());
    const bool cut = (sheet.panel.history.event(row.event).flags & event_payload_cut) != 0;
    const std::string value = cut ? fmt::format("Copy the value's first {}", byte_count(payload.size())) : "Copy the value";
    if (ui::menu_entry("database.menu.value", value.c_str(), "", false, !row.deleted)) copy(payload);
    if (ui::menu_entry("database.menu.row", "Copy the pair", "", false, !row.deleted && !cut, "key and value, as a line of the file"))
        copy(fmt::format("{} {}", row.key, payload));
    ui::menu_line();
    if (ui::menu_entry("database.menu.look", "Look at this moment", "", false, true, "everything as it was right after this"))
        sheet.panel.jump_to = row.event + 1;
    ui::end_menu();
}

}  // namespace synoptic
