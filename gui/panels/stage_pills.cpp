// Segments on the stage's wires: drawn, chosen, dragged. Where they stand is stage_segments.h's.
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <map>
#include <set>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/stage_parts.h"
#include "gui/panels/stage_pill_places.h"
#include "gui/panels/stage_segments.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

ImU32 colour_of(const WireSegment& segment) {
    const Theme& theme = ui::theme();
    if ((segment.flags & tcp_rst) != 0) return theme.trouble;
    if ((segment.flags & tcp_syn) != 0) return theme.listening;
    if ((segment.flags & tcp_fin) != 0) return theme.blocked;
    return segment.payload_bytes != 0 ? theme.alive : theme.text_dim;
}

constexpr float pill_padding = 9, least_padding = 4, least_letters = 0.62f;  // of a pill in a narrow gap: letters that can still be read

float small_code_width(std::string_view text) {
    return ui::text_width(ui::fonts().code_small, text);
}

/** What stands in a pill, and how large, so that it keeps between the cards. */
struct PillText {
    std::string text;
    float padding = 0, letters = 1, width = 0;  // letters: of the font's size
};
/** `room`: between the cards; `most`: what its words may take of that. */
PillText pill_text(const WireSegment& segment, const SegmentPill& shown, float room, float most) {
    const float words = std::max(std::min(room, most) - 2 * px(pill_padding), px(8));
    PillText pill{pill_words(segment, shown.copies, words, small_code_width, shown.who), px(pill_padding)};
    const float wide = small_code_width(pill.text);
    if (wide + 2 * pill.padding > room) {
        pill.padding = px(least_padding);
        pill.letters = std::clamp((room - 2 * pill.padding) / wide, least_letters, 1.0f);
    }
    pill.width = std::min(wide * pill.letters + 2 * pill.padding, std::max(room, px(16)));
    return pill;
}

std::string pill_tip(const WireSegment& segment, std::size_t copies, const std::string& who) {
    std::string tip = who.empty() ? "" : who + ", ";
    tip += fmt::format("{}: seq {}, ack {}, window {}", segment.reading.title, with_commas(segment.reading.relative_seq),
                       with_commas(segment.reading.relative_ack), with_commas(segment.reading.window_bytes));
    if (!segment.reading.note.empty()) tip += "\n" + segment.reading.note + (segment.reading.inferred ? " (inferred)" : "");
    if (copies > 0) tip += fmt::format("\n{} sent again meanwhile: the kernel's timers know no pause.", copies);
    switch (segment.state) {
        case WireSegment::State::held:
            return tip + "\nHeld " + reason_text(segment.hold_reason) +
                   ". Drag it to its receiver: deliver; away from the wire: drop; past another: overtake. Right button: more.";
        case WireSegment::State::delayed:
            return tip + "\nDelayed by the rules; it arrives when it is due.";
        case WireSegment::State::dropped:
            return tip + "\nDropped " + reason_text(segment.drop_reason) + ".";
        default:
            return tip + "\nDrawn slower than it was.";
    }
}

void draw_pill(const Rect& rect, const WireSegment& segment, const SegmentPill& pill, const PillText& words, bool selected, bool over) {
    const Theme& theme = ui::theme();
    const ImU32 colour = faded(colour_of(segment), pill.opacity);
    const float round = rect.h / 2;
    for (std::size_t copy = std::min<std::size_t>(pill.copies, 2); copy > 0; --copy) {
        const float off = px(3) * static_cast<float>(copy);
        ui::canvas().AddRectFilled({rect.x + off, rect.y - off}, {rect.right() + off, rect.bottom() - off}, theme.card, round);
        imgui::stroke_rect(ui::canvas(), {rect.x + off, rect.y - off}, {rect.right() + off, rect.bottom() - off}, faded(colour, 0.6f),
                           round, px(1));
    }
    const ImU32 fill = mixed(theme.card_raised, colour_of(segment), segment.waits() ? 0.28f : 0.12f);
    ui::canvas().AddRectFilled(rect.min(), rect.max(), faded(fill, pill.opacity), round);
    imgui::stroke_rect(ui::canvas(), rect.min(), rect.max(), colour, round, px(segment.waits() ? 1.8f : 1.2f));
    if (selected || over)
        imgui::stroke_rect(ui::canvas(), {rect.x - px(2), rect.y - px(2)}, {rect.right() + px(2), rect.bottom() + px(2)},
                           selected ? theme.accent : theme.outline_strong, round + px(2), px(2));
    ImFont* font = ui::fonts().code_small;
    const std::string shown = ui::showable(font, words.text);
    const float size = imgui::font_size(font) * words.letters;
    ui::canvas().PushClipRect(rect.min(), rect.max(), true);
    ui::canvas().AddText(font, size, {std::floor(rect.x + words.padding), std::floor(rect.y + (rect.h - size) / 2)},
                         faded(theme.text, pill.opacity), shown.c_str());
    ui::canvas().PopClipRect();
    if (segment.state == WireSegment::State::dropped)
        mark::cross({rect.x + rect.w / 2, rect.y + rect.h / 2}, px(16), faded(theme.trouble, pill.opacity));
}

