#include "gui/fonts.h"

#include <fmt/format.h>

#include <array>

#include "core/cli/font_files.h"
#include "gui/imgui_versions.h"

namespace synoptic {
namespace {

// Latin with its extensions, punctuation, arrows, box drawing and shapes; other characters are shown as escapes (ui::draw_text).
constexpr std::array<ImWchar, 21> text_ranges = {0x0020, 0x007e, 0x00a0, 0x017f, 0x2010, 0x2027, 0x2030, 0x203a, 0x2190, 0x2199, 0x21b5,
                                                 0x21e7, 0x2212, 0x2212, 0x2248, 0x2265, 0x25a0, 0x25ff, 0x2713, 0x2717, 0};
constexpr std::array<ImWchar, 27> code_ranges = {0x0020, 0x007e, 0x00a0, 0x017f, 0x0391, 0x03c9, 0x2010, 0x2027, 0x2030,
                                                 0x203a, 0x2190, 0x2199, 0x21b5, 0x21e7, 0x2212, 0x2212, 0x2248, 0x2265,
                                                 0x2400, 0x2424, 0x2500, 0x2570, 0x25a0, 0x25ff, 0x2713, 0x2717, 0};
// Of a third font: what the first two lack.
constexpr std::array<ImWchar, 9> symbol_ranges = {0x21b5, 0x21c4, 0x23ce, 0x23ce, 0x25a0, 0x25ff, 0x2713, 0x2717, 0};

// ImGui's size of a font is its line's height; type is measured by the em. Height of a line in ems (hhea: ascender − descender):
constexpr float inter_line = 1.21f, mono_line = 1.32f;

struct Want {
    ImFont** font;
    const char* family;
    const char* style;
    float size;
    const ImWchar* ranges;
};

ImFont* add(ImFontAtlas& atlas, const std::string& path, float size, const ImWchar* ranges, bool merge) {
    ImFontConfig config;
    config.MergeMode = merge;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    return atlas.AddFontFromFileTTF(path.c_str(), size, &config, ranges);
}

/** ImGui's own 13 pixel font, blocky but always there. */
ImFont* add_default(ImFontAtlas& atlas, float size) {
    ImFontConfig config;
    config.SizePixels = size;
    return atlas.AddFontDefault(&config);
}

LoadedFonts add_fonts(ImFontAtlas& atlas, float scale) {
    LoadedFonts loaded;
    Fonts& fonts = loaded.fonts;
    const Want wants[] = {
        {&fonts.text, "Inter", "Regular", 14.5f * inter_line, text_ranges.data()},
        {&fonts.strong, "Inter", "SemiBold", 14.5f * inter_line, text_ranges.data()},
        {&fonts.italic, "Inter", "Italic", 14.5f * inter_line, text_ranges.data()},
        {&fonts.title, "Inter", "SemiBold", 20 * inter_line, text_ranges.data()},
        {&fonts.small_text, "Inter", "Regular", 12.5f * inter_line, text_ranges.data()},
        {&fonts.code, "JetBrainsMono", "Regular", 13 * mono_line, code_ranges.data()},
        {&fonts.code_small, "JetBrainsMono", "Regular", 11.5f * mono_line, code_ranges.data()},
    };
    const std::string symbols = find_font("DejaVuSans", "");
    bool inter_missing = false, mono_missing = false;
    for (const Want& want : wants) {
        const bool mono = want.ranges == code_ranges.data();
        const float size = static_cast<float>(static_cast<int>(want.size * scale + 0.5f));
        std::string path = find_font(want.family, want.style);
        if (path.empty()) path = find_font(want.family, "Regular");
        if (path.empty()) {
            (mono ? mono_missing : inter_missing) = true;
            path = find_font(mono ? "DejaVuSansMono" : "DejaVuSans", "");
        }
        *want.font = path.empty() ? nullptr : add(atlas, path, size, want.ranges, false);
        if (*want.font == nullptr) {
            *want.font = add_default(atlas, size);
        } else if (!symbols.empty()) {
            add(atlas, symbols, size, symbol_ranges.data(), true);
        }
    }
    if (inter_missing || mono_missing) {
        loaded.trouble = fmt::format(
            "The font{} {}{}{} {} not installed; text is shown in another one. Packages: {}{}{}.", inter_missing && mono_missing ? "s" : "",
            inter_missing ? "Inter" : "", inter_missing && mono_missing ? " and " : "", mono_missing ? "JetBrains Mono" : "",
            inter_missing && mono_missing ? "are" : "is", inter_missing ? "fonts-inter (Fedora: rsms-inter-fonts, Arch: inter-font)" : "",
            inter_missing && mono_missing ? " and " : "",
            mono_missing ? "fonts-jetbrains-mono (Fedora: jetbrains-mono-fonts, Arch: ttf-jetbrains-mono)" : "");
    }
    return loaded;
}

}  // namespace

BakedFonts bake_fonts(float scale) {
    BakedFonts baked;
    if (!imgui::bakes_beforehand()) return baked;
    baked.atlas = std::make_shared<ImFontAtlas>();
    baked.loaded = add_fonts(*baked.atlas, scale);
    baked.scale = scale;
    imgui::bake(*baked.atlas);
    return baked;
}

LoadedFonts load_fonts(float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    LoadedFonts loaded = add_fonts(atlas, scale);
    imgui::upload_fonts();
    return loaded;
}

}  // namespace synoptic
