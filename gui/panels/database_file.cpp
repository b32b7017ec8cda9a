// The database's file as text: what was read from it, what was appended since, and how much of that the disk has.
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

constexpr float line_h = 21, head_h = 26;

const char* caption_of(FileLine::Kind kind) {
    switch (kind) {
        case FileLine::Kind::read:
            return "read at the start";
        case FileLine::Kind::appended:
            return "appended since";
        case FileLine::Kind::written:
            return "written anew, in the order of the keys (inferred from the rows)";
        case FileLine::Kind::pending:
            return "written, and it does not count yet";
        case FileLine::Kind::unknown:
            return "";
    }
    return "";
}

/** A line of the list: a stretch of the file, or what the ones that follow have in common. */
struct Item {
    const FileLine* line = nullptr;
    const char* caption = "";
};

class FilePainter {
   public:
    FilePainter(const DatabaseSheet& sheet, const Rect& area)
        : sheet_(sheet), area_(area), list_{area.x, area.y + px(head_h), area.w, std::max(area.h - px(head_h), px(line_h))} {
        lines_ = file_lines(sheet.database);
        FileLine::Kind before = FileLine::Kind::unknown;
        for (const FileLine& line : lines_) {
            if (line.kind != FileLine::Kind::unknown && line.kind != before) {
                items_.push_back({nullptr, caption_of(line.kind)});
                before = line.kind;
            }
            items_.push_back({&line, ""});
        }
        const std::string widest = with_commas(sheet.database.end);
        text_x_ = area.x + px(14) + ui::text_width(ui::fonts().code_small, widest) + px(20);
    }

    void paint() {
        paint_head();
        ImGui::PushClipRect(list_.min(), list_.max(), true);
        const float content = static_cast<float>(items_.size()) * px(line_h) + px(6);
        const float most = std::max(content - list_.h, 0.0f);
        DatabaseView& view = sheet_.view;
        if (view.follow) view.file_scroll = most;
        if (sheet_.revealed) reveal(most);
        view.file_scroll = std::clamp(view.file_scroll, 0.0f, most);
        float y = list_.y + px(3) - view.file_scroll;
        for (std::size_t at = 0; at < items_.size(); ++at, y += px(line_h)) {
            if (y + px(line_h) <= list_.y || y >= list_.bottom()) continue;
            if (items_[at].line)
                paint_line(*items_[at].line, at, y);
            else
                paint_caption(items_[at].caption, y);
        }
        if (items_.empty())
            mark::text(ui::fonts().small_text, area_.x + px(14), y + px(line_h / 2), ui::theme().text_faint, "the file is empty");
        const float before = view.file_scroll;
        view.file_scroll = mark::scroll("database.file.scroll", before, content, list_);
        // Going back stops following; reaching the end again resumes it.
        if (view.file_scroll < before - 0.5f) view.follow = false;
        if (view.file_scroll > before + 0.5f && view.file_scroll >= most - 0.5f) view.follow = true;
        ImGui::PopClipRect();
    }

   private:
    void paint_head() const {
        const Theme& theme = ui::theme();
        const Database& database = sheet_.database;
        const float mid = area_.y + px(head_h / 2), right = area_.right() - px(14);
        ui::canvas().AddLine({area_.x, list_.y - px(1)}, {area_.right(), list_.y - px(1)}, theme.outline, px(1));
        float x = area_.x + px(14);
        x += mark::text(ui::fonts().strong, x, mid, theme.text, "File", right - x) + px(10);
        const std::uint64_t end = lines_.empty() ? database.end : lines_.back().end;
        const std::uint64_t waits = end - std::min(database.synced, end);
        std::string text =
            fmt::format("{}, {}", byte_count(end),
                        waits == 0 ? std::string("all on the disk") : fmt::format("{} not on the disk yet", with_commas(waits)));
        x += mark::text(ui::fonts().small_text, x, mid, waits == 0 ? theme.text_dim : theme.blocked, text, right - x) + px(12);
        ui::record("database.file", {area_.x, area_.y, area_.w, px(head_h)}, database.path, text);
        if (right - x > px(60)) mark::text_right(ui::fonts().small_text, right, mid, theme.text_faint, database.path, right - x);
    }