/** What letting the pill go here does. */
void let_go(const StageDraw& draw, const SegmentPill& pill, const WireSegment& segment, const mark::Curve& curve) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const float length = std::max(curve.to.x - curve.from.x, 1.0f);
    const float share = std::clamp(pill.share + (mouse.x - draw.view.grabbed_at.x) / length, 0.0f, 1.0f);
    const float distance = std::abs(mouse.y - draw.view.grabbed_at.y) / ui::scale();
    bool passes = false;
    for (const SegmentPill& other : draw.view.pills) {
        const WireSegment* beside = find(draw.panel.world, other.segment);
        if (other.segment == pill.segment || !beside || !beside->waits() || other.wire != pill.wire ||
            beside->direction != segment.direction)
            continue;
        passes = passes || (segment.direction == Direction::to_server ? pill.share < other.share && share > other.share
                                                                      : pill.share > other.share && share < other.share);
    }
    if (const auto move = dragged_move(segment, share, distance, passes))
        draw.panel.out.push_back(MoveSegment{pill.segment, *move, Stack::with_copies});
}

void touch_pill(const StageDraw& draw, const SegmentPill& pill, const WireSegment& segment, const std::string& label, const Rect& rect,
                const mark::Curve& curve, bool& over) {
    const std::string id = fmt::format("stage.segment.{}", static_cast<std::uint64_t>(pill.segment));
    const std::string tip = pill_tip(segment, pill.copies, pill.who);
    Selection about;
    about.segment = pill.segment;
    if (ui::hit(id.c_str(), rect, label, &over, tip.c_str())) draw.panel.selection = about;
    if (draw.panel.past || !segment.waits()) return;
    if (over && ImGui::IsMouseClicked(ImGuiMouseButton_Right)) {
        draw.panel.selection = about;
        open_stage_menu(draw.view, about);
    }
    if (over && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        draw.view.grabbed = pill.segment;
        draw.view.grabbed_at = ImGui::GetIO().MousePos;
    }
    if (draw.view.grabbed != pill.segment) return;
    draw.panel.needs_frame = true;
    if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) return;
    let_go(draw, pill, segment, curve);
    draw.view.grabbed = WireId::none;
}

/** A pill with its words, long and short. */
struct ShownPill {
    const WireSegment* segment = nullptr;
    PillText words, brief;
};

/** The notes on wires, which are drawn already: pills are not to cover them. */
std::vector<Rect> notes_drawn() {
    std::vector<Rect> notes;
    for (const ui::Record& record : ui::records()) {
        if (record.id == "stage.note") notes.push_back(record.rect);
    }
    return notes;
}

mark::Curve curve_of(const StageDraw& draw, std::size_t wire) {
    const StageWire& shown = draw.layout.wires[wire];
    return mark::curve_between(draw.place(shown.from), draw.place(shown.at));
}

constexpr std::size_t most_whole = 3;  // of those that wait on a wire which many share: more say only the least of it

/** What waits on wires that many share. */
std::map<std::size_t, std::size_t> shared_loads(const StageDraw& draw) {
    std::map<std::size_t, std::size_t> loads;
    for (const SegmentPill& pill : draw.view.pills) {
        if (!draw.layout.wires[pill.wire].carries.empty() && !pill.moves) ++loads[pill.wire];
    }
    return loads;
}

/** Finds words and a place for each pill; what a pill's share of its wire is then stands in the view. */
std::vector<PillPlace> place_all(const StageDraw& draw, std::vector<ShownPill>& shown) {
    std::vector<PillBox> boxes;
    const std::map<std::size_t, std::size_t> loads = shared_loads(draw);
    for (const SegmentPill& pill : draw.view.pills) {
        ShownPill& one = shown.emplace_back();
        one.segment = find(draw.panel.world, pill.segment);
        const mark::Curve curve = curve_of(draw, pill.wire);
        const float room = curve.to.x - curve.from.x - px(pill.copies > 0 ? 14 : 4);  // its copies look out beside it
        const auto load = loads.find(pill.wire);
        one.words = pill_text(*one.segment, pill, room, load != loads.end() && load->second > most_whole ? 0 : FLT_MAX);
        one.brief = pill_text(*one.segment, pill, room, 0);
        const bool grabbed = draw.view.grabbed == pill.segment;
        const bool stays = !grabbed && (!pill.moves || one.segment->state == WireSegment::State::dropped);
        boxes.push_back({pill.wire, one.segment->flow, one.segment->direction, pill.share, one.words.width, one.brief.width,
                         pill.copies > 0 ? px(10) : 0, stays});
    }
    const std::vector<PillPlace> places =
        place_pills(boxes, [&](std::size_t wire) { return curve_of(draw, wire); }, notes_drawn(), {px(21), px(18)});
    for (std::size_t at = 0; at < places.size(); ++at) draw.view.pills[at].share = places[at].share;
    return places;
}

