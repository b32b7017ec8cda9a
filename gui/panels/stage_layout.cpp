// The stage's layout: see stage_layout.h. Sizes below are at zoom 1.
#include "gui/panels/stage_layout.h"

#include <algorithm>
#include <cmath>

#include "gui/panels/stage_cast.h"
#include "gui/panels/stage_queues.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

constexpr float margin_w = 16, narrow_margin_w = 11;  // the scroll bar stands in the right one
constexpr float trouble_line_h = 22;                  // paragraph() sets its lines 1.3 heights apart
constexpr float more_text_h = 50;
constexpr float pitch_most = 12, pitch_least = 5;
constexpr float tree_w = 24;  // room for the tree at the right of workers

/** Heights of what stands on the stage; the smaller the cards, the closer it all stands. */
struct Shape {
    float client_h, client_gap, worker_h, worker_gap;
    float margin_h, group_gap;
    float pad_h, title_h, line_h, queue_h;  // of a server's card
    float tree_h;                           // between a server and its workers
    float add_h;
};

Shape shape_of(CardShape shape) {
    switch (shape) {
        case CardShape::full:
            return {76, 9, 54, 7, 16, 22, 9, 26, 24, 30, 10, 26};
        case CardShape::medium:
            return {52, 7, 31, 5, 14, 18, 8, 25, 23, 28, 9, 26};
        case CardShape::row:
        case CardShape::grouped:
            break;
    }
    return {28, 4, 28, 4, 10, 14, 5, 24, 21, 25, 7, 24};
}

struct Columns {
    float client_x, client_w, server_x, server_w;
};

/** Clients left, server right; the wire keeps a fifth of the width, or a sixth where it is narrow: segments stand on it. Narrow stages shrink all three. */
Columns columns_of(const StageMeasure& measure) {
    const float scale = measure.scale;
    const float margin = (measure.width < narrow_stage * scale ? narrow_margin_w : margin_w) * scale;
    const float inner = std::max(measure.width - 2 * margin, 60.0f);
    float client_w = std::clamp(inner * 0.31f, 190 * scale, 340 * scale);
    float server_w = std::clamp(inner * 0.47f, 290 * scale, 560 * scale);
    const float least_wire = std::min(90 * scale, inner * 0.16f);
    const float over = client_w + server_w + least_wire - inner;
    if (over > 0) {
        client_w -= over * 0.4f;
        server_w -= over * 0.6f;
    }
    return {margin, client_w, margin + inner - server_w, server_w};
}

class Placer {
   public:
    Placer(const World& world, const StageMeasure& measure, StageCast cast) : world_(world), measure_(measure), cast_(std::move(cast)) {
        columns_ = columns_of(measure);
    }

    StageLayout place() {
        layout_.fading = cast_.fading;
        layout_.changes_in_ns = cast_.changes_in_ns;
        layout_.groups = std::move(cast_.groups);
        choose_shape();
        place_all();
        for (const StageGroup& group : layout_.groups) lay_wires(world_, group, layout_.wires);
        return std::move(layout_);
    }

   private:
    float px(float at_zoom_1) const { return at_zoom_1 * measure_.scale; }

    // ---- heights -------------------------------------------------------------------------------------------------------------------------
    float head_height(const ServerCard& server, const Shape& shape) const {
        float height = shape.pad_h * 2 + shape.title_h;
        const Program* program = find(world_, server.program);
        if (program) height += shape.line_h;
        if (server.listens) height += shape.queue_h;
        if (server.shows_requests) height += shape.queue_h;
        if (server.connection != ConnectionId::none) height += shape.line_h;
        return px(height + trouble_line_h * static_cast<float>(trouble_lines(program)));
    }

    /** An estimate from the letters' usual width; what does not fit is cut there, and whole in the inspector. */
    int trouble_lines(const Program* program) const {
        if (!program || program->trouble.empty()) return 0;
        const float letters_w = static_cast<float>(program->trouble.size()) * px(7.8f);
        return std::clamp(static_cast<int>(letters_w / std::max(columns_.server_w - px(36), px(60))) + 1, 1, 5);
    }

    static float stack(std::size_t count, float height, float gap) {
        return count == 0 ? 0 : static_cast<float>(count) * (height + gap) - gap;
    }

    bool can_add(const StageGroup& group) const {
        const Program* program = find(world_, group.server.program);
        return measure_.can_add && program && program->state == Program::State::runs && group.server.listens;
    }

