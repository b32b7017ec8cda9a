// A line of the call list: when, who, the call with its result, how long it took. Private to calls.cpp.
#pragma once

#include "gui/panel.h"
#include "gui/panels/calls_index.h"
#include "gui/ui.h"

namespace synoptic {

inline constexpr float call_row_height = 22;  // at zoom 1

class CallRows {
   public:
    /** Lines of `index` as they were known at the moment `limit`, in `list` (px). */
    CallRows(PanelContext& panel, const CallsIndex& index, const ui::Rect& list, EventIndex limit);
    /** Draws one with its upper edge at `y`, and takes clicks on it: one selects, a second shows its moment. */
    void paint(const CallLine& line, float y) const;

   private:
    bool is_selected(const CallLine& line) const;
    /** Lines of the selected actor are marked at the left, so that they stand out among the others; of a selected row those that touched it. */
    bool is_of_selection(const Event& event) const;
    /** Of the calls from a line that is selected, one is: the others stay in the list. */
    void select(EventIndex index) const;
    void paint_call(const CallWords& words, float x, float right, float mid) const;
    /** The button that shows the World as it was at this line; returns the left end of it. */
    float paint_look(const CallLine& line, float right, float y) const;

    PanelContext& panel_;
    const CallsIndex& index_;
    ui::Rect list_;
    EventIndex limit_;
    bool narrow_;
    float time_w_, who_w_, took_w_;
};

}  // namespace synoptic
