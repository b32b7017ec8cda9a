#include "gui/notes_window.h"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "gui/imgui_versions.h"
#include "gui/panels/markdown_paint.h"
#include "gui/widgets.h"
#include "imgui.h"

namespace synoptic {
namespace {

using ui::px;

constexpr int first_width = 760, first_height = 560;

/** The first window's contexts are current again behind it. */
class Elsewhere {
   public:
    Elsewhere() : window_(glfwGetCurrentContext()), context_(ImGui::GetCurrentContext()) {}
    ~Elsewhere() {
        glfwMakeContextCurrent(window_);
        ImGui::SetCurrentContext(context_);
    }
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;

   private:
    GLFWwindow* window_;
    ImGuiContext* context_;
};

std::string time_now() {
    const std::time_t now = std::time(nullptr);
    tm parts;
    localtime_r(&now, &parts);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

bool NotesWindow::open(std::string& trouble) {
    if (window_ != nullptr) return true;
    const Elsewhere back;
    glfwWindowHint(GLFW_FOCUS_ON_SHOW, GLFW_FALSE);  // the keys go on to the lesson
    window_ = glfwCreateWindow(first_width, first_height, "Synoptic – speaker notes", nullptr, nullptr);
    glfwWindowHint(GLFW_FOCUS_ON_SHOW, GLFW_TRUE);
    if (window_ == nullptr) {
        const char* text = nullptr;
        glfwGetError(&text);
        trouble = text ? text : "the system gives no second window";
        return false;
    }
    glfwSetWindowSizeLimits(window_, 360, 260, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(0);  // the first window waits for the screen
    glfwSetWindowUserPointer(window_, this);
    glfwSetKeyCallback(window_, [](GLFWwindow* window, int key, int scancode, int action, int mods) {
        auto& self = *static_cast<NotesWindow*>(glfwGetWindowUserPointer(window));
        const bool down = key == GLFW_KEY_DOWN, up = key == GLFW_KEY_UP;
        if (action != GLFW_RELEASE && (down || up)) self.turned_ += down ? 2.0f : -2.0f;
        if (action != GLFW_RELEASE && !down && !up) self.keys_.push_back({key, scancode, mods, action == GLFW_REPEAT});
        self.wake_();
    });
    glfwSetScrollCallback(window_, [](GLFWwindow* window, double, double y) {
        auto& self = *static_cast<NotesWindow*>(glfwGetWindowUserPointer(window));
        self.turned_ -= 3 * static_cast<float>(y);
        self.wake_();
    });
    const auto noted = [](GLFWwindow* window) { static_cast<NotesWindow*>(glfwGetWindowUserPointer(window))->wake_(); };
    static const auto wake = noted;
    glfwSetWindowRefreshCallback(window_, [](GLFWwindow* window) { wake(window); });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* window, int, int) { wake(window); });
    glfwSetWindowCloseCallback(window_, [](GLFWwindow* window) { wake(window); });
    context_ = ImGui::CreateContext();
    ImGui::SetCurrentContext(context_);
    ImGui::GetIO().IniFilename = nullptr;
    // Without callbacks of its own: it takes no clicks.
    ImGui_ImplGlfw_InitForOpenGL(window_, false);
    ImGui_ImplOpenGL3_Init("#version 130");
    scale_ = 0;
    return true;
}

void NotesWindow::close() {
    if (window_ == nullptr) return;
    {
        const Elsewhere back;
        glfwMakeContextCurrent(window_);
        ImGui::SetCurrentContext(context_);
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
    }
    ImGui::DestroyContext(context_);
    glfwDestroyWindow(window_);
    window_ = nullptr;
    context_ = nullptr;
}

bool NotesWindow::closing() const {
    return window_ != nullptr && glfwWindowShouldClose(window_) == GLFW_TRUE;
}

void NotesWindow::draw(const NotesPage& page, const Theme& theme, float zoom) {
    if (window_ == nullptr) return;
    const Elsewhere back;
    glfwMakeContextCurrent(window_);
    ImGui::SetCurrentContext(context_);
    if (scale_ != zoom || dark_ != theme.dark) {
        fonts_ = load_fonts(zoom).fonts;
        apply_style(theme, zoom);
        scale_ = zoom;
        dark_ = theme.dark;
    }
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    ui::draw_elsewhere(theme, fonts_, zoom, [&] { paint(page); });
    ImGui::Render();
    int width = 0, height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    const ImVec4 clear = ImGui::ColorConvertU32ToFloat4(theme.window);
    glViewport(0, 0, width, height);
    glClearColor(clear.x, clear.y, clear.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(window_);
}

/** Notes may be longer than the window: then they are moved. */
void NotesWindow::paint_notes(const NotesPage& page, ImVec2 at, float width, float bottom) {
    const Theme& theme = ui::theme();
    const std::string notes = page.notes.empty() ? "*This step has no speaker notes.*" : page.notes;
    const float line = imgui::font_size(fonts_.text) * 1.4f, room = bottom - at.y;
    if (std::string now = page.lesson + "\n" + page.heading + "\n" + page.notes; now != shown_) {
        shown_ = std::move(now);
        scroll_ = turned_ = 0;
    }
    most_ = std::max(0.0f, draw_markdown(notes, at, width, {.draws = false}) + px(12) - room);
    scroll_ = std::clamp(scroll_ + std::exchange(turned_, 0.0f) * line, 0.0f, most_);
    ImGui::PushClipRect({0, at.y - px(4)}, {at.x + width + px(8), bottom}, true);
    draw_markdown(notes, {at.x, std::floor(at.y - scroll_)}, width);
    ImGui::PopClipRect();
    if (!has_more_below()) return;
    const ImU32 none = faded(theme.window, 0);
    ui::canvas().AddRectFilledMultiColor({0, bottom - px(36)}, {at.x + width + px(24), bottom}, none, none, theme.window, theme.window);
    ui::draw_badge({at.x + width, bottom - px(26)}, "more below: arrow keys", theme.accent, true, true);
}

void NotesWindow::paint(const NotesPage& page) {
    const Theme& theme = ui::theme();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    imgui::push_font(fonts_.text);
    ImGui::Begin("notes", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoInputs);
    const float pad = px(24), width = size.x - 2 * pad, small = imgui::font_size(fonts_.small_text), title = imgui::font_size(fonts_.title);
    float y = px(18);
    const std::string clock = time_now();
    const int minutes = static_cast<int>(page.since_s) / 60, seconds = static_cast<int>(page.since_s) % 60;
    const float clock_width = ui::text_width(fonts_.title, clock);
    ui::draw_text(fonts_.title, {size.x - pad - clock_width, y}, theme.text, clock);
    const std::string since = fmt::format("{}:{:02} in this lesson", minutes, seconds);
    ui::draw_text(fonts_.small_text, {size.x - pad - ui::text_width(fonts_.small_text, since), y + title + px(2)}, theme.text_dim, since);
    const float left = width - std::max(clock_width, ui::text_width(fonts_.small_text, since)) - px(16);
    ui::draw_text(fonts_.small_text, {pad, y}, theme.text_dim, page.lesson + (page.place.empty() ? "" : ", " + page.place), left);
    y += small + px(6);
    ui::draw_text(fonts_.title, {pad, y}, theme.text, page.heading, left);
    y += title + px(16);
    ui::canvas().AddLine({pad, y}, {size.x - pad, y}, theme.outline_strong);
    y += px(16);
    const float foot = size.y - px(20) - small;
    paint_notes(page, {pad, y}, width, foot - px(14));
    ui::canvas().AddRectFilled({0, foot - px(14)}, {size.x, size.y}, theme.panel);
    ui::canvas().AddLine({0, foot - px(14)}, {size.x, foot - px(14)}, theme.outline);
    const std::string next = page.next.empty() ? "This is the last step." : "Next: " + page.next;
    const float half = width * 0.5f;
    ui::draw_text(fonts_.small_text, {pad, foot}, theme.text, next, half);
    ui::draw_text(fonts_.small_text, {size.x - pad - std::min(half - px(16), ui::text_width(fonts_.small_text, page.status)), foot},
                  theme.text_dim, page.status, half - px(16));
    ImGui::End();
    imgui::pop_font();
}

}  // namespace synoptic
