#include "gui/panels/timeline_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/moment.h"
#include "gui/panels/marks.h"
#include "gui/panels/timeline_paint.h"

namespace synoptic {

using ui::px;
using ui::Rect;

namespace {

constexpr const char* past_words = "PAST";

bool is_in_sight(const TimelineAxis& at, const TimelineMoment& moment) {
    const float x = std::floor(at.scale.x_of(moment.now_ns));
    return x <= at.plot.right() && (!moment.live || x >= at.plot.x);
}

/** Where the chip stands that says where the past ends, whole where it can be; empty while it is live. */
Rect past_chip(const TimelineAxis& at, const TimelineMoment& moment) {
    if (moment.live || !is_in_sight(at, moment)) return {};
    const float width = mark::chip_width(past_words), x = std::floor(at.scale.x_of(moment.now_ns));
    return {std::min(x, at.axis.right() - width), at.axis.y, width, at.axis.h};
}

}  // namespace

void paint_timeline_axis(const TimelineAxis& at, const TimelineMoment& moment) {
    const Theme& theme = ui::theme();
    ImFont* font = ui::fonts().small_text;
    std::uint64_t step_ns = axis_step_ns(at.scale.ns_per_px() * static_cast<double>(px(70)));
    const auto latest_ns = static_cast<std::uint64_t>(std::max(at.scale.window.to_ns(), 0.0));
    const float label_w = ui::text_width(font, axis_label(latest_ns, step_ns)) + px(24);
    step_ns = axis_step_ns(std::max(at.scale.ns_per_px() * static_cast<double>(label_w), static_cast<double>(step_ns)));
    const Rect chip = past_chip(at, moment);
    ImGui::PushClipRect({at.axis.x, at.axis.y}, {at.axis.right(), at.plot.bottom()}, true);
    for (std::uint64_t tick = at.scale.ns_at(at.axis.x) / step_ns * step_ns; tick <= latest_ns; tick += step_ns) {
        const float x = std::floor(at.scale.x_of(tick));
        ui::canvas().AddRectFilled({x, at.axis.y + px(3)}, {x + 1, at.plot.bottom()}, faded(theme.outline, 0.8f));
        const std::string label = axis_label(tick, step_ns);
        // A label that is cut, at an edge or by the chip, tells another time.
        const float from = x + px(4), to = from + ui::text_width(font, label);
        if (from < at.axis.x || to > at.axis.right() || (to > chip.x - px(2) && from < chip.right() + px(2))) continue;
        mark::text(font, x + px(4), at.axis.y + px(11), theme.text_faint, label);
        ui::record(fmt::format("timeline.tick.{}", label), {from, at.axis.y, to - from, at.axis.h}, label);
    }
    ImGui::PopClipRect();
}

void paint_timeline_moment(const TimelineAxis& at, const TimelineMoment& moment) {
    const Theme& theme = ui::theme();
    const float x = std::floor(at.scale.x_of(moment.now_ns));
    if (!is_in_sight(at, moment)) return;
    ImGui::PushClipRect({at.plot.x, at.axis.y}, {at.plot.right(), at.plot.bottom()}, true);
    const ImU32 colour = moment.live ? theme.alive : theme.user;
    const float from = std::max(x, at.plot.x);
    const Rect later{from, at.plot.y, at.plot.right() - from, at.plot.h};
    if (!moment.live) {
        ui::canvas().AddRectFilled(later.min(), later.max(), faded(theme.window, 0.55f));
        paint_hatch(later, faded(theme.outline, 0.45f), px(14));
    }
    ui::canvas().AddRectFilled({x, at.axis.y + px(4)}, {x + std::max(px(1.5f), 1.0f), at.plot.bottom()},
                               faded(colour, moment.live ? 0.6f : 1.0f));
    if (!moment.live) {
        const Rect chip = mark::chip(past_chip(at, moment).x, at.axis.y + px(11), past_words, colour);
        const char* text = "later: not known yet at this moment";
        if (ui::text_width(ui::fonts().small_text, text) < later.w - px(24))
            mark::text(ui::fonts().small_text, from + px(12), at.plot.bottom() - px(14), theme.text_dim, text);
        ui::record("timeline.moment", chip, past_words);
    }
    ImGui::PopClipRect();
}

void paint_timeline_pointer(const TimelineAxis& at, const TimelineIndex& index) {
    const ImVec2 pointer = ImGui::GetIO().MousePos;
    if (!mark::pointer_over({at.axis.x, at.axis.y, at.axis.w, at.axis.h + at.plot.h})) return;
    const Theme& theme = ui::theme();
    const float x = std::floor(pointer.x);
    ui::canvas().AddRectFilled({x, at.axis.y}, {x + 1, at.plot.bottom()}, faded(theme.text, 0.25f));
    const std::string text = axis_label(at.scale.ns_at(pointer.x), std::max<std::uint64_t>(axis_step_ns(at.scale.ns_per_px()), 1));
    const float width = ui::text_width(ui::fonts().small_text, text) + px(12),
                left = std::clamp(x - width / 2, at.axis.x, at.axis.right() - width);
    ui::canvas().AddRectFilled({left, at.axis.y + px(1)}, {left + width, at.axis.bottom() - px(2)}, theme.card_raised, px(4));
    mark::text(ui::fonts().small_text, left + px(6), at.axis.y + px(11), theme.text, text);
    if (!at.axis.contains(pointer)) return;
    const std::string story = fmt::format("{} after the beginning\n{}", timeline_time(at.scale.ns_at(pointer.x)),
                                          time_of_day(index.began_ns() + at.scale.ns_at(pointer.x)));
    ui::hit("timeline.axis", at.axis, text, nullptr, story.c_str());
}

void paint_timeline_legend(float left, float right, float mid_y) {
    float x = left;
    const Theme& theme = ui::theme();
    const auto entry = [&](const char* word, auto draw) {
        const float width = px(16) + px(6) + ui::text_width(ui::fonts().small_text, word);
        if (x + width > right) return;
        draw(Rect{x, std::floor(mid_y - px(6)), px(16), px(12)});
        mark::text(ui::fonts().small_text, x + px(22), mid_y, theme.text_faint, word);
        x += width + px(16);
    };
    entry("call", [&](const Rect& rect) { ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(theme.client, 0.9f), px(2.5f)); });
    entry("asleep in the kernel", [&](const Rect& rect) { paint_wait(rect, theme.blocked); });
    entry("many calls", [&](const Rect& rect) {
        const float shares[] = {0.4f, 0.75f, 0.55f, 0.9f};
        for (int bar = 0; bar < 4; ++bar)
            paint_fold({rect.x + static_cast<float>(bar) * px(4), rect.y, px(4), rect.h}, theme.client, theme.blocked, shares[bar], 0);
    });
    entry("at the gate", [&](const Rect& rect) { paint_stand(rect, false); });
}

}  // namespace synoptic
