#include "gui/window.h"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>

#include <algorithm>
#include <utility>

#include "gui/imgui_versions.h"
#include "gui/surfaceless.h"
#include "imgui.h"

namespace synoptic {
namespace {

constexpr double input_frame_s = 1.0 / 60, event_frame_s = 1.0 / 30;
constexpr int frames_after_input = 3;

std::string& glfw_trouble() {
    static std::string text;
    return text;
}

}  // namespace

Window& Window::of(GLFWwindow* window) {
    return *static_cast<Window*>(glfwGetWindowUserPointer(window));
}

bool Window::create(int width, int height) {
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    glfwWindowHintString(GLFW_X11_CLASS_NAME, "synoptic");
    glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "synoptic");
    // 3.2 lets ImGui draw more than 65,536 vertices at once; what is older does for smaller scenes.
    for (const bool core : {true, false}) {
        glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, core ? 2 : 0);
        glfwWindowHint(GLFW_OPENGL_PROFILE, core ? GLFW_OPENGL_CORE_PROFILE : GLFW_OPENGL_ANY_PROFILE);
        glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, core ? GLFW_TRUE : GLFW_FALSE);
        window_ = glfwCreateWindow(width, height, "Synoptic", nullptr, nullptr);
        if (window_ != nullptr) return true;
    }
    return false;
}

Window::Window() = default;

bool Window::begin_glfw(int width, int height, bool visible, std::string& trouble) {
    glfwSetErrorCallback([](int, const char* text) { glfw_trouble() = text; });
    if (glfwInit() != GLFW_TRUE) {
        trouble = glfw_trouble();
        return false;
    }
    started_ = true;
    glfwWindowHint(GLFW_VISIBLE, visible ? GLFW_TRUE : GLFW_FALSE);
    if (!create(width, height)) {
        trouble = glfw_trouble();
        return false;
    }
    glfwSetWindowSizeLimits(window_, 480, 320, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(visible ? 1 : 0);
    return true;
}

void Window::begin_imgui(ImFontAtlas* fonts) {
    ImGui::CreateContext(fonts);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.ConfigInputTextCursorBlink = false;  // a blinking caret would redraw an idle window for ever
    if (window_ != nullptr) {
        watch_input();
        ImGui_ImplGlfw_InitForOpenGL(window_, true);
    }
    ImGui_ImplOpenGL3_Init("#version 130");
    backends_ = true;
}

bool Window::open(int width, int height, std::string& trouble, const std::function<ImFontAtlas*()>& fonts) {
    if (!begin_glfw(width, height, true, trouble)) return false;
    begin_imgui(fonts());
    return true;
}

bool Window::open_hidden(int width, int height, std::string& trouble) {
    surfaceless_ = Surfaceless::make(width, height, trouble);
    std::string no_window;
    if (!surfaceless_ && !begin_glfw(width, height, false, no_window)) {
        trouble += "; nor can a hidden window: " + no_window;
        return false;
    }
    begin_imgui(nullptr);  // with an atlas of its own
    return true;
}

Window::~Window() {
    if (backends_) {
        ImGui_ImplOpenGL3_Shutdown();
        if (window_ != nullptr) ImGui_ImplGlfw_Shutdown();
        ImGui::DestroyContext();
    }
    if (window_ != nullptr) glfwDestroyWindow(window_);
    if (started_) glfwTerminate();
}

void Window::watch_input() {
    // Installed before ImGui's backend, which calls on to them.
    glfwSetWindowUserPointer(window_, this);
    const auto note = [](GLFWwindow* window) { of(window).input_ = true; };
    static const auto noted = note;
    const auto count = [](GLFWwindow* window) {
        ++of(window).inputs_;
        noted(window);
    };
    static const auto counted = count;
    glfwSetKeyCallback(window_, [](GLFWwindow* window, int key, int scancode, int action, int mods) {
        // How many of Shift and Ctrl a sign takes is the layout's affair.
        const bool modifier = key >= GLFW_KEY_LEFT_SHIFT && key <= GLFW_KEY_RIGHT_SUPER;
        modifier ? noted(window) : counted(window);
        if (action == GLFW_PRESS) ++of(window).keys_down_;
        if (action == GLFW_RELEASE) --of(window).keys_down_;
        if (action == GLFW_RELEASE) return;
        // Tab and the arrows bring ImGui's keyboard highlight; any other key of ours, and the mouse, put it away.
        const bool moves = key == GLFW_KEY_TAB || (key >= GLFW_KEY_RIGHT && key <= GLFW_KEY_UP);
        const bool paging = key == GLFW_KEY_PAGE_UP || key == GLFW_KEY_PAGE_DOWN || key == GLFW_KEY_HOME || key == GLFW_KEY_END;
        if (moves) imgui::allow_keyboard_navigation(true);
        if (paging || key == GLFW_KEY_ESCAPE) imgui::allow_keyboard_navigation(false);
        of(window).keys_.push_back({key, scancode, mods, action == GLFW_REPEAT});
    });
    glfwSetCharCallback(window_, [](GLFWwindow* window, unsigned) { noted(window); });
    glfwSetMouseButtonCallback(window_, [](GLFWwindow* window, int, int, int) {
        imgui::allow_keyboard_navigation(false);
        counted(window);
    });
    glfwSetCursorPosCallback(window_, [](GLFWwindow* window, double, double) { noted(window); });
    glfwSetScrollCallback(window_, [](GLFWwindow* window, double, double) { counted(window); });
    glfwSetWindowRefreshCallback(window_, [](GLFWwindow* window) { noted(window); });
    glfwSetWindowFocusCallback(window_, [](GLFWwindow* window, int) { noted(window); });
    glfwSetFramebufferSizeCallback(window_, [](GLFWwindow* window, int, int) { noted(window); });
    glfwSetWindowCloseCallback(window_, [](GLFWwindow* window) { noted(window); });
    glfwSetWindowContentScaleCallback(window_, [](GLFWwindow* window, float, float) { noted(window); });
    glfwSetCursorEnterCallback(window_, [](GLFWwindow* window, int) { noted(window); });
}

void Window::wake() {
    if (!woken_.exchange(true)) glfwPostEmptyEvent();
}

void Window::wait(bool moving, double seconds) {
    if (frames_due_ > 0) --frames_due_;
    glfwPollEvents();
    for (;;) {
        const double now = glfwGetTime();
        const bool hidden = glfwGetWindowAttrib(window_, GLFW_ICONIFIED) == GLFW_TRUE;
        double due = seconds >= 0 ? last_frame_s_ + seconds : 1e18;
        if (input_ || frames_due_ > 0) due = std::min(due, last_frame_s_ + input_frame_s);
        if (moving || woken_.load()) due = std::min(due, last_frame_s_ + event_frame_s);
        if (hidden && !closing()) due = 1e18;  // nobody sees it
        if (now >= due || closing()) break;
        if (due > 1e17) {
            glfwWaitEvents();
        } else {
            glfwWaitEventsTimeout(std::max(0.0005, due - now));
        }
    }
    if (input_) frames_due_ = frames_after_input;
    input_ = false;
    woken_.store(false);
    last_frame_s_ = glfwGetTime();
}

void Window::set_title(const std::string& title) {
    if (window_ != nullptr) glfwSetWindowTitle(window_, title.c_str());
}

void Window::begin() {
    ImGui_ImplOpenGL3_NewFrame();
    if (surfaceless_) {
        ImGuiIO& io = ImGui::GetIO();
        io.DisplaySize = {static_cast<float>(surfaceless_->width()), static_cast<float>(surfaceless_->height())};
        io.DeltaTime = 1.0f / 60;
    } else {
        ImGui_ImplGlfw_NewFrame();
    }
    ImGui::NewFrame();
}

/** Before the buffers are swapped: what they hold then is undefined. */
void Window::read_picture(int width, int height) {
    Picture& picture = *std::exchange(picture_, nullptr);
    const std::size_t row = static_cast<std::size_t>(width) * 4;
    picture = {width, height, std::vector<unsigned char>(row * static_cast<std::size_t>(height))};
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, picture.rgba.data());
    // OpenGL's first row is the lowest.
    for (int y = 0; y < height / 2; ++y) {
        unsigned char *upper = picture.rgba.data() + static_cast<std::size_t>(y) * row,
                      *lower = picture.rgba.data() + static_cast<std::size_t>(height - 1 - y) * row;
        std::swap_ranges(upper, upper + row, lower);
    }
    for (std::size_t alpha = 3; alpha < picture.rgba.size(); alpha += 4) picture.rgba[alpha] = 255;
}

