// A question: choices by mouse and by the keys 1 to 9, or a number; after the answer what is right, the reason, and what the World has shown.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/lesson_panels.h"
#include "gui/panels/lesson.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

class QuestionPainter {
   public:
    QuestionPainter(LessonSheet& sheet, const QuestionBlock& question)
        : sheet_(sheet),
          question_(question),
          answered_(sheet.player.answered(question.number_of_question)),
          asked_(sheet.player.state() == Player::State::asks && sheet.player.question() == &question),
          theme_(ui::theme()) {}

    void paint() {
        const float top = sheet_.y, pad = px(14);
        ImDrawList& canvas = ui::canvas();
        // The card's height is known once its contents are drawn: it is put behind them.
        canvas.ChannelsSplit(2);
        canvas.ChannelsSetCurrent(1);
        sheet_.x += pad;
        sheet_.width -= 2 * pad;
        sheet_.gap(12);
        head();
        sheet_.y += draw_markdown(question_.prompt, {sheet_.x, sheet_.y}, sheet_.width) + px(10);
        if (question_.choices.empty()) {
            number();
        } else {
            for (std::size_t index = 0; index < question_.choices.size(); ++index) choice(index);
            hint();
        }
        if (answered_ && answered_->decided) reason();
        sheet_.gap(6);
        sheet_.x -= pad;
        sheet_.width += 2 * pad;
        canvas.ChannelsSetCurrent(0);
        const ui::Rect rect{sheet_.x, top, sheet_.width, sheet_.y - top};
        ui::draw_card(rect, mixed(theme_.panel, theme_.card, 0.8f), asked_ ? theme_.accent : theme_.outline,
                      asked_ ? theme_.accent : theme_.outline_strong);
        canvas.ChannelsMerge();
        ui::record(fmt::format("lesson.question.{}", question_.number_of_question), rect, question_.prompt,
                   asked_                ? "asked"
                   : !answered_          ? ""
                   : !answered_->decided ? "decides"
                                         : verdict());
        sheet_.gap(14);
    }

   private:
    const char* verdict() const { return answered_->answer.skipped ? "skipped" : answered_->right ? "right" : "wrong"; }

    void head() {
        const std::size_t count = sheet_.player.lesson().question_count();
        const std::string text =
            fmt::format("{} {} of {}", question_.is_kernel() ? "Be the kernel:" : "Question", question_.number_of_question, count);
        ui::draw_text(ui::fonts().small_text, {sheet_.x, sheet_.y}, theme_.text_dim, text, sheet_.width);
        sheet_.y += imgui::font_size(ui::fonts().small_text) + px(6);
    }

    void choice(std::size_t index) {
        const LessonChoice& one = question_.choices[index];
        const bool decided = answered_ && answered_->decided, chosen = answered_ && answered_->answer.choice == index;
        const bool right = decided && answered_->right_choice == index;
        const float left = px(32), pad = px(7);
        const MarkdownLook measure{.draws = false};
        const float height = draw_markdown(one.markdown, {0, 0}, sheet_.width - left - px(10), measure) + 2 * pad;
        const ui::Rect rect{sheet_.x, sheet_.y, sheet_.width, height};
        sheet_.stop();
        const std::string id = fmt::format("lesson.choice.{}", index + 1);
        bool hovered = false;
        if (asked_ && ui::hit(id.c_str(), rect, one.markdown, &hovered)) picked_ = index;
        if (!asked_) ui::record(id, rect, one.markdown, right ? "right" : chosen ? "chosen" : "", false);
        const ImU32 edge = right                                 ? theme_.alive
                           : chosen && decided                   ? theme_.trouble
                           : chosen || hovered || pointed(index) ? theme_.accent
                                                                 : theme_.outline;
        const ImU32 fill = right            ? mixed(theme_.card, theme_.alive, 0.10f)
                           : chosen         ? mixed(theme_.card, decided ? theme_.trouble : theme_.accent, 0.08f)
                           : hovered        ? mixed(theme_.card, theme_.accent, 0.08f)
                           : pointed(index) ? mixed(theme_.card, theme_.accent, 0.12f)
                                            : theme_.card;
        ui::draw_card(rect, fill, edge);
        const float line = std::ceil(imgui::font_size(ui::fonts().text) * 1.38f), middle = rect.y + pad + line / 2;
        if (right || (chosen && decided)) {
            draw_icon(ui::canvas(), right ? Icon::check : Icon::close, {rect.x + px(16), middle}, px(12),
                      right ? theme_.alive : theme_.trouble);
        } else {
            const std::string key = std::to_string(index + 1);
            const float size = imgui::font_size(ui::fonts().code), width = ui::text_width(ui::fonts().code, key);
            const ui::Rect cap{std::floor(rect.x + px(7)), std::floor(middle - px(9)), px(18), px(18)};
            imgui::stroke_rect(ui::canvas(), cap.min(), cap.max(), asked_ ? theme_.outline_strong : theme_.outline, px(4),
                               std::max(1.0f, px(1)));
            ui::draw_text(ui::fonts().code, {cap.x + (cap.w - width) / 2, middle - size / 2}, asked_ ? theme_.text : theme_.text_faint,
                          key);
        }
        const ImU32 colour = asked_ || right || chosen ? theme_.text : theme_.text_dim;
        draw_markdown(one.markdown, {rect.x + left, rect.y + pad}, sheet_.width - left - px(10), {.colour = colour});
        sheet_.y += height + px(6);
        if (picked_ == index) choose_in_lesson(sheet_.state, index);
    }

