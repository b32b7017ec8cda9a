#include "gui/surfaceless.h"

#include <dlfcn.h>

#if __has_include(<EGL/egl.h>) && __has_include(<EGL/eglext.h>)
#define SYNOPTIC_EGL
#include <EGL/egl.h>
#include <EGL/eglext.h>
#endif
#include <GL/gl.h>
#include <GL/glext.h>
#include <fmt/format.h>

namespace synoptic {

#ifdef SYNOPTIC_EGL
namespace {

#ifndef EGL_PLATFORM_SURFACELESS_MESA
#define EGL_PLATFORM_SURFACELESS_MESA 0x31DD
#endif

/** A function of the library, by its own type. */
template <class Function>
Function* of_library(void* library, const char* name) {
    return reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace

std::string Surfaceless::begin() {
    library_ = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) return "libEGL.so.1 is not there";
    const auto get_address = of_library<decltype(eglGetProcAddress)>(library_, "eglGetProcAddress");
    const auto initialize = of_library<decltype(eglInitialize)>(library_, "eglInitialize");
    const auto bind_api = of_library<decltype(eglBindAPI)>(library_, "eglBindAPI");
    const auto choose = of_library<decltype(eglChooseConfig)>(library_, "eglChooseConfig");
    const auto create = of_library<decltype(eglCreateContext)>(library_, "eglCreateContext");
    const auto make_current = of_library<decltype(eglMakeCurrent)>(library_, "eglMakeCurrent");
    if (!get_address || !initialize || !bind_api || !choose || !create || !make_current) return "libEGL.so.1 lacks functions of EGL 1.4";
    const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(get_address("eglGetPlatformDisplayEXT"));
    if (get_display == nullptr) return "EGL has no eglGetPlatformDisplayEXT";
    display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (display_ == EGL_NO_DISPLAY) return "EGL has no surfaceless platform";
    EGLint major = 0, minor = 0;
    if (!initialize(display_, &major, &minor)) return "EGL can't be initialized without a display";
    if (!bind_api(EGL_OPENGL_API)) return "EGL has no OpenGL";
    constexpr EGLint wanted[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, 0, EGL_NONE};
    EGLConfig config = nullptr;
    EGLint count = 0;
    if (!choose(display_, wanted, &config, 1, &count) || count == 0) return "EGL has no configuration for OpenGL";
    // As the window's: 3.2 lets ImGui draw more than 65,536 vertices at once.
    constexpr EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION_KHR, 3, EGL_CONTEXT_MINOR_VERSION_KHR, 2, EGL_NONE};
    context_ = create(display_, config, EGL_NO_CONTEXT, attributes);
    if (context_ == EGL_NO_CONTEXT) return "EGL makes no context of OpenGL 3.2";
    if (!make_current(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_)) return "EGL's context needs a surface";
    return make_framebuffer();
}

std::string Surfaceless::make_framebuffer() {
    const auto get_address = of_library<decltype(eglGetProcAddress)>(library_, "eglGetProcAddress");
    const auto gen_framebuffers = reinterpret_cast<PFNGLGENFRAMEBUFFERSPROC>(get_address("glGenFramebuffers"));
    const auto bind_framebuffer = reinterpret_cast<PFNGLBINDFRAMEBUFFERPROC>(get_address("glBindFramebuffer"));
    const auto texture_of = reinterpret_cast<PFNGLFRAMEBUFFERTEXTURE2DPROC>(get_address("glFramebufferTexture2D"));
    const auto check = reinterpret_cast<PFNGLCHECKFRAMEBUFFERSTATUSPROC>(get_address("glCheckFramebufferStatus"));
    if (!gen_framebuffers || !bind_framebuffer || !texture_of || !check) return "OpenGL has no framebuffers";
    GLint most = 0;
    glGetIntegerv(GL_MAX_TEXTURE_SIZE, &most);
    if (width_ > most || height_ > most) return fmt::format("OpenGL draws {} × {} pixels at most", most, most);
    GLuint texture = 0, framebuffer = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width_, height_, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glBindTexture(GL_TEXTURE_2D, 0);
    gen_framebuffers(1, &framebuffer);
    bind_framebuffer(GL_FRAMEBUFFER, framebuffer);
    texture_of(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    return check(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE ? "" : "OpenGL can't draw into a texture of this size";
}

/** The library stays: drivers do not like to be unloaded while their threads run. */
Surfaceless::~Surfaceless() {
    if (display_ == nullptr) return;
    const auto make_current = of_library<decltype(eglMakeCurrent)>(library_, "eglMakeCurrent");
    const auto destroy = of_library<decltype(eglDestroyContext)>(library_, "eglDestroyContext");
    const auto terminate = of_library<decltype(eglTerminate)>(library_, "eglTerminate");
    make_current(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (context_ != nullptr) destroy(display_, context_);
    terminate(display_);
}
#else
std::string Surfaceless::begin() {
    return "this program was built without EGL";
}
Surfaceless::~Surfaceless() = default;
#endif

std::unique_ptr<Surfaceless> Surfaceless::make(int width, int height, std::string& trouble) {
    std::unique_ptr<Surfaceless> made(new Surfaceless(width, height));
    trouble = made->begin();
    if (!trouble.empty()) made.reset();
    return made;
}

}  // namespace synoptic