void Window::end(float red, float green, float blue) {
    ImGui::Render();
    int width = 0, height = 0;
    if (surfaceless_) {
        width = surfaceless_->width();
        height = surfaceless_->height();
    } else {
        glfwGetFramebufferSize(window_, &width, &height);
    }
    glViewport(0, 0, width, height);
    glClearColor(red, green, blue, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    if (picture_ != nullptr) read_picture(width, height);
    if (window_ != nullptr) glfwSwapBuffers(window_);
}

bool Window::closing() const {
    return glfwWindowShouldClose(window_) == GLFW_TRUE;
}
void Window::keep_open() {
    glfwSetWindowShouldClose(window_, GLFW_FALSE);
}

std::vector<KeyPress> Window::take_keys() {
    std::vector<KeyPress> taken;
    taken.swap(keys_);
    return taken;
}

float Window::content_scale() const {
    if (surfaceless_) return 1;
    float x = 1, y = 1;
    glfwGetWindowContentScale(window_, &x, &y);
    // Where the system scales the picture itself (Wayland), its units are scaled already.
    int width = 0, framebuffer = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    glfwGetFramebufferSize(window_, &framebuffer, &height);
    const float scaled = width > 0 ? static_cast<float>(framebuffer) / static_cast<float>(width) : 1;
    return std::clamp(std::max(x, y) / std::max(1.0f, scaled), 0.5f, 4.0f);
}

int Window::width() const {
    if (surfaceless_) return surfaceless_->width();
    int width = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    return width;
}

int Window::height() const {
    if (surfaceless_) return surfaceless_->height();
    int width = 0, height = 0;
    glfwGetWindowSize(window_, &width, &height);
    return height;
}

void Window::toggle_fullscreen() {
    if (fullscreen_) {
        glfwSetWindowMonitor(window_, nullptr, place_[0], place_[1], place_[2], place_[3], GLFW_DONT_CARE);
        fullscreen_ = false;
        return;
    }
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    const GLFWvidmode* mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
    if (mode == nullptr) return;
    glfwGetWindowPos(window_, &place_[0], &place_[1]);
    glfwGetWindowSize(window_, &place_[2], &place_[3]);
    glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
    fullscreen_ = true;
}

}  // namespace synoptic
