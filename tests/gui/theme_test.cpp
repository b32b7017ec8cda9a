// Both palettes can be read: every text colour on every surface that it is used on.
#include "gui/theme.h"

#include <gtest/gtest.h>

namespace synoptic {
namespace {

constexpr float readable = 4.5f;  // WCAG 2.1, AA

void expect_readable(const Theme& theme) {
    const ImU32 surfaces[] = {theme.window, theme.panel, theme.card, theme.card_raised, theme.highlight};
    const ImU32 texts[] = {theme.text,    theme.text_dim, theme.text_faint, theme.accent,  theme.client, theme.server,
                           theme.blocked, theme.alive,    theme.listening,  theme.trouble, theme.user};
    for (std::size_t surface = 0; surface < std::size(surfaces); ++surface) {
        for (std::size_t text = 0; text < std::size(texts); ++text) {
            EXPECT_GE(contrast(texts[text], surfaces[surface]), readable) << "text " << text << " on surface " << surface;
        }
    }
    for (ImU32 colour :
         {theme.accent, theme.client, theme.server, theme.blocked, theme.alive, theme.listening, theme.trouble, theme.user}) {
        EXPECT_GE(contrast(theme.on_accent, colour), readable) << "a filled badge or button";
    }
}

TEST(Theme, DarkCanBeRead) {
    expect_readable(dark_theme());
}
TEST(Theme, LightCanBeRead) {
    expect_readable(light_theme());
}

TEST(Theme, ContrastIsThatOfTheStandard) {
    EXPECT_NEAR(contrast(IM_COL32_WHITE, IM_COL32_BLACK), 21, 0.01);
    EXPECT_NEAR(contrast(IM_COL32(119, 119, 119, 255), IM_COL32_WHITE), 4.48, 0.01);  // #777 on white, the well-known near miss
}

TEST(Theme, ColoursMix) {
    EXPECT_EQ(mixed(IM_COL32_BLACK, IM_COL32_WHITE, 0), IM_COL32_BLACK);
    EXPECT_EQ(mixed(IM_COL32_BLACK, IM_COL32_WHITE, 1), IM_COL32_WHITE);
    EXPECT_EQ(faded(IM_COL32_WHITE, 0) >> IM_COL32_A_SHIFT, 0u);
}

}  // namespace
}  // namespace synoptic