/** On wires that many share: how many of those that wait have found no place that is free. */
std::map<std::size_t, std::size_t> without_place(const StageDraw& draw, const std::vector<PillPlace>& places) {
    std::map<std::size_t, std::size_t> count;
    for (std::size_t at = 0; at < places.size(); ++at) {
        const SegmentPill& pill = draw.view.pills[at];
        if (places[at].covers && !pill.moves && pill.segment != draw.view.grabbed && !draw.layout.wires[pill.wire].carries.empty())
            ++count[pill.wire];
    }
    return count;
}

PillText count_text(std::size_t count) {
    PillText text{fmt::format("+ {}", count), px(pill_padding)};
    text.width = small_code_width(text.text) + 2 * text.padding;
    return text;
}

/** Where the count of those without a place stands on its wire, beside those that have one. */
Rect place_count(const StageDraw& draw, const SegmentPill& pill, float width, const std::vector<PillPlace>& places) {
    std::vector<Rect> taken = notes_drawn();
    for (const PillPlace& place : places) {
        if (!place.covers) taken.push_back({place.rect.x, place.rect.y - px(6), place.rect.w + px(10), place.rect.h + px(6)});
    }
    PillBox box;
    box.wire = pill.wire;
    box.share = 0.2f;
    box.width = box.brief_width = width;
    box.behind = pill.copies > 0 ? px(10) : 0;
    return place_pills({box}, [&](std::size_t wire) { return curve_of(draw, wire); }, taken, {px(21), px(18)}).front().rect;
}

}  // namespace

void draw_segments(const StageDraw& draw) {
    const World& world = draw.panel.world;
    const WireSegment* grabbed = find(world, draw.view.grabbed);
    if (!grabbed || !grabbed->waits() || draw.panel.past) draw.view.grabbed = WireId::none;
    draw.view.pills = segment_pills(world, draw.layout, draw.panel.now_ns);
    std::vector<ShownPill> shown;
    const std::vector<PillPlace> places = place_all(draw, shown);
    const std::map<std::size_t, std::size_t> crowded = without_place(draw, places);
    std::set<std::size_t> counted;
    for (std::size_t at = 0; at < places.size(); ++at) {
        const SegmentPill& pill = draw.view.pills[at];
        const WireSegment& segment = *shown[at].segment;
        if (pill.moves && !draw.panel.past) draw.panel.needs_frame = true;
        Rect rect = places[at].rect;
        const bool is_grabbed = draw.view.grabbed == pill.segment;  // it stays in the hand, wherever that is
        if (const auto crowd = crowded.find(pill.wire); crowd != crowded.end() && places[at].covers && !pill.moves && !is_grabbed) {
            if (!counted.insert(pill.wire).second) continue;  // one stands for them all
            if (crowd->second > 1) {
                shown[at].words = shown[at].brief = count_text(crowd->second);
                rect = place_count(draw, pill, shown[at].words.width, places);
            }
        }
        if (is_grabbed) {
            const ImVec2 mouse = ImGui::GetIO().MousePos;
            rect.x += mouse.x - draw.view.grabbed_at.x;
            rect.y += mouse.y - draw.view.grabbed_at.y;
        }
        if (!is_grabbed && !draw.visible(rect)) continue;
        bool over = false;
        // The label says all, however little room there is to draw it.
        const std::string label = pill_words(segment, pill.copies, FLT_MAX, small_code_width, pill.who);
        touch_pill(draw, pill, segment, label, rect, curve_of(draw, pill.wire), over);
        draw_pill(rect, segment, pill, places[at].brief ? shown[at].brief : shown[at].words, draw.panel.selection.segment == pill.segment,
                  over);
    }
    // Let go where nobody saw it: not moved by a later click.
    if (!ImGui::IsMouseDown(ImGuiMouseButton_Left)) draw.view.grabbed = WireId::none;
}

}  // namespace synoptic
