// The States panel: RFC 9293's state diagram with both ends of a connection on it. What is shown is gathered by states_cast.h, where by
// states_layout.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/marks.h"
#include "gui/panels/states_cast.h"
#include "gui/panels/states_words.h"
#include "gui/panels/tcp_words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

constexpr float bar_h = 48;
constexpr std::size_t most_choices = 16;
constexpr EventIndex events_in_a_frame = 5'000;  // of an old and long History; the rest follows

class StatesPainter {
   public:
    StatesPainter(PanelContext& panel, StatesView& view, const Rect& area) : panel_(panel), view_(view), area_(area) {
        room_ = {area.x, area.y + px(bar_h), area.w, std::max(area.h - px(bar_h), px(60))};
    }

    void paint() {
        if (!view_.paths.update(panel_.history, events_in_a_frame)) panel_.needs_frame = true;
        choose();
        cast_ = cast_states(panel_.world, view_.paths, pair_);
        paint_bar();
        ImGui::PushClipRect(room_.min(), room_.max(), true);
        paint_diagram();
        ImGui::PopClipRect();
        // Clocks on screen: ten times a second is as often as they change.
        const bool clocks = pair_ && (has_clock(cast_.client) || has_clock(cast_.server));
        if (!panel_.past && clocks) ui::wake_in(0.1);
    }

   private:
    static bool has_clock(const StatesEnd& end) { return end.end && end.state != TcpState::closed; }

    // ---- which connection ------------------------------------------------------------------------------------------------------------------
    void choose() {
        pairs_ = end_pairs(panel_.world);
        if (view_.chosen_while != selected_ids()) view_.chosen.reset();
        const bool lives = view_.chosen && std::binary_search(pairs_.begin(), pairs_.end(), *view_.chosen);
        pair_ = lives ? view_.chosen : selected_pair(panel_.world, view_.paths, panel_.selection);
        if (!pair_) pair_ = latest_pair(panel_.world, view_.paths, pairs_);
    }

    std::array<std::uint64_t, 5> selected_ids() const {
        const Selection& chosen = panel_.selection;
        return {static_cast<std::uint64_t>(chosen.segment), static_cast<std::uint64_t>(chosen.connection),
                static_cast<std::uint64_t>(chosen.socket), static_cast<std::uint64_t>(chosen.actor),
                static_cast<std::uint64_t>(chosen.program)};
    }

    /** The latest ones, and the one that is shown. */
    float paint_chooser() {
        if (pairs_.size() < 2 || !pair_ || area_.w < px(430)) return area_.right() - px(12);
        std::vector<EndPair> offered = pairs_;
        const auto began = [this](const EndPair& pair) {
            const std::vector<PathStep> path = view_.paths.of(pair.client, panel_.world.events);
            return path.empty() ? EventIndex{0} : path.front().event;
        };
        std::stable_sort(offered.begin(), offered.end(), [&](const EndPair& l, const EndPair& r) { return began(l) > began(r); });
        if (offered.size() > most_choices) offered.resize(most_choices);
        auto at = std::find(offered.begin(), offered.end(), *pair_);
        if (at == offered.end()) at = offered.insert(offered.end(), *pair_);
        std::vector<std::string> labels;
        for (const EndPair& pair : offered)
            labels.push_back(fmt::format("{}  ({})", pair_label(panel_.world, pair), pair.client.local.port()));
        int chosen = static_cast<int>(at - offered.begin());
        const float width = std::min(280.0f, area_.w / ui::scale() * 0.3f), x = area_.right() - px(width + 12);
        ImGui::SetCursorScreenPos({x, area_.y + px(8)});
        if (ui::combo("states.connection", "connection", &chosen, labels, width,
                      "whose two ends are shown; in brackets the client's port")) {
            view_.chosen = offered[static_cast<std::size_t>(chosen)];
            view_.chosen_while = selected_ids();
        }
        return x - px(12);
    }

