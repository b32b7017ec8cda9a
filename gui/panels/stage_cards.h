// The stage's cards and wires: drawn where stage_layout.h has placed them. Clicking one selects it, the right button or ⋯ opens its menu.
#pragma once

#include "gui/panel.h"
#include "gui/panels/stage_layout.h"

namespace synoptic {

/** What drawing one frame of the stage needs. The layout's coordinates become the screen's by adding `origin`. */
struct StageDraw {
    PanelContext& panel;
    StageView& view;
    const StageLayout& layout;
    ui::Rect area;
    ImVec2 origin;

    ui::Rect place(const ui::Rect& rect) const { return {rect.x + origin.x, rect.y + origin.y, rect.w, rect.h}; }
    ImVec2 place(ImVec2 point) const { return {point.x + origin.x, point.y + origin.y}; }
    bool visible(const ui::Rect& placed) const { return placed.bottom() > area.y && placed.y < area.bottom(); }
};

void draw_client(const StageDraw& draw, const ClientCard& card);
void draw_worker(const StageDraw& draw, const WorkerCard& card);
/** The server's card without the threads inside it; wires are drawn between the two. */
void draw_server(const StageDraw& draw, const StageGroup& group);
void draw_more(const StageDraw& draw, const StageGroup& group, const MoreCard& more, const char* what);
void draw_tree(const StageDraw& draw, const StageGroup& group);
void draw_wire(const StageDraw& draw, const StageWire& wire);
/** What is to be read on it: drawn when all wires are. */
void draw_wire_notes(const StageDraw& draw, const StageWire& wire);
/** The segments on all wires. */
void draw_segments(const StageDraw& draw);

// stage_menu.cpp
void open_stage_menu(StageView& view, const Selection& about);
void draw_stage_menu(PanelContext& panel, StageView& view);
/** Adds clients that connect to where this server listens. */
void add_clients_to(PanelContext& panel, ProgramId server, int count);

}  // namespace synoptic
