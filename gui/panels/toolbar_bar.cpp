#include "gui/panels/toolbar_bar.h"

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"

namespace synoptic {

bool Bar::take(float width) {
    const float x = std::floor(x_);
    x_ = std::ceil(x + width);
    last_ = {x, y_, width, std::floor(ui::px(30))};
    if (draws()) ImGui::SetCursorScreenPos({x, y_});
    return draws();
}

bool Bar::button(const char* id, const ui::Face& face, const char* tip) {
    const float width = ui::button_width(face);
    return take(width) && ui::button(id, face, tip);
}

bool Bar::combo(const char* id, const char* label, int* chosen, const std::vector<std::string>& options, float width, const char* tip) {
    return take(ui::px(width)) && ui::combo(id, label, chosen, options, width, tip);
}

bool Bar::slider(const char* id, int* value, int low, int high, float width, const char* tip) {
    return take(ui::px(width)) && ui::slider(id, value, low, high, "%d", width, tip);
}

void Bar::caption(const char* text, ImU32 colour, float width) {
    ImFont* font = ui::fonts().small_text;
    const float taken = width > 0 ? ui::px(width) : ui::text_width(font, text);
    if (draws()) ui::draw_text(font, {x_, y_ + (ui::px(30) - imgui::font_size(font)) / 2}, colour, text);
    x_ += taken;
}

void Bar::line() {
    gap(12);
    if (draws()) {
        const float x = std::floor(x_);
        ui::canvas().AddLine({x, y_ + ui::px(4)}, {x, y_ + ui::px(26)}, ui::theme().outline, std::max(1.0f, std::floor(ui::px(1))));
    }
    gap(12);
}

void Bar::join() {
    x_ += std::max(1.0f, std::floor(ui::px(1)));
}

std::string with_keys(std::string text, Action action) {
    return text + "  (" + keys_of(action) + ")";
}

}  // namespace synoptic