    void paint_bar() {
        const float right = paint_chooser();
        const Theme& theme = ui::theme();
        const float left = area_.x + px(16);
        if (!pair_) {
            mark::text(ui::fonts().text, left, area_.y + px(20), theme.text_dim,
                       "No connection yet: both ends of one will stand on their states here, and the way that they came.", right - left);
            return;
        }
        paint_end_line("states.client", "client", cast_.client, theme.client, area_.y + px(15), right);
        paint_end_line("states.server", "server", cast_.server, theme.server, area_.y + px(35), right);
    }

    void paint_end_line(const char* id, const char* role, const StatesEnd& end, ImU32 colour, float mid, float right) const {
        const Fonts& fonts = ui::fonts();
        const float left = area_.x + px(16);
        float x = left + px(4);
        ui::canvas().AddCircleFilled({x, mid}, px(4.5f), colour);
        x += px(12);
        // A name says who it is; the role only where the name does not.
        const std::string who = end.who.find(role) == std::string::npos ? fmt::format("{} {}", role, end.who) : end.who;
        x += mark::text(fonts.strong, x, mid, colour, who, px(170)) + px(10);
        const std::string text = end_text(end, panel_.now_ns);
        mark::text(fonts.text, x, mid, ui::theme().text, text, right - x);
        ui::record(id, {left, mid - px(9), right - left, px(18)}, who, text);
    }

    // ---- the diagram -----------------------------------------------------------------------------------------------------------------------
    void paint_diagram() {
        StatesMeasure measure;
        measure.scale = ui::scale();
        const bool large = room_.w > px(1250) && room_.h > px(330);
        label_font_ = large ? ui::fonts().text : ui::fonts().small_text;
        name_font_ = large ? ui::fonts().code : ui::fonts().code_small;
        measure.label_width = [this](std::string_view text) { return ui::text_width(label_font_, text); };
        measure.name_width = [this](std::string_view text) { return ui::text_width(name_font_, text); };
        measure.label_height = mark::line_height(label_font_);
        layout_ = lay_out_states({room_.x - view_.scroll_x, room_.y - view_.scroll_y, room_.w, room_.h}, measure);
        for (const StatesEnd* end : {&cast_.client, &cast_.server}) paint_way(*end);
        for (std::size_t at = 0; at < layout_.edges.size(); ++at) paint_edge(at);
        touch_edges();
        for (std::size_t at = 0; at < state_node_count; ++at) paint_node(static_cast<StateNode>(at));
        paint_states_legend(layout_, room_);
        paint_marker(cast_.client, "client", ui::theme().client, true);
        paint_marker(cast_.server, "server", ui::theme().server, false);
        paint_state_meaning(view_, layout_, room_);
        view_.scroll_x = mark::scroll_sideways("states.scroll_x", view_.scroll_x, layout_.width, room_.w, room_);
        view_.scroll_y = mark::scroll("states.scroll", view_.scroll_y, layout_.height, room_);
    }

    const Rect& box_of(StateNode node) const { return layout_.node[static_cast<std::size_t>(node)]; }
    ImU32 colour_of(const StatesEnd& end) const { return &end == &cast_.client ? ui::theme().client : ui::theme().server; }

    /** Null if this end has not gone there; if it has more than once, the time that was seen. */
    static const Taken* taken(std::size_t transition, const StatesEnd& end) {
        const Taken* found = nullptr;
        for (const Taken& step : end.way) {
            if (step.transition == transition && (found == nullptr || step.seen)) found = &step;
        }
        return found;
    }

    /** A broad band below the lines: where an end has come along. Paler where no table has seen it. */
    void paint_way(const StatesEnd& end) const {
        for (const Taken& step : end.way) {
            const StateCurve& c = layout_.edges[step.transition].curve;
            const bool is_new = panel_.is_new(end.entered) && &step == &end.way.back();
            const ImU32 colour = is_new ? faded(ui::theme().user, 0.5f) : faded(colour_of(end), step.seen ? taken_seen : taken_unseen);
            ui::canvas().AddBezierCubic(c.from, c.from_control, c.to_control, c.to, colour, px(is_new ? 11 : 8));
        }
    }

