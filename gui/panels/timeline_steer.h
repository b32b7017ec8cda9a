// How the user moves the Timeline: keys, the wheel, drags, buttons.
#pragma once

#include "gui/panels/timeline_view.h"
#include "gui/ui.h"

namespace synoptic {

class TimelineSteering {
   public:
    /** `now_ns`: what is followed, since the session began; only live. */
    TimelineSteering(TimelineView& view, bool live, std::uint64_t now_ns) : view_(view), live_(live), now_ns_(now_ns) {}

    /** Does what keys have asked for. */
    void do_keys();
    /** Wheel and arrows over `pane`, drags that begin over `timed`, the axis with the plot. */
    void take_pointer(const ui::Rect& pane, const ui::Rect& timed);
    void nearer() { zoom(0.5, 0.5); }
    void farther() { zoom(2, 0.5); }
    void fit();
    /** What happens now stays where it is. */
    void follow();
    bool changed() const { return changed_; }

   private:
    bool follows() const { return view_.follow && live_; }
    void zoom(double factor, double anchor);
    void move(double share);
    void turn_wheel(const ui::Rect& timed);
    void drag(bool over, float width);

    TimelineView& view_;
    bool live_;
    std::uint64_t now_ns_;
    bool changed_ = false;
};

}  // namespace synoptic
