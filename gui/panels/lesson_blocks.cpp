// The blocks of a step: text, what is done, what is expected, quotes of the running program.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/lesson.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

/** A line with a sign before it. */
void sign_line(LessonSheet& sheet, Icon icon, ImU32 icon_colour, const std::string& text, ImU32 colour) {
    ImFont* font = ui::fonts().small_text;
    const float line = imgui::font_size(font), left = px(20);
    draw_icon(ui::canvas(), icon, {sheet.x + px(7), sheet.y + line / 2}, px(10), icon_colour);
    sheet.y += ui::draw_wrapped(font, {sheet.x + left, sheet.y}, colour, ui::showable(font, text), sheet.width - left) + px(3);
}

const LessonFailure* failure_of(const Player& player, std::size_t block) {
    for (const LessonFailure& failure : player.failures()) {
        if (failure.step == player.step() && failure.block == block) return &failure;
    }
    return nullptr;
}

/** "lessons/16.md:42: expected …" without the place, which the tooltip and the last line tell. */
std::string without_place(const LessonFailure& failure) {
    const std::string place = fmt::format(":{}: ", failure.line);
    const std::size_t at = failure.text.find(place);
    return at == std::string::npos ? failure.text : failure.text.substr(at + place.size());
}

void draw_failure(LessonSheet& sheet, const LessonFailure& failure) {
    std::string text = without_place(failure);
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    draw_lesson_word(sheet, "lesson.failure", "Not as this lesson expects", fmt::format("{}  (line {})", text, failure.line),
                     ui::theme().trouble);
}

class BlockPainter {
   public:
    BlockPainter(LessonSheet& sheet, std::size_t number)
        : sheet_(sheet), number_(number), failure_(failure_of(sheet.player, number)), theme_(ui::theme()) {}

    void operator()(const TextBlock& block) {
        const std::string id = fmt::format("lesson.text.{}", number_);
        const float height = draw_markdown(block.markdown, {sheet_.x, sheet_.y}, sheet_.width, {.id = id.c_str()});
        ui::record(id, {sheet_.x, sheet_.y, sheet_.width, height}, block.markdown);
        sheet_.y += height + px(12);
    }

    void operator()(const DoBlock& block) {
        const Icon icon = works() ? Icon::play : failure_ ? Icon::warning : Icon::check;
        for (const LessonAction& action : block.actions) {
            ui::record(fmt::format("lesson.do.{}", action.line), {sheet_.x, sheet_.y, sheet_.width, px(14)}, action.text,
                       works() ? "" : "done");
            sign_line(sheet_, icon, works() ? theme_.accent : theme_.text_faint, action.text, theme_.text_dim);
        }
        end_of_lines();
    }

    void operator()(const ExpectBlock& block) {
        const bool waits = works(), failed = failure_ != nullptr;
        const Icon icon = failed ? Icon::warning : waits ? Icon::clock : Icon::check;
        const ImU32 colour = failed ? theme_.trouble : waits ? theme_.blocked : theme_.alive;
        for (const LessonFact& fact : block.facts) {
            ui::record(fmt::format("lesson.fact.{}", fact.line), {sheet_.x, sheet_.y, sheet_.width, px(14)}, fact.text,
                       failed  ? "failed"
                       : waits ? "waits"
                               : "held");
            const std::string text = block.when == ExpectBlock::When::never ? "never: " + fact.text : fact.text;
            sign_line(sheet_, icon, colour, text, waits ? theme_.text : theme_.text_dim);
        }
        end_of_lines();
    }

    void operator()(const QuestionBlock& block) { draw_lesson_question(sheet_, block); }

    void operator()(const QuoteBlock& block) {
        const std::string lines = block.first_line == block.last_line ? fmt::format("line {}", block.first_line)
                                                                      : fmt::format("lines {} to {}", block.first_line, block.last_line);
        const std::string id = fmt::format("lesson.quote.{}", number_), head = fmt::format("{}, {}", block.file, lines);
        ui::draw_text(ui::fonts().small_text, {sheet_.x, sheet_.y}, theme_.text_dim, head, sheet_.width);
        sheet_.y += imgui::font_size(ui::fonts().small_text) + px(4);
        const float height =
            draw_code_box({.code = block.text, .is_source = true, .first_line = block.first_line}, {sheet_.x, sheet_.y}, sheet_.width);
        const ui::Rect rect{sheet_.x, sheet_.y, sheet_.width, height};
        bool hovered = false;
        if (ui::hit(id.c_str(), rect, block.text, &hovered, "The program that runs has this line: show it in the code pane")) {
            sheet_.state.selection = Selection{};
            sheet_.state.selection.source = {block.file, 0, block.first_line};
        }
        if (hovered) imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), theme_.accent, px(6), std::max(1.0f, px(1)));
        sheet_.y += height + px(14);
    }

    void operator()(const ShowBlock&) {}
    void operator()(const NotesBlock&) {}
    void operator()(const BreakBlock&) {}

   private:
    /** True while the player is at this block. */
    bool works() const {
        using State = Player::State;
        const Player& player = sheet_.player;
        if (number_ + 1 != player.blocks_shown() || failure_ != nullptr) return false;
        return player.state() == State::does || player.state() == State::expects;
    }
    void end_of_lines() {
        sheet_.y += px(4);
        if (failure_) {
            sheet_.part();
            draw_failure(sheet_, *failure_);
        }
        sheet_.y += px(6);
    }

    LessonSheet& sheet_;
    std::size_t number_;
    const LessonFailure* failure_;
    const Theme& theme_;
};

}  // namespace

void draw_lesson_block(LessonSheet& sheet, std::size_t number) {
    const LessonStep& step = sheet.player.lesson().steps[sheet.player.step()];
    sheet.part();
    std::visit(BlockPainter(sheet, number), step.blocks[number].content);
}

void draw_lesson_word(LessonSheet& sheet, const char* id, const char* title, const std::string& text, ImU32 colour) {
    const Theme& theme = ui::theme();
    const float pad = px(12), inner = sheet.width - 2 * pad, head = imgui::font_size(ui::fonts().strong) + px(4);
    const std::string shown = ui::showable(ui::fonts().text, text);
    const float height = head + ui::wrapped_height(ui::fonts().text, shown, inner) + 2 * px(10);
    const ui::Rect rect{sheet.x, sheet.y, sheet.width, height};
    ui::draw_card(rect, theme.card, theme.outline, colour);
    ui::draw_text(ui::fonts().strong, {rect.x + pad, rect.y + px(10)}, theme.text, title, inner);
    ui::draw_wrapped(ui::fonts().text, {rect.x + pad, rect.y + px(10) + head}, theme.text_dim, shown, inner);
    ui::record(id, rect, title, text);
    sheet.y += height + px(12);
}

}  // namespace synoptic
