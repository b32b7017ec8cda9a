#include "core/cli/font_files.h"

#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace synoptic {
namespace {

std::vector<std::string> folders() {
    std::vector<std::string> all;
    if (const char* home = std::getenv("HOME")) {
        all.push_back(std::string(home) + "/.local/share/fonts/");
        all.push_back(std::string(home) + "/.fonts/");
    }
    for (const char* folder :
         {"opentype/inter/", "truetype/inter/", "opentype/inter-display/", "truetype/jetbrains-mono/",  // Debian, Ubuntu
          "rsms-inter-fonts/", "rsms-inter/", "jetbrains-mono-fonts/", "dejavu-sans-fonts/",            // Fedora
          "inter/", "TTF/", "OTF/", "jetbrains-mono/",                                                  // Arch
          "truetype/dejavu/", "truetype/", "opentype/", ""}) {
        all.push_back(std::string("/usr/share/fonts/") + folder);
        all.push_back(std::string("/usr/local/share/fonts/") + folder);
    }
    return all;
}

}  // namespace

std::string find_font(const std::string& family, const std::string& style) {
    static const std::vector<std::string> places = folders();
    for (const std::string& folder : places) {
        for (const char* ending : {".otf", ".ttf", ".ttc"}) {
            std::string path = folder + family + (style.empty() ? "" : "-") + style + ending;
            if (access(path.c_str(), R_OK) == 0) return path;
        }
    }
    return {};
}

}  // namespace synoptic
