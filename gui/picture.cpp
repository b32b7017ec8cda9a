#include "gui/picture.h"

#include <fmt/format.h>
// Debian has the implementation as a library; elsewhere it is here.
#ifndef SYNOPTIC_STB_LIBRARY
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#endif
#include <stb_image_write.h>

#include <algorithm>
#include <cmath>

#include "core/base/replacement_file.h"
#include "gui/app_state.h"

namespace synoptic {
namespace {

constexpr PanelPlace panels[] = {{"stage", Pane::stage},
                                 {"calls", Pane::calls, lower_calls},
                                 {"ladder", Pane::calls, lower_ladder},
                                 {"states", Pane::calls, lower_states},
                                 {"bytes", Pane::calls, lower_bytes},
                                 {"timeline", Pane::calls, lower_timeline},
                                 {"code", Pane::code},
                                 {"inspector", Pane::inspector, -1, beside_inspector},
                                 {"database", Pane::inspector, -1, beside_database}};

}  // namespace

const PanelPlace* find_panel(const std::string& name) {
    const auto found = std::find_if(std::begin(panels), std::end(panels), [&name](const PanelPlace& panel) { return name == panel.name; });
    return found == std::end(panels) ? nullptr : found;
}

std::vector<std::string> panels_in_sight(const AppState& state) {
    const LayoutState& layout = state.settings.layout;
    std::vector<std::string> names;
    for (const PanelPlace& panel : panels) {
        const bool there = layout.full ? *layout.full == panel.pane : layout.shows(panel.pane) && state.layout.has_room(panel.pane);
        const bool in_front = (panel.lower_tab < 0 || panel.lower_tab == state.settings.lower_tab) &&
                              (panel.beside_tab < 0 || panel.beside_tab == state.beside_tab);
        if (there && in_front) names.emplace_back(panel.name);
    }
    return names;
}

std::string panel_names() {
    std::string names;
    for (const PanelPlace& panel : panels) names += (names.empty() ? "" : ", ") + std::string(panel.name);
    return names;
}

Status save_picture(const std::string& path, const Window::Picture& picture, const ui::Rect& part) {
    int x = 0, y = 0, width = picture.width, height = picture.height;
    if (part.w > 0) {
        x = std::clamp(static_cast<int>(std::floor(part.x)), 0, picture.width - 1);
        y = std::clamp(static_cast<int>(std::floor(part.y)), 0, picture.height - 1);
        width = std::clamp(static_cast<int>(std::ceil(part.right())), x + 1, picture.width) - x;
        height = std::clamp(static_cast<int>(std::ceil(part.bottom())), y + 1, picture.height) - y;
    }
    const int row_bytes = picture.width * 4;
    const unsigned char* first =
        picture.rgba.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(row_bytes) + static_cast<std::size_t>(x) * 4;
    std::string png;
    const auto append = [](void* context, void* data, int size) {
        static_cast<std::string*>(context)->append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    };
    if (stbi_write_png_to_func(append, &png, width, height, 4, first, row_bytes) == 0) return Error{"", ENOMEM, path};
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    if (!file) return file.error();
    if (Status written = file->write(png); !written) return written;
    return file->finish();
}

}  // namespace synoptic
