// What all cards of the stage share: how lately something moved, the current call, the frame, the badge, and what a click does.
#pragma once

#include <string>

#include "gui/panels/stage_cards.h"

namespace synoptic {

/** How lately an actor moved: 1 just now, 0 a while ago; what moved last stays lit. */
float freshness(const StageDraw& draw, const Actor* actor);

/**
 * The call that an actor is in or has made last, and what it means: blocked, at the gate, failed. In `most_width` px: shorter words where the whole has
 * no room, at last the clock or the gate alone. `x` is its left or right end. Returns its width.
 */
float draw_call(const StageDraw& draw, const Actor* actor, float x, float mid_y, float most_width, float opacity,
                bool right_aligned = false);

/** What draw_call takes with the call's name alone, and with all of it, px; 0 of nobody. */
struct CallWidths {
    float least = 0, whole = 0;
};
CallWidths call_widths(const StageDraw& draw, const Actor* actor);

struct Touch {
    bool clicked = false, over = false, over_menu = false;
};
/** The whole card can be clicked; ⋯ at its upper right corner and the right button open a menu. Small parts of a card are hit after it.
 * `tip`: instead of what the actor does and which descriptors it has. */
Touch touch(const StageDraw& draw, const std::string& id, const ui::Rect& rect, const std::string& label, const Selection& about,
            const Actor* actor, const std::string& tip = {});

void draw_frame(const ui::Rect& rect, ImU32 fill, float opacity, bool selected, bool over, ImU32 bar);
void draw_menu_dots(const ui::Rect& rect, const Touch& touched);

/** 1 for bytes that flowed just now, less and less until they flowed `lasts_ns` ago; 0: never. Asks for frames meanwhile. */
float glow(const StageDraw& draw, std::uint64_t at_ns, std::uint64_t lasts_ns);
inline constexpr std::uint64_t flow_ns = 400'000'000;  // how long bytes that just flowed are lit
/** A note on a wire: bytes that travel, or, before its end, that lie in the receive queue there. */
void draw_note(ImVec2 centre, std::string_view text, ImU32 colour, float opacity, float most_width);

/** What a socket's badge says, and in which colour. */
struct Badge {
    std::string text;
    ImU32 colour = 0;
    bool filled = true;
};
Badge badge_of(const World& world, const Socket* socket, const Connection* connection);
/** The badge ending at `right`, or where `room` px are too few a dot in its colour. Returns its width. */
float draw_badge_or_dot(const Badge& badge, float right, float mid_y, float room, float opacity);

/** What the queues of a server's card are drawn with (stage_queue_lines.cpp). `left` and `right`: where the card's text begins and ends, px. */
struct QueueLines {
    const StageDraw& draw;
    const ServerCard& server;
    const Program& program;
    float left = 0, right = 0, opacity = 1;
};
/** Their slots can be clicked: to be called after the card's own hit, they lie on top. */
void hit_queues(const QueueLines& lines);
void draw_queues(const QueueLines& lines);
/** What the line under the pointer says, in full; "" where the pointer is on none. */
std::string tip_of_queues(const QueueLines& lines);

/** How wide a text is in the font of code, in pixels of the screen. */
float code_width(std::string_view text);

}  // namespace synoptic
