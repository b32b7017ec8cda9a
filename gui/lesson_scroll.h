// LessonScroll: which part of a lesson's step is in sight where the pane is lower than its text, as at a projector's zoom. A page is turned by what
// stands in the text (a part begins at the top), and what has come new is scrolled to. It draws nothing and knows no ImGui. All lengths in px.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace synoptic {

class LessonScroll {
   public:
    /** The text as it is drawn in this frame, from its own top. */
    struct Sheet {
        std::vector<float> parts;  // tops of the parts that come one after the other: blocks, a reason, what failed
        std::vector<float> stops;  // further places where a page may begin: a question's choices
        float content = 0;         // the whole height, with `rest` below the last line
        float height = 0;          // what can be seen of it
        float scroll = 0;          // how far it is scrolled
        float margin = 0;          // kept free above what is scrolled to
        float rest = 0;            // this much may be hidden below, for it is empty
    };

    /** Another step, or another lesson: from its top. */
    void turn_to_top();
    /** The user has gone on: what comes from now on is new. */
    void went_on() { old_parts_ = sheet_.parts.size(); }
    /** Each frame. Where to scroll to; nothing if it is to stay. */
    std::optional<float> follow(Sheet sheet);

    float position() const { return sheet_.scroll; }
    /** True if text is hidden below. */
    bool has_more_below() const { return sheet_.scroll + sheet_.height < sheet_.content - sheet_.rest; }
    /** A page on; false if all that is below is in sight already. */
    bool page_down();
    /** Back to the beginning of the step; false if that is in sight already. */
    bool page_up();

   private:
    std::optional<float> where_to(std::size_t parts_before);
    float furthest() const;
    float next_page() const;

    Sheet sheet_;
    std::size_t old_parts_ = 0;    // so many parts were there when the user went on
    std::optional<float> wanted_;  // by a key
    bool to_top_ = true;
};

}  // namespace synoptic
