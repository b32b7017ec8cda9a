// Holds the source tree to its rules: which layer may include which (DESIGN.md, "Layers"), that core knows no window, and that taught programs
// fit on a screen or two.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace synoptic {
namespace {

namespace fs = std::filesystem;

const fs::path root = SYNOPTIC_SOURCE_DIR;
constexpr std::size_t taught_program_lines = 120;

// Each layer with those that it may include, besides itself.
const std::map<std::string, std::set<std::string>>& allowed_layers() {
    static const std::map<std::string, std::set<std::string>> allowed = {
        {"base", {}},
        {"trace", {"base"}},
        {"sockets", {"base", "trace"}},
        {"kernel", {"base", "trace", "sockets"}},
        {"wire", {"base", "trace", "sockets", "kernel"}},
        {"store", {"base", "trace", "sockets", "kernel", "wire"}},
        {"programs", {"base", "sockets", "store"}},
        {"helper", {"base", "trace", "sockets", "kernel", "wire", "store", "programs"}},
        {"model", {"base", "trace", "sockets", "kernel", "wire", "store", "programs"}},
        {"session", {"base", "trace", "sockets", "kernel", "wire", "store", "programs", "helper", "model"}},
        {"lesson", {"base", "trace", "sockets", "kernel", "wire", "store", "programs", "helper", "model", "session"}},
        {"cli", {"base", "trace", "sockets", "kernel", "wire", "store", "programs", "helper", "model", "session", "lesson"}},
    };
    return allowed;
}

std::vector<std::string> lines_of(const fs::path& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::vector<fs::path> sources_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string place(const fs::path& file, std::size_t line) {
    return fs::relative(file, root).string() + ":" + std::to_string(line + 1) + ": ";
}

/** What a line includes, without its brackets or quotes; empty if it includes nothing. */
std::string included(const std::string& line) {
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') return {};
    const std::size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || line.compare(word, 7, "include") != 0) return {};
    const std::size_t open = line.find_first_of("<\"", word + 7);
    const std::size_t close = line.find_first_of(">\"", open == std::string::npos ? open : open + 1);
    return close == std::string::npos ? std::string{} : line.substr(open + 1, close - open - 1);
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

TEST(Layers, IncludesAreFoundInALine) {
    EXPECT_EQ(included("#include \"core/base/ids.h\""), "core/base/ids.h");
    EXPECT_EQ(included("  #  include <sys/socket.h>  // for socket()"), "sys/socket.h");
    EXPECT_EQ(included("// #include \"imgui.h\""), "");
    EXPECT_EQ(included("#define include"), "");
}

TEST(Layers, CoreNamesNoWindowLibrary) {
    // As a word in any file, comments and CMake's lists included: what core does not say it cannot use.
    const std::vector<std::string> forbidden = {"imgui", "glfw", "opengl", "#include <gl/", "libgl", "\"gui/"};
    for (const fs::path& file : sources_below(root / "core")) {
        const auto lines = lines_of(file);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            for (const std::string& name : forbidden) {
                EXPECT_EQ(lower(lines[i]).find(name), std::string::npos) << place(file, i) << "core must not name " << name;
            }
        }
    }
}

TEST(Layers, EachFolderOfCoreIsALayer) {
    for (const auto& entry : fs::directory_iterator(root / "core")) {
        if (!entry.is_directory()) continue;
        EXPECT_TRUE(allowed_layers().count(entry.path().filename())) << entry.path() << " is no layer of DESIGN.md";
    }
}

TEST(Layers, EachUsesOnlyThoseAboveIt) {
    std::size_t seen = 0;
    for (const auto& [layer, allowed] : allowed_layers()) {
        if (!fs::exists(root / "core" / layer)) continue;
        for (const fs::path& file : sources_below(root / "core" / layer)) {
            const auto lines = lines_of(file);
            for (std::size_t i = 0; i < lines.size(); ++i) {
                const std::string header = included(lines[i]);
                if (header.rfind("core/", 0) != 0) continue;
                const std::string other = header.substr(5, header.find('/', 5) - 5);
                ++seen;
                EXPECT_TRUE(other == layer || allowed.count(other)) << place(file, i) << layer << " must not include " << header;
            }
        }
    }
    EXPECT_GT(seen, 20u) << "hardly any include was found: is the test still looking in the right place?";
}

TEST(Layers, TaughtProgramsAreShort) {
    std::size_t seen = 0;
    for (const fs::path& file : sources_below(root / "core/programs")) {
        if (file.extension() != ".cpp" || file.filename() == "registry.cpp" || file.filename() == "program_table.cpp") continue;
        ++seen;
        EXPECT_LE(lines_of(file).size(), taught_program_lines) << fs::relative(file, root);
    }
    EXPECT_GE(seen, 4u);
}

}  // namespace
}  // namespace synoptic
