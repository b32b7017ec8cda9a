// A window with Dear ImGui and GLFW and nothing else: the measure for the app's start. `bare_window FILE WIDTHxHEIGHT` writes FILE once its first
// frame has been drawn, as the app's --dump does, and waits for its end.
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <cstdio>
#include <string>

namespace {

/** The app asks for the same (gui/window.cpp). */
GLFWwindow* create_window(int width, int height) {
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
    return glfwCreateWindow(width, height, "bare", nullptr, nullptr);
}

void draw_frame(GLFWwindow* window) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
    ImGui::Begin("bare");
    ImGui::TextUnformatted("A window.");
    ImGui::Button("A button");
    ImGui::End();
    ImGui::Render();
    int width = 0, height = 0;
    glfwGetFramebufferSize(window, &width, &height);
    glViewport(0, 0, width, height);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glfwSwapBuffers(window);
}

bool write_file(const std::string& path) {
    const std::string temporary = path + ".new";
    FILE* out = std::fopen(temporary.c_str(), "w");
    if (!out) return false;
    std::fputs("{}\n", out);
    std::fclose(out);
    return std::rename(temporary.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
    int width = 0, height = 0;
    if (argc != 3 || std::sscanf(argv[2], "%dx%d", &width, &height) != 2 || !glfwInit()) return 1;
    GLFWwindow* window = create_window(width, height);
    if (!window) return 1;
    glfwMakeContextCurrent(window);
    glfwSwapInterval(1);
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 130");
    glfwPollEvents();
    draw_frame(window);
    if (!write_file(argv[1])) return 1;
    while (!glfwWindowShouldClose(window)) glfwWaitEvents();
}