    /** The pointer is over what stands for this choice on the stage. */
    bool pointed(std::size_t index) const {
        if (!asked_) return false;
        const auto& points = sheet_.state.lesson->points;
        return std::any_of(points.begin(), points.end(), [index](const LessonView::Point& at) { return at.choice == index && at.over; });
    }

    void hint() {
        if (!asked_ || sheet_.state.lesson->points.empty()) return;
        const char* text = "Or click what is outlined at the right.";
        ImFont* font = ui::fonts().small_text;
        const float height = ui::draw_wrapped(font, {sheet_.x, sheet_.y + px(2)}, theme_.accent, text, sheet_.width);
        ui::record("lesson.hint.point", {sheet_.x, sheet_.y, sheet_.width, height}, text);
        sheet_.y += height + px(8);
    }

    void number() {
        LessonView& view = *sheet_.state.lesson;
        if (!asked_) {
            if (!answered_) return;
            const bool skipped = answered_->answer.skipped || !answered_->answer.number;
            const std::string given = skipped ? "skipped" : fmt::format("your answer: {}", *answered_->answer.number);
            const std::string right = answered_->decided && answered_->right_number ? fmt::format("{}", *answered_->right_number) : "…";
            const bool good = answered_->decided && answered_->right;
            draw_icon(ui::canvas(), good ? Icon::check : Icon::dot, {sheet_.x + px(8), sheet_.y + px(9)}, px(12),
                      good ? theme_.alive : theme_.text_dim);
            const float width = ui::draw_text(ui::fonts().strong, {sheet_.x + px(24), sheet_.y}, theme_.text, right);
            ui::draw_text(ui::fonts().text, {sheet_.x + px(24) + width + px(12), sheet_.y}, theme_.text_dim, given);
            ui::record("lesson.right_number", {sheet_.x, sheet_.y, sheet_.width, px(20)}, right, given);
            sheet_.y += imgui::font_size(ui::fonts().text) + px(8);
            return;
        }
        ImGui::SetCursorScreenPos({std::floor(sheet_.x), std::floor(sheet_.y)});
        if (view.focused != question_.number_of_question) {
            view.focused = question_.number_of_question;
            view.number.clear();
            ImGui::SetKeyboardFocusHere();
        }
        const bool entered = ui::text_field("lesson.number", &view.number, "a number", 120, "Enter answers");
        view.types = ImGui::IsItemActive();
        if (view.types && !view.typed.empty()) ui::wake_in(0);
        ImGui::SameLine(0, px(8));
        ui::Face face;
        face.label = "Answer";
        face.look = ui::Look::primary;
        const bool clicked = ui::button("lesson.answer", face, "Enter");
        sheet_.y += px(30 + 8);
        if (!entered && !clicked) return;
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(view.number.data(), view.number.data() + view.number.size(), number);
        if (error == std::errc() && end == view.number.data() + view.number.size() && !view.number.empty()) {
            answer_in_lesson(sheet_.state, number);
        } else {
            sheet_.state.messages.note(fmt::format("“{}” is no number: digits alone, as 42", view.number), sheet_.state.now_s);
        }
    }

    void reason() {
        // The choices may be out of sight above.
        const std::string which = question_.choices.empty() ? "" : fmt::format(": choice {} is right", answered_->right_choice + 1);
        const std::string word = answered_->right ? "Right" : (answered_->answer.skipped ? "The answer" : "Not so") + which;
        sheet_.gap(4);
        sheet_.part();
        ui::draw_text(ui::fonts().strong, {sheet_.x, sheet_.y}, answered_->right ? theme_.alive : theme_.text, word);
        sheet_.y += imgui::font_size(ui::fonts().strong) + px(5);
        const float top = sheet_.y;
        sheet_.y += draw_markdown(question_.reason, {sheet_.x, sheet_.y}, sheet_.width) + px(8);
        ui::record("lesson.reason", {sheet_.x, top, sheet_.width, sheet_.y - top}, question_.reason, verdict());
        if (answered_->found.empty()) return;
        // Beside the reason stands what the kernel and the calls have told.
        const float badge = ui::draw_badge({sheet_.x, sheet_.y}, "observed", theme_.alive, false).right() + px(8);
        const std::string found = ui::showable(ui::fonts().small_text, answered_->found);
        const float height =
            ui::draw_wrapped(ui::fonts().small_text, {badge, sheet_.y + px(2)}, theme_.text_dim, found, sheet_.x + sheet_.width - badge);
        ui::record("lesson.found", {sheet_.x, sheet_.y, sheet_.width, height}, answered_->found);
        sheet_.y += height + px(8);
    }

    LessonSheet& sheet_;
    const QuestionBlock& question_;
    const Answered* answered_;
    bool asked_;
    const Theme& theme_;
    std::optional<std::size_t> picked_;
};

}  // namespace

void draw_lesson_question(LessonSheet& sheet, const QuestionBlock& question) {
    QuestionPainter(sheet, question).paint();
}

}  // namespace synoptic