    void paint_edge(std::size_t number) const {
        const Theme& theme = ui::theme();
        const Transition& transition = transitions()[number];
        const StateEdge& edge = layout_.edges[number];
        const Taken *by_client = taken(number, cast_.client), *by_server = taken(number, cast_.server);
        const bool went = by_client || by_server, seen = (by_client && by_client->seen) || (by_server && by_server->seen);
        if (transition.path == Path::rare && !went) return;
        const bool from_asked = view_.asked != TcpState::none && state_of(transition.from) == view_.asked;
        ImU32 colour = theme.text_faint;
        if (transition.path == Path::client) colour = theme.client;
        if (transition.path == Path::server) colour = theme.server;
        const bool usual = transition.path == Path::client || transition.path == Path::server;
        if (went) colour = faded(by_client ? theme.client : theme.server, seen ? 1 : 0.55f);
        if (!went && !from_asked) colour = faded(colour, usual ? 0.8f : 0.6f);
        const float thickness = px(went || from_asked ? 2.2f : usual ? 1.6f : 1);
        const StateCurve& c = edge.curve;
        const mark::Curve curve{c.from, c.from_control, c.to_control, c.to};
        if (transition.path == Path::server)
            mark::draw_dashed(curve, colour, thickness, px(6), px(4));
        else
            ui::canvas().AddBezierCubic(c.from, c.from_control, c.to_control, c.to, colour, thickness);
        paint_head(c, colour);
        const ImU32 ink = went || from_asked ? theme.text : usual ? theme.text_dim : theme.text_faint;
        for (const StateLabel& label : edge.labels) ui::draw_text(label_font_, label.at, ink, label.text);
    }

    /** What a line means, for those whose label had no room: below the pointer. Boxes lie above the lines. */
    void touch_edges() {
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const std::size_t near = mark::pointer_over(room_) ? edge_near(layout_, mouse, px(10)) : transitions().size();
        if (near == transitions().size()) return;
        const Transition& transition = transitions()[near];
        const char* from = name_of(state_of(transition.from));
        const char* to = name_of(state_of(transition.to));
        const std::string label = fmt::format("{}{}{}", transition.event, *transition.action ? " / " : "", transition.action);
        const std::string tip = fmt::format("{} → {}\n{}", from, to, label);
        bool hovered = false;
        ui::hit(fmt::format("states.edge.{}", near).c_str(), {mouse.x - px(10), mouse.y - px(10), px(20), px(20)}, label, &hovered,
                tip.c_str());
        if (!hovered) panel_.needs_frame = true;  // it is under the pointer from the next frame on
    }

    /** The arrow's head, its tip at the box. */
    static void paint_head(const StateCurve& curve, ImU32 colour) {
        const ImVec2 tip = curve.to, tail = curve.at(0.93f);
        const float dx = tip.x - tail.x, dy = tip.y - tail.y, length = std::max(std::sqrt(dx * dx + dy * dy), 0.01f);
        const float x = dx / length * px(8), y = dy / length * px(8);
        ui::canvas().AddTriangleFilled(tip, {tip.x - x - y * 0.45f, tip.y - y + x * 0.45f}, {tip.x - x + y * 0.45f, tip.y - y - x * 0.45f},
                                       colour);
    }

