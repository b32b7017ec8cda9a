#include "gui/panels/states_layout.h"

#include <algorithm>
#include <cmath>

namespace synoptic {
namespace {

using N = StateNode;

/** How a curve bends: straight, up or down first and then sideways, or the other way round. */
enum class Bend : std::uint8_t { none, upright_first, sideways_first };
/** Where a label's lines stand at their point of the curve: one on each side of it, or all above, below, or beside. */
enum class Lines : std::uint8_t { straddle, above, below, beside };

struct EdgeSpec {
    // Where the curve leaves and arrives: the box's middle is 0, its sides -1 and 1.
    float leave_x, leave_y, arrive_x, arrive_y;
    Bend bend;
    float share;  // of the curve: where the label stands
    float dx;     // px at zoom 1
    int align;    // -1: the label ends there; 0: its middle; 1: it begins there
    Lines lines;
    const char* label[2];  // as the diagram has room for it
};

// The usual ways first: among ways of equal length these are taken to be the ones gone unseen.
constexpr Transition all_transitions[] = {
    {N::closed, N::syn_sent, Path::client, "active OPEN", "create TCB, snd SYN"},
    {N::syn_sent, N::established, Path::client, "rcv SYN,ACK", "snd ACK"},
    {N::established, N::fin_wait_1, Path::client, "CLOSE", "snd FIN"},
    {N::fin_wait_1, N::fin_wait_2, Path::client, "rcv ACK of FIN", ""},
    {N::fin_wait_2, N::time_wait, Path::client, "rcv FIN", "snd ACK"},
    {N::time_wait, N::closed_again, Path::client, "Timeout=2MSL", "delete TCB"},
    {N::closed, N::listen, Path::server, "passive OPEN", "create TCB"},
    {N::listen, N::syn_rcvd, Path::server, "rcv SYN", "snd SYN,ACK"},
    {N::syn_rcvd, N::established, Path::server, "rcv ACK of SYN", ""},
    {N::established, N::close_wait, Path::server, "rcv FIN", "snd ACK"},
    {N::close_wait, N::last_ack, Path::server, "CLOSE", "snd FIN"},
    {N::last_ack, N::closed_again, Path::server, "rcv ACK of FIN", ""},
    {N::syn_sent, N::closed, Path::other, "CLOSE", "delete TCB"},
    {N::listen, N::closed, Path::other, "CLOSE", "delete TCB"},
    {N::listen, N::syn_sent, Path::other, "SEND", "snd SYN"},
    {N::syn_rcvd, N::listen, Path::other, "rcv RST", ""},
    {N::syn_sent, N::syn_rcvd, Path::other, "rcv SYN", "snd SYN,ACK"},
    {N::syn_rcvd, N::fin_wait_1, Path::other, "CLOSE", "snd FIN"},
    {N::fin_wait_1, N::closing, Path::other, "rcv FIN", "snd ACK"},
    {N::closing, N::time_wait, Path::other, "rcv ACK of FIN", ""},
    {N::fin_wait_1, N::time_wait, Path::rare, "rcv FIN, ACK of FIN", "snd ACK"},
};
constexpr std::size_t transition_count = std::size(all_transitions);

constexpr EdgeSpec edge_specs[] = {
    {-0.3f, -1, -1, -0.25f, Bend::upright_first, 0.94f, 0, -1, Lines::above, {"active OPEN", "create TCB, snd SYN"}},
    {1, 0.3f, -0.5f, -1, Bend::none, 0.30f, 14, 1, Lines::beside, {"rcv SYN,ACK", "snd ACK"}},
    {0.5f, 1, -1, -0.3f, Bend::none, 0.45f, 14, 1, Lines::beside, {"CLOSE", "snd FIN"}},
    {1, 0, -1, 0, Bend::none, 0.5f, 0, 0, Lines::straddle, {"rcv ACK", "of FIN"}},
    {1, 0, 0, 1, Bend::sideways_first, 0.42f, 0, -1, Lines::above, {"rcv FIN", "snd ACK"}},
    {0, -1, 0, 1, Bend::none, 0.5f, -7, -1, Lines::beside, {"Timeout=2MSL", "delete TCB"}},
    {1, -0.4f, -1, -0.4f, Bend::none, 0.5f, 0, 0, Lines::above, {"passive OPEN", "create TCB"}},
    {0.5f, 1, -1, -0.4f, Bend::none, 0.50f, -15, -1, Lines::beside, {"rcv SYN", "snd SYN,ACK"}},
    {1, -0.3f, -0.5f, 1, Bend::none, 0.42f, 16, 1, Lines::beside, {"rcv ACK", "of SYN"}},
    {0.5f, -1, -1, 0.3f, Bend::none, 0.48f, 14, 1, Lines::beside, {"rcv FIN", "snd ACK"}},
    {1, 0, -1, 0, Bend::none, 0.5f, 0, 0, Lines::straddle, {"CLOSE", "snd FIN"}},
    {1, 0, -1, 0, Bend::none, 0.5f, 0, 0, Lines::straddle, {"rcv ACK", "of FIN"}},
    {-1, 0.45f, 0.45f, -1, Bend::sideways_first, 0.30f, 0, 0, Lines::below, {"CLOSE", "delete TCB"}},
    {-1, 0.4f, 1, 0.4f, Bend::none, 0.5f, 0, 0, Lines::below, {"CLOSE", "delete TCB"}},
    {0.5f, -1, -0.7f, 1, Bend::none, 0.5f, -22, -1, Lines::beside, {"SEND", "snd SYN"}},
    {-1, 0.4f, -0.95f, 1, Bend::sideways_first, 0.25f, 0, 0, Lines::below, {"rcv RST", ""}},
    {0, 1, 0, -1, Bend::none, 0.5f, 7, 1, Lines::beside, {"rcv SYN", "snd SYN,ACK"}},
    {1, 0.55f, -1, 0.55f, Bend::none, 0.5f, 0, 0, Lines::below, {"CLOSE / snd FIN", ""}},
    {0.5f, -1, -1, 0.4f, Bend::none, 0.55f, -19, -1, Lines::beside, {"rcv FIN", "snd ACK"}},
    {1, 0, -1, 0, Bend::none, 0.5f, 0, 0, Lines::straddle, {"rcv ACK", "of FIN"}},
    {0.85f, -1, -0.7f, 1, Bend::none, 0.55f, 0, 0, Lines::above, {"", ""}},
};
static_assert(std::size(edge_specs) == transition_count);

/** Where the boxes' middles are: shares of what is left and right, above and below of them. */
struct NodePlace {
    float x, y;
};
constexpr float column[] = {0, 0.2f, 0.355f, 0.505f, 0.655f, 0.83f, 1};
constexpr NodePlace node_places[state_node_count] = {
    {column[0], 0.5f}, {column[1], 0.5f}, {column[2], 0},    {column[2], 1}, {column[3], 0.5f}, {column[4], 1},
    {column[4], 0},    {column[5], 1},    {column[5], 0.5f}, {column[5], 0}, {column[6], 0.5f}, {column[6], 0},
};

constexpr float node_height = 34, margin = 10, marker_room = 20;  // at zoom 1
constexpr float least_height = 168;
constexpr float least_name_scale = 0.75f, name_padding = 6, node_gap = 4;
constexpr float labels_height = 200;
constexpr int curve_samples = 32;

ImVec2 anchor(const ui::Rect& node, float x, float y) {
    return {node.x + node.w * (1 + x) / 2, node.y + node.h * (1 + y) / 2};
}

StateCurve curve_of(ImVec2 from, ImVec2 to, Bend bend) {
    const float dx = to.x - from.x, dy = to.y - from.y;
    switch (bend) {
        case Bend::none:
            break;
        case Bend::upright_first:
            return {from, {from.x, from.y + dy * 0.85f}, {from.x + dx * 0.2f, to.y}, to};
        case Bend::sideways_first:
            return {from, {from.x + dx * 0.8f, from.y}, {to.x, from.y + dy * 0.15f}, to};
    }
    return {from, {from.x + dx / 3, from.y + dy / 3}, {from.x + dx * 2 / 3, from.y + dy * 2 / 3}, to};
}

std::vector<StateLabel> labels_of(const EdgeSpec& spec, const StateCurve& curve, const StatesMeasure& measure) {
    std::vector<StateLabel> labels;
    for (const char* text : spec.label) {
        if (*text != 0) labels.push_back({text, {}, measure.label_width(text)});
    }
    const ImVec2 point = curve.at(spec.share);
    const float line = measure.label_height, gap = 3 * measure.scale, height = line * static_cast<float>(labels.size());
    float top = point.y - height / 2;
    if (spec.lines == Lines::above) top = point.y - gap - height;
    if (spec.lines == Lines::below) top = point.y + gap;
    const float x = point.x + spec.dx * measure.scale;
    for (StateLabel& label : labels) {
        label.at = {spec.align < 0 ? x - label.width : spec.align > 0 ? x : x - label.width / 2, top};
        if (spec.lines == Lines::straddle) label.at.y = &label == labels.data() ? point.y - gap - line : point.y + gap;
        top += line;
    }
    return labels;
}

bool overlap(const ui::Rect& a, const ui::Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

bool runs_through(const StateCurve& curve, const ui::Rect& rect) {
    for (int step = 1; step < curve_samples; ++step) {
        if (rect.contains(curve.at(static_cast<float>(step) / curve_samples))) return true;
    }
    return false;
}

/** A label that would lie on a box, a line or another label has no room: it goes. */
void drop_labels(StatesLayout& layout, const ui::Rect& room, float height) {
    std::vector<ui::Rect> kept(std::begin(layout.node), std::end(layout.node));
    layout.all_labelled = true;
    for (StateEdge& edge : layout.edges) {
        const auto fits = [&](const StateLabel& label) {
            const ui::Rect rect{label.at.x, label.at.y, label.width, height};
            if (rect.x < room.x || rect.y < room.y || rect.right() > room.x + layout.width || rect.bottom() > room.y + layout.height)
                return false;
            if (std::any_of(kept.begin(), kept.end(), [&](const ui::Rect& other) { return overlap(rect, other); })) return false;
            for (std::size_t at = 0; at < transition_count; ++at) {
                if (all_transitions[at].path != Path::rare && runs_through(layout.edges[at].curve, rect)) return false;
            }
            return true;
        };
        if (!std::all_of(edge.labels.begin(), edge.labels.end(), fits)) edge.labels.clear();
        for (const StateLabel& label : edge.labels) kept.push_back({label.at.x, label.at.y, label.width, height});
        layout.labelled = layout.labelled || !edge.labels.empty();
        const Path path = all_transitions[static_cast<std::size_t>(&edge - layout.edges.data())].path;
        layout.all_labelled = layout.all_labelled && (path == Path::rare || !edge.labels.empty());
    }
}

}  // namespace

ImVec2 StateCurve::at(float share) const {
    const float rest = 1 - share;
    const float w0 = rest * rest * rest, w1 = 3 * rest * rest * share, w2 = 3 * rest * share * share, w3 = share * share * share;
    return {w0 * from.x + w1 * from_control.x + w2 * to_control.x + w3 * to.x,
            w0 * from.y + w1 * from_control.y + w2 * to_control.y + w3 * to.y};
}

TcpState state_of(StateNode node) {
    constexpr TcpState states[state_node_count] = {TcpState::closed,      TcpState::listen,     TcpState::syn_sent,   TcpState::syn_rcvd,
                                                   TcpState::established, TcpState::fin_wait_1, TcpState::close_wait, TcpState::fin_wait_2,
                                                   TcpState::closing,     TcpState::last_ack,   TcpState::time_wait,  TcpState::closed};
    return states[static_cast<std::size_t>(node)];
}

StateNode node_of(TcpState state, bool after_connection) {
    if (after_connection && state == TcpState::closed) return StateNode::closed_again;
    for (std::size_t at = 0; at < state_node_count; ++at) {
        if (state_of(static_cast<StateNode>(at)) == state) return static_cast<StateNode>(at);
    }
    return StateNode::closed;
}

std::span<const Transition> transitions() {
    return all_transitions;
}

std::size_t transition_between(StateNode from, StateNode to) {
    const auto found = std::find_if(std::begin(all_transitions), std::end(all_transitions),
                                    [&](const Transition& transition) { return transition.from == from && transition.to == to; });
    return static_cast<std::size_t>(found - std::begin(all_transitions));
}

std::size_t edge_near(const StatesLayout& layout, ImVec2 point, float reach) {
    std::size_t nearest = transition_count;
    for (std::size_t at = 0; at < layout.edges.size(); ++at) {
        if (all_transitions[at].path == Path::rare) continue;
        for (int step = 0; step <= curve_samples; ++step) {
            const ImVec2 on_line = layout.edges[at].curve.at(static_cast<float>(step) / curve_samples);
            const float away = std::hypot(on_line.x - point.x, on_line.y - point.y);
            if (away > reach) continue;
            reach = away;
            nearest = at;
        }
    }
    return nearest;
}

StatesLayout lay_out_states(const ui::Rect& room, const StatesMeasure& measure) {
    StatesLayout layout;
    const float scale = measure.scale;
    layout.height = std::max(room.h, least_height * scale);
    float name = 0;
    for (std::size_t at = 0; at < state_node_count; ++at)
        name = std::max(name, measure.name_width(name_of(state_of(static_cast<StateNode>(at)))));
    // Names are never cut: they get smaller as far as they can still be read, then the diagram gets wider than its room.
    const float columns = static_cast<float>(std::size(column)),
                room_for_name = (room.w - 2 * margin * scale) / columns - (name_padding + node_gap) * scale;
    layout.name_scale = name > 0 ? std::clamp(room_for_name / name, least_name_scale, 1.0f) : 1.0f;
    name *= layout.name_scale;
    layout.width = std::max(room.w, columns * (name + (name_padding + node_gap) * scale) + 2 * margin * scale);
    const float w = std::min(name + 16 * scale, (layout.width - 2 * margin * scale) / columns - node_gap * scale), h = node_height * scale;
    const ui::Rect inner{room.x + (margin * scale) + w / 2, room.y + marker_room * scale + h / 2, layout.width - 2 * margin * scale - w,
                         layout.height - 2 * marker_room * scale - h};
    for (std::size_t at = 0; at < state_node_count; ++at) {
        const NodePlace& place = node_places[at];
        layout.node[at] = {std::floor(inner.x + inner.w * place.x - w / 2), std::floor(inner.y + inner.h * place.y - h / 2), w, h};
    }
    for (std::size_t at = 0; at < transition_count; ++at) {
        const EdgeSpec& spec = edge_specs[at];
        const auto box = [&](StateNode node) { return layout.node[static_cast<std::size_t>(node)]; };
        StateEdge edge;
        edge.curve = curve_of(anchor(box(all_transitions[at].from), spec.leave_x, spec.leave_y),
                              anchor(box(all_transitions[at].to), spec.arrive_x, spec.arrive_y), spec.bend);
        if (layout.height >= labels_height * scale) edge.labels = labels_of(spec, edge.curve, measure);
        layout.edges.push_back(std::move(edge));
    }
    drop_labels(layout, room, measure.label_height);
    const ui::Rect& listen = layout.node[static_cast<std::size_t>(StateNode::listen)];
    const float top = listen.bottom() + 34 * scale;
    layout.free = {room.x + margin * scale, top, listen.x - room.x - 2 * margin * scale, room.y + layout.height - top - margin * scale};
    return layout;
}

}  // namespace synoptic
