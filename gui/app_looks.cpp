// How large the window is drawn, in which fonts and colours.
#include <cstdio>

#include "gui/app_class.h"
#include "gui/widgets.h"

namespace synoptic {

void parse_size(const std::string& text, int& width, int& height) {
    int w = 0, h = 0;
    if (std::sscanf(text.c_str(), "%dx%d", &w, &h) == 2 && w > 0 && h > 0) {
        width = w;
        height = h;
    }
}

void App::prepare_looks() {
    const Settings& settings = state_->settings;
    const float scale = static_cast<float>(settings.zoom_percent) / 100 * window_.content_scale();
    if (scale != fonts_scale_) {
        const bool is_baked = fonts_scale_ == 0 && scale == baked_.scale;
        const LoadedFonts loaded = is_baked ? baked_.loaded : load_fonts(scale);
        if (!loaded.trouble.empty() && fonts_scale_ == 0) state_->messages.add(loaded.trouble, false);
        fonts_ = loaded.fonts;
        fonts_scale_ = scale;
    }
    if (looks_scale_ != scale || looks_dark_ != settings.dark) {
        apply_style(settings.dark ? dark_theme() : light_theme(), scale);
        looks_scale_ = scale;
        looks_dark_ = settings.dark;
    }
}

}  // namespace synoptic