    void paint_node(StateNode node) {
        const Theme& theme = ui::theme();
        const Rect& box = box_of(node);
        const TcpState state = state_of(node);
        const char* name = name_of(state);
        const bool client = cast_.client.shown() && cast_.client.node == node, server = cast_.server.shown() && cast_.server.node == node;
        bool over = false;
        const std::string id = fmt::format("states.{}{}", name, node == StateNode::closed_again ? ".again" : "");
        const std::size_t others = cast_.others[static_cast<std::size_t>(node)];
        const std::string count = others > 0 ? fmt::format("{} other{}", others, others == 1 ? "" : "s") : "";
        if (ui::hit(id.c_str(), box, name, &over, "what it means, and what leads out of it (RFC 9293, 3.3.2)"))
            view_.asked = view_.asked == state ? TcpState::none : state;
        if (others > 0) ui::record(id + ".count", box, count);
        const ImU32 colour = client ? theme.client : server ? theme.server : view_.asked == state ? theme.accent : theme.outline_strong;
        ui::canvas().AddRectFilled(box.min(), box.max(), over ? theme.card_raised : theme.card, px(6));
        if (client || server) ui::canvas().AddRectFilled(box.min(), box.max(), faded(colour, 0.22f), px(6));
        const StatesEnd* entered = client && panel_.is_new(cast_.client.entered)   ? &cast_.client
                                   : server && panel_.is_new(cast_.server.entered) ? &cast_.server
                                                                                   : nullptr;
        if (entered) {
            ui::canvas().AddRectFilled(box.min(), box.max(), theme.highlight, px(6));
            mark::outline(box.inset(-px(5)), theme.user, px(2.4f));
            ui::record(id + ".new", box, name, entered == &cast_.client ? "client" : "server");
        }
        mark::outline(box, colour, px(client || server ? 2.2f : 1.2f));
        if (client && server) mark::outline(box.inset(-px(2.5f)), theme.server, px(1.8f));
        const float middle = box.x + box.w / 2, name_y = box.y + box.h / 2 - (count.empty() ? 0 : px(7));
        const float name_w = ui::text_width(name_font_, name) * layout_.name_scale,
                    size = mark::line_height(name_font_) * layout_.name_scale;
        ui::canvas().AddText(name_font_, size, {std::floor(middle - name_w / 2), std::floor(name_y - size / 2)}, theme.text, name);
        if (count.empty()) return;
        ImFont* small = ui::fonts().small_text;
        mark::text(small, middle - ui::text_width(small, count) / 2, box.y + box.h / 2 + px(8), theme.text_dim, count);
    }

    /** Whose end stands here, and the timer that runs: the client's above the box, the server's below. Outlined while it is inferred. */
    void paint_marker(const StatesEnd& end, const char* role, ImU32 colour, bool above) const {
        if (!end.shown()) return;
        const Rect& box = box_of(end.node);
        const std::string timer = end.end ? timer_short(*end.end, panel_.now_ns) : "";
        const std::string label = timer.empty() ? role : fmt::format("{} · {}", role, timer);
        const float width = mark::chip_width(label), height = mark::line_height(ui::fonts().small_text) + px(4);
        const float x =
            std::clamp(box.x + box.w / 2 - width / 2, room_.x + px(2), std::max(room_.right() - width - px(2), room_.x + px(2)));
        const float mid = above ? box.y - height / 2 + px(1) : box.bottom() + height / 2 - px(1);
        const Rect chip{x, mid - height / 2, width, height};
        ui::canvas().AddRectFilled(chip.min(), chip.max(), ui::theme().panel, height / 2);
        mark::chip(x, mid, label, colour, end.known != Known::inferred);
        ui::record(fmt::format("states.marker.{}", role), chip, label, name_of(end.state));
    }

    PanelContext& panel_;
    StatesView& view_;
    Rect area_, room_;
    std::vector<EndPair> pairs_;
    std::optional<EndPair> pair_;
    StatesCast cast_;
    StatesLayout layout_;
    ImFont* label_font_ = nullptr;
    ImFont* name_font_ = nullptr;
};

}  // namespace

void draw_states(PanelContext& panel, StatesView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    StatesPainter(panel, view, area).paint();
    ImGui::PopClipRect();
}

}  // namespace synoptic