    void paint_caption(const char* caption, float y) const {
        const Theme& theme = ui::theme();
        const float mid = y + px(line_h / 2);
        const float width = mark::text(ui::fonts().small_text, text_x_, mid, theme.text_faint, caption, area_.right() - px(14) - text_x_);
        const float from = text_x_ + width + px(8);
        if (from < area_.right() - px(14)) ui::canvas().AddLine({from, mid}, {area_.right() - px(14), mid}, theme.outline, px(1));
    }

    void paint_line(const FileLine& line, std::size_t at, float y) const {
        const Theme& theme = ui::theme();
        const Fonts& fonts = ui::fonts();
        const Rect rect{list_.x, y, list_.w, px(line_h)}, seen = mark::clipped(rect, list_);
        const float mid = y + px(line_h / 2), right = area_.right() - px(14);
        const bool known = line.event != no_event;
        bool over = false;
        const std::string text = known ? line.text : fmt::format("… {} that are not kept here", byte_count(line.end - line.begin));
        const std::string id = fmt::format("database.line.{}", at);
        if (known && ui::hit(id.c_str(), seen, text, &over, tip(line).c_str())) select(line);
        ui::record(id + ".state", rect, caption_of(line.kind), line.on_disk ? "on disk" : "not on the disk yet");
        if (!line.on_disk) ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.blocked, 0.07f));
        if (known && sheet_.panel.is_new(line.event)) {
            mark::lit(rect);
            ui::record(id + ".new", rect, text);
        }
        if (known && sheet_.selected == line.key)
            ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.accent, 0.20f));
        else if (over)
            ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.text, 0.06f));
        mark::text_right(fonts.code_small, text_x_ - px(18), mid, theme.text_faint, with_commas(line.begin));
        paint_margin(line, y);
        float end = right;
        if (!line.on_disk) {
            const char* note = area_.w > px(300) ? "not on the disk yet" : "";
            end -= ui::text_width(fonts.small_text, note) + px(20);
            mark::clock({end + px(8), mid}, px(5), theme.blocked);
            mark::text(fonts.small_text, end + px(18), mid, theme.blocked, note);
        }
        const std::string shown = known ? escaped(text) : text;
        mark::text(known ? fonts.code : fonts.small_text, text_x_, mid, known ? theme.text : theme.text_faint, shown,
                   end - text_x_ - px(8));
    }

    /** Whole: appended and on the disk. Dashes: the disk has yet to get it. None: it was there before. */
    void paint_margin(const FileLine& line, float y) const {
        if (line.kind != FileLine::Kind::appended && line.kind != FileLine::Kind::pending) return;
        const Theme& theme = ui::theme();
        const float x = text_x_ - px(11), w = px(3), h = px(line_h);
        if (line.on_disk) {
            ui::canvas().AddRectFilled({x, y}, {x + w, y + h}, theme.server);
            return;
        }
        for (float part = 0; part < 3; ++part)
            ui::canvas().AddRectFilled({x, y + h * (part + 0.2f) / 3}, {x + w, y + h * (part + 0.8f) / 3}, theme.blocked);
    }

    std::string tip(const FileLine& line) const {
        return fmt::format("{}: bytes {} to {}, {}", caption_of(line.kind), with_commas(line.begin), with_commas(line.end),
                           line.on_disk ? "on the disk" : "written, but not on the disk yet: a power cut could undo it");
    }

    void select(const FileLine& line) const {
        sheet_.panel.selection = select_event(sheet_.panel.world, sheet_.panel.history, line.event);
        sheet_.view.sighted = no_event;  // its row may be out of sight
        sheet_.view.follow = false;
    }

    /** The last line of the key. */
    void reveal(float most) const {
        for (std::size_t at = items_.size(); at-- > 0;) {
            const FileLine* line = items_[at].line;
            if (!line || line->event == no_event || sheet_.revealed != line->key) continue;
            const float top = static_cast<float>(at) * px(line_h);
            float& scroll = sheet_.view.file_scroll;
            if (top >= scroll && top + px(line_h) <= scroll + list_.h) return;
            scroll = std::clamp(top - (list_.h - px(line_h)) / 2, 0.0f, most);
            sheet_.view.follow = scroll >= most - 0.5f;
            return;
        }
    }

    const DatabaseSheet& sheet_;
    Rect area_, list_;
    std::vector<FileLine> lines_;
    std::vector<Item> items_;
    float text_x_ = 0;
};

}  // namespace

void draw_file(const DatabaseSheet& sheet, const Rect& area) {
    FilePainter(sheet, area).paint();
}

}  // namespace synoptic
