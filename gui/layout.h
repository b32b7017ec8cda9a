// The window below the toolbar: four panes, divided by splitters that can be dragged. A pane can be hidden, or fill the window.
//
//   ┌ Stage ──────────────┬ Code ───────┐
//   │                     │             │     left_share: the left column's part of the width
//   ├ Calls ──────────────┼ Inspector ──┤     stage_share, code_share: the upper pane's part of its column's height
//   │                     │             │
//   └─────────────────────┴─────────────┘
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "gui/ui.h"

namespace synoptic {

enum class Pane { stage, calls, code, inspector };
inline constexpr std::size_t pane_count = 4;
const char* pane_name(Pane pane);   // "stage", as in ids and settings
const char* pane_title(Pane pane);  // "Stage"

enum class Preset { lecture, explore, code };
const char* preset_name(Preset preset);   // "lecture", as in ids and settings
const char* preset_title(Preset preset);  // "Lecture"

struct LayoutState {
    float left_share = 0.64f;
    float stage_share = 0.58f;
    float code_share = 0.58f;
    float lesson_share = 0.3f;  // of the window's width, left of all panes, while a lesson is open
    std::array<bool, pane_count> shown{true, true, true, true};
    std::optional<Pane> full;

    bool& shows(Pane pane) { return shown[static_cast<std::size_t>(pane)]; }
    bool shows(Pane pane) const { return shown[static_cast<std::size_t>(pane)]; }
    /** Shows a hidden pane or hides a shown one; the last one stays. */
    void toggle(Pane pane);
    void toggle_full(Pane pane);
};

/** The panes and sizes of a preset. Theme and zoom are the app's to set. */
LayoutState layout_of(Preset preset);

/** One of the views that share a pane. */
struct PaneTab {
    const char* id;     // "calls"
    const char* title;  // "Calls"
    const char* tip;
};

struct PaneHead {
    std::string text;  // beside the title
    ImU32 colour = 0;
    std::span<const PaneTab> tabs = {};  // in place of the title
    int* tab = nullptr;                  // the one that is shown
};

class Layout {
   public:
    using DrawPane = std::function<void(Pane, const ui::Rect&)>;
    using Head = std::function<PaneHead(Pane)>;
    /** Draws what is shown; `draw` is called inside each pane's own ImGui child window. */
    void draw(LayoutState& state, const ui::Rect& area, const Head& head, const DrawPane& draw);

    /** The pane that the pointer was over in the last frame; the stage if none. */
    Pane under_pointer() const { return under_pointer_; }
    /** Panes that are shown but have no room at this size and zoom. */
    bool has_room(Pane pane) const { return room_[static_cast<std::size_t>(pane)]; }

   private:
    struct Places;
    Places arrange(const LayoutState& state, const ui::Rect& area);
    void draw_pane(LayoutState& state, Pane pane, const ui::Rect& rect, const Head& head, const DrawPane& draw);

    Pane under_pointer_ = Pane::stage;
    std::array<bool, pane_count> room_{true, true, true, true};
};

}  // namespace synoptic
