// The code pane: the very source that runs, with a pill for each actor that stands on a line, breakpoints, and the corrected program beside a defective one.
//
//   ┌ echo_fork.cpp (follows) ▾   pin  Compare ‹ 1 of 3 ›  copy ┐   code_bar.cpp
//   │ ●  14  int connfd = os.accept(listenfd, …);     (server 1)│   code_margin.cpp │ code_rows.cpp
//   │    15  if (connfd < 0) {                                  │
//   └ echo_fork.cpp:14 · 17 calls, 1 now            ‹ 5 of 17 › ┘   code_bar.cpp, while a line is selected
#include "gui/panels/code_sheet.h"
#include "gui/panels/marks.h"

namespace synoptic {
namespace {

using ui::px;

/** The width of the widest comment that draws, px. */
float widest_picture(const CodeSheet& sheet) {
    float widest = 0;
    for (const CodeLine& line : sheet.lines) {
        if (is_picture(line.text)) widest = std::max(widest, ui::text_width(ui::fonts().code, line.text));
    }
    return widest;
}

}  // namespace

void draw_code(PanelContext& panel, CodeView& view, const ui::Rect& area) {
    ImGui::PushClipRect(area.min(), area.max(), true);
    CodeSheet sheet = lay_out_code(panel, view, area);
    turn_code(sheet);
    paint_code_bar(sheet);
    const ui::Rect& list = sheet.list;
    ImGui::PushClipRect(list.min(), list.max(), true);
    if (sheet.source.empty())
        mark::text(ui::fonts().text, list.x + px(16), list.y + px(18), ui::theme().text_dim, "The source of what runs is shown here.",
                   list.w - px(32));
    paint_code_rows(sheet);
    paint_code_ruler(sheet);
    view.scroll = mark::scroll("code.scroll", view.scroll, sheet.content(), list);
    const float room = (sheet.beside ? list.w / 2 : list.w) - sheet.gutter - px(24);
    view.scroll_x = mark::scroll_sideways("code.scroll_x", view.scroll_x, widest_picture(sheet), room, list);
    ImGui::PopClipRect();
    paint_code_foot(sheet);
    if (!view.asks.empty()) panel.needs_frame = true;  // a button was pressed: it is done in the next frame
    ImGui::PopClipRect();
}

}  // namespace synoptic
