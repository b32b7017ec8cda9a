// Where tabs stand in a pane's head, and which of them give way to its menu.
#include "gui/tab_row.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

constexpr float gap = 2, menu = 10;
const std::vector<float> widths = {30, 40, 40, 30, 50};
constexpr float all_together = 30 + 40 + 40 + 30 + 50 + 4 * gap;

std::vector<std::size_t> in_row(const TabRow& row) {
    std::vector<std::size_t> tabs;
    for (const TabRow::Place& place : row.tabs) tabs.push_back(place.tab);
    return tabs;
}

TEST(TabRow, WhereAllHaveRoomThereIsNoMenu) {
    const TabRow row = place_tabs(widths, 2, all_together, gap, menu);
    EXPECT_EQ(in_row(row), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_TRUE(row.in_menu.empty());
    EXPECT_EQ(row.end, all_together);
    EXPECT_EQ(row.tabs[1].x, 32);
    EXPECT_EQ(row.tabs[4].w, 50);
}

TEST(TabRow, APixelLessAndTheLastGoesIntoTheMenu) {
    const TabRow row = place_tabs(widths, 2, all_together - 1, gap, menu);
    EXPECT_EQ(in_row(row), (std::vector<std::size_t>{0, 1, 2, 3}));
    EXPECT_EQ(row.in_menu, (std::vector<std::size_t>{4}));
    EXPECT_EQ(row.menu_x, 30 + 40 + 40 + 30 + 4 * gap);
    EXPECT_EQ(row.end, row.menu_x + menu);
}

TEST(TabRow, TheChosenOneIsInTheRowWhicheverItIs) {
    const TabRow row = place_tabs(widths, 4, 100, gap, menu);
    EXPECT_EQ(in_row(row), (std::vector<std::size_t>{0, 4})) << "30 + 50 and the menu; 40 more have no room";
    EXPECT_EQ(row.in_menu, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(TabRow, AChosenOneThatHasNoRoomAloneIsNarrower) {
    const TabRow row = place_tabs(widths, 4, 40, gap, menu);
    EXPECT_EQ(in_row(row), (std::vector<std::size_t>{4}));
    EXPECT_EQ(row.tabs[0].w, 40 - gap - menu);
    EXPECT_EQ(row.end, 40);
}

TEST(TabRow, NothingOverlapsOrStandsOutAtAnyWidth) {
    for (float room = 20; room < all_together + 5; ++room) {
        for (std::size_t chosen = 0; chosen < widths.size(); ++chosen) {
            const TabRow row = place_tabs(widths, chosen, room, gap, menu);
            ASSERT_EQ(row.tabs.size() + row.in_menu.size(), widths.size()) << "each tab can be reached";
            float end = -gap;
            bool there = false;
            for (const TabRow::Place& place : row.tabs) {
                EXPECT_GE(place.x, end + gap) << room;
                EXPECT_GT(place.w, 0) << room;
                end = place.x + place.w;
                there = there || place.tab == chosen;
            }
            EXPECT_TRUE(there) << room;
            EXPECT_LE(row.end, room);
        }
    }
}

}  // namespace
}  // namespace synoptic
