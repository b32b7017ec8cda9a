// What the Database panel draws: its table of rows, and the file's text. Private to database*.cpp.
#pragma once

#include <optional>

#include "gui/panel.h"
#include "gui/panels/database_view.h"

namespace synoptic {

/** What both halves are drawn from. */
struct DatabaseSheet {
    PanelContext& panel;
    DatabaseView& view;
    const Database& database;
    std::optional<std::int64_t> selected;  // the key that the selection is about
    std::optional<std::int64_t>
        revealed;  // what is to be seen: it was selected elsewhere since the last frame, or the moment has changed it
};

/** How much of its colour is left of what changed at `at_ns`: 1 right after, 0 once it has faded. Asks for frames meanwhile. */
float freshness(PanelContext& panel, std::uint64_t at_ns);

/** What the lines between the buttons and the rows are made from. */
struct DatabaseNews {
    const PanelContext& panel;
    const StoreControl& control;
    const Database& database;
    const Program* server;  // that has it open; null: none
};

// database_words.cpp
/** Draws who has the lock, who waits, what is pending and what is wrong, a line each, from `y` on (px); returns where they end. */
float draw_database_words(const DatabaseNews& news, float left, float right, float y);
// database_rows.cpp
void draw_rows(const DatabaseSheet& sheet, const ui::Rect& area);
void draw_row_menu(const DatabaseSheet& sheet);
// database_file.cpp
void draw_file(const DatabaseSheet& sheet, const ui::Rect& area);

}  // namespace synoptic
