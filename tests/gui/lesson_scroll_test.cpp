// Which part of a step is in sight: pages, new parts, another step.
#include "gui/lesson_scroll.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

/** Parts at these tops, of which `height` can be seen; 20 px below the text are empty. */
LessonScroll::Sheet sheet(std::vector<float> parts, float content, float height, float scroll, std::vector<float> stops = {}) {
    return {std::move(parts), std::move(stops), content, height, scroll, 10, 20};
}

TEST(LessonScroll, AStepBeginsAtItsTopAlsoWhileItGrowsBeyondThePane) {
    LessonScroll view;
    EXPECT_EQ(view.follow(sheet({40}, 90, 200, 300)), 0) << "wherever the step before was scrolled to";
    EXPECT_EQ(view.follow(sheet({40, 90}, 320, 200, 0)), std::nullopt) << "its heading stays";
    EXPECT_TRUE(view.has_more_below());
    view.turn_to_top();
    EXPECT_FALSE(view.has_more_below()) << "nothing is known of the next step yet";
    EXPECT_EQ(view.follow(sheet({40}, 90, 200, 120)), 0);
}

TEST(LessonScroll, PagesBeginWhereAPartDoesAndEndAtTheEnd) {
    LessonScroll view;
    const auto at = [&](float scroll) { return view.follow(sheet({40, 150, 260, 480}, 600, 200, scroll)); };
    EXPECT_EQ(at(0), 0);
    EXPECT_TRUE(view.page_down());
    EXPECT_EQ(at(0), 140) << "the part that was cut is whole now";
    EXPECT_EQ(at(140), std::nullopt) << "and stays";
    EXPECT_TRUE(view.page_down());
    EXPECT_EQ(at(140), 250);
    EXPECT_TRUE(view.page_down());
    EXPECT_EQ(at(250), 400) << "no part begins there: a page on, and not beyond the end";
    at(400);
    EXPECT_FALSE(view.has_more_below());
    EXPECT_FALSE(view.page_down()) << "now the step is over";
    EXPECT_TRUE(view.page_up());
    EXPECT_EQ(at(400), 0);
    at(0);
    EXPECT_FALSE(view.page_up()) << "the beginning is in sight: the step before is meant";
}

TEST(LessonScroll, APageOfOneLongPartKeepsALineOfWhatWasRead) {
    LessonScroll view;
    view.follow(sheet({0}, 1000, 200, 0));
    ASSERT_TRUE(view.page_down());
    EXPECT_EQ(view.follow(sheet({0}, 1000, 200, 0)), 180);
}

TEST(LessonScroll, AChoiceMayBeginAPage) {
    LessonScroll view;
    view.follow(sheet({40}, 400, 200, 0, {120, 170, 220}));
    ASSERT_TRUE(view.page_down());
    EXPECT_EQ(view.follow(sheet({40}, 400, 200, 0, {120, 170, 220})), 160);
}

TEST(LessonScroll, TwoKeysWithinOneFrameAreTwoPages) {
    LessonScroll view;
    view.follow(sheet({0}, 1000, 200, 0));
    EXPECT_TRUE(view.page_down());
    EXPECT_TRUE(view.page_down());
    EXPECT_EQ(view.follow(sheet({0}, 1000, 200, 0)), 360);
}

TEST(LessonScroll, WhatIsEmptyBelowIsNothingToReadOn) {
    LessonScroll view;
    view.follow(sheet({0}, 215, 200, 0));
    EXPECT_FALSE(view.has_more_below());
    EXPECT_FALSE(view.page_down());
}

TEST(LessonScroll, WhatComesNewIsScrolledToAsFarAsItsBeginningStaysInSight) {
    LessonScroll view;
    view.follow(sheet({40}, 200, 200, 0));
    view.went_on();
    EXPECT_EQ(view.follow(sheet({40, 180}, 260, 200, 0)), 60) << "a short one: as far as its end";
    EXPECT_EQ(view.follow(sheet({40, 180, 250}, 700, 200, 60)), 170) << "a long one: its beginning, which came first";
    EXPECT_EQ(view.follow(sheet({40, 180, 250}, 700, 200, 30)), std::nullopt) << "the user scrolls: nothing has come";
    view.went_on();
    EXPECT_EQ(view.follow(sheet({40, 180, 250, 690}, 760, 200, 500)), 560);
}

TEST(LessonScroll, WhatIsInSightAlreadyStays) {
    LessonScroll view;
    view.follow(sheet({40}, 100, 200, 0));
    view.went_on();
    EXPECT_EQ(view.follow(sheet({40, 100}, 190, 200, 0)), std::nullopt);
}

TEST(LessonScroll, APartThatIsPlayedAgainIsNewAgain) {
    LessonScroll view;
    view.follow(sheet({40, 100, 200}, 300, 200, 0));
    view.went_on();
    view.follow(sheet({40, 100}, 200, 200, 0));
    EXPECT_EQ(view.follow(sheet({40, 100, 200}, 400, 200, 0)), 190);
}

}  // namespace
}  // namespace synoptic