    float group_height(const StageGroup& group, const Shape& shape) const {
        float left = px(stack(group.clients.size(), shape.client_h, shape.client_gap));
        if (can_add(group)) left += px(shape.add_h + shape.client_gap);
        float right = 0;
        if (group.has_server) right = head_height(group.server, shape);
        if (!group.workers.empty())
            right += px(shape.tree_h + stack(group.workers.size(), shape.worker_h, shape.worker_gap) + (group.threads_inside ? 10 : 0));
        return std::max(left, right);
    }

    void choose_shape() {
        const CardShape shapes[] = {CardShape::full, CardShape::medium, CardShape::row};
        for (const CardShape shape : shapes) {
            layout_.shape = shape;
            const Shape heights = shape_of(shape);
            float height =
                px(heights.margin_h * 2) + px(heights.group_gap) * static_cast<float>(std::max<std::size_t>(layout_.groups.size(), 1) - 1);
            for (const StageGroup& group : layout_.groups) height += group_height(group, heights);
            if (height <= measure_.height) return;
        }
        if (measure_.show_all) return;  // rows, and a scroll bar
        layout_.shape = CardShape::grouped;
        const Shape heights = shape_of(CardShape::grouped);
        const float share =
            (measure_.height - px(heights.margin_h * 2)) / static_cast<float>(layout_.groups.size()) - px(heights.group_gap);
        for (StageGroup& group : layout_.groups) group_one(group, share);
    }

    /** Gives cards to as many as have room beside the dots of the others; at least five, so that a low stage scrolls instead. */
    void group_one(StageGroup& group, float share) {
        const Shape shape = shape_of(CardShape::grouped);
        const auto rows = [&](float room, std::size_t total, float row_h) -> std::size_t {
            if (stack(total, row_h, 4) * measure_.scale <= room) return total;
            const float dots_h = std::min(room * 0.45f, dots_height(total, columns_.client_w, room * 0.45f)) + px(more_text_h);
            const float fit = std::floor((room - dots_h) / px(row_h + 4));
            return std::min(total, static_cast<std::size_t>(std::max(fit, 5.0f)));
        };
        const float left = share - (can_add(group) ? px(shape.add_h + shape.client_gap) : 0);
        const float right = share - (group.has_server ? head_height(group.server, shape) : 0) - px(20);
        const std::size_t clients = rows(left, group.clients.size(), shape.client_h);
        const std::size_t workers = rows(right, group.workers.size(), shape.worker_h);
        group_the_rest(world_, group, clients, workers, measure_.selected);
        const auto room_for_dots = [&](float room, std::size_t shown, float row_h) {
            return std::max(room - px(stack(shown, row_h, 4)) - px(more_text_h + 8), px(40));
        };
        left_dots_h_.push_back(room_for_dots(left, group.clients.size(), shape.client_h));
        right_dots_h_.push_back(room_for_dots(right, group.workers.size(), shape.worker_h));
    }

    std::size_t dot_columns(float width, float pitch) const {
        return static_cast<std::size_t>(std::max(1.0f, std::floor((width - px(24)) / px(pitch))));
    }

    /** The height of so many dots at the largest pitch that fits into `room`. */
    float dots_height(std::size_t count, float width, float room, float* chosen = nullptr) const {
        float height = 0;
        for (float pitch = pitch_most; pitch >= pitch_least; --pitch) {
            const std::size_t columns = dot_columns(width, pitch);
            height = static_cast<float>((count + columns - 1) / columns) * px(pitch);
            if (chosen) *chosen = px(pitch);
            if (height <= room) break;
        }
        return height;
    }

    // ---- places --------------------------------------------------------------------------------------------------------------------------
    void place_all() {
        const Shape heights = shape_of(layout_.shape);
        float y = px(heights.margin_h);
        for (std::size_t at = 0; at < layout_.groups.size(); ++at) {
            StageGroup& group = layout_.groups[at];
            const bool grouped = layout_.shape == CardShape::grouped;
            group.top = y;
            const float left = place_clients(group, y, grouped ? left_dots_h_[at] : 0);
            const float right = place_server(group, y, grouped ? right_dots_h_[at] : 0);
            group.bottom = std::max(left, right);
            y = group.bottom + px(heights.group_gap);
        }
        layout_.height = layout_.groups.empty() ? 0 : y - px(heights.group_gap) + px(heights.margin_h);
    }

    float place_more(MoreCard& more, float x, float y, float width, float room) {
        const float height = dots_height(more.dots.size(), width, room, &more.pitch);
        more.columns = static_cast<std::size_t>(std::max(1.0f, std::floor((width - px(24)) / more.pitch)));
        more.rect = {x, y, width, height + px(more_text_h)};
        more.grid = {x + px(12), y + px(more_text_h - 8), static_cast<float>(more.columns) * more.pitch, height};
        return more.rect.bottom();
    }

    float place_clients(StageGroup& group, float y, float dots_room) {
        const Shape shape = shape_of(layout_.shape);
        float bottom = y;
        for (ClientCard& card : group.clients) {
            card.rect = {columns_.client_x, y, columns_.client_w, px(shape.client_h)};
            bottom = card.rect.bottom();
            y = bottom + px(shape.client_gap);
        }
        if (!group.more_clients.dots.empty()) {
            bottom = place_more(group.more_clients, columns_.client_x, y, columns_.client_w, dots_room);
            y = bottom + px(shape.client_gap);
        }
        if (can_add(group)) {
            group.add_client = {columns_.client_x, y, columns_.client_w, px(shape.add_h)};
            bottom = group.add_client.bottom();
        }
        return bottom;
    }

    float place_server(StageGroup& group, float y, float dots_room) {
        if (!group.has_server) return y;
        ServerCard& server = group.server;
        // A server that nobody can join stands alone, in the middle.
        const bool alone = group.clients.empty() && group.workers.empty() && !can_add(group);
        const float head_x = alone ? (measure_.width - columns_.server_w) / 2 : columns_.server_x;
        const Shape shape = shape_of(layout_.shape);
        server.head = {head_x, y, columns_.server_w, head_height(server, shape)};
        const bool narrow = measure_.width < px(narrow_stage);
        server.left = server.head.x + px(narrow ? 10 : 16);
        server.right = server.head.right() - px(narrow ? 13 : 20);
        place_lines(server, shape);
        const bool inside = group.threads_inside;
        const float x = inside ? server.head.x + px(12) : server.head.x;
        const float width = inside ? server.head.w - px(28) : server.head.w - px(tree_w);
        float at = server.head.bottom() + (inside ? 0 : px(shape.tree_h));
        float bottom = server.head.bottom();
        for (WorkerCard& card : group.workers) {
            card.rect = {x, at, width, px(shape.worker_h)};
            bottom = card.rect.bottom();
            at = bottom + px(shape.worker_gap);
        }
        if (!group.more_workers.dots.empty()) bottom = place_more(group.more_workers, x, at, width, dots_room);
        if (inside) bottom += px(12);
        server.rect = server.head;
        if (inside) server.rect.h = bottom - server.head.y;
        return bottom;
    }

    void place_lines(ServerCard& server, const Shape& shape) {
        const Program* program = find(world_, server.program);
        float y = server.head.y + px(shape.pad_h);
        server.title_y = y + px(shape.title_h) / 2;
        y += px(shape.title_h);
        if (program) {
            server.listen_y = y + px(shape.line_h) / 2;
            y += px(shape.line_h);
        }
        if (server.listens) {
            server.queue = {server.head.x, y, server.head.w, px(shape.queue_h)};
            place_accept_queue(world_, server, measure_.scale);
            y += px(shape.queue_h);
        }
        if (server.shows_requests) {
            server.syn_queue = {server.head.x, y, server.head.w, px(shape.queue_h)};
            place_syn_queue(world_, server, measure_.scale);
            y += px(shape.queue_h);
        }
        if (server.connection != ConnectionId::none) {
            server.served_y = y + px(shape.line_h) / 2;
            y += px(shape.line_h);
        }
        server.trouble_lines = trouble_lines(program);
        if (server.trouble_lines > 0) server.trouble_y = y;
    }

    const World& world_;
    const StageMeasure& measure_;
    StageCast cast_;
    StageLayout layout_;
    Columns columns_{};
    std::vector<float> left_dots_h_, right_dots_h_;  // room for each group's dots
};

}  // namespace

float small_text_w(std::string_view text) {
    constexpr float letter = 6.6f, digit = 8;
    float width = 0;
    for (const char c : text) width += c >= '0' && c <= '9' ? digit : letter;
    return width;
}

StageLayout stage_layout(const World& world, const StageMeasure& measure) {
    return Placer(world, measure, cast_stage(world, measure)).place();
}

}  // namespace synoptic
