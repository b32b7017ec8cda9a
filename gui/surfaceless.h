// Surfaceless: an OpenGL context that draws into memory, without a window and without a display (EGL_MESA_platform_surfaceless). EGL is loaded when it is
// asked for: a window does without it.
#pragma once

#include <memory>
#include <string>

namespace synoptic {

class Surfaceless {
   public:
    /** Its context is the thread's current one from now on. Null if that can't be done; `trouble` says why, in a sentence. */
    static std::unique_ptr<Surfaceless> make(int width, int height, std::string& trouble);
    ~Surfaceless();
    Surfaceless(const Surfaceless&) = delete;
    Surfaceless& operator=(const Surfaceless&) = delete;

    int width() const { return width_; }
    int height() const { return height_; }

   private:
    Surfaceless(int width, int height) : width_(width), height_(height) {}
    std::string begin();
    std::string make_framebuffer();

    int width_, height_;
    void* library_ = nullptr;  // dlopen's
    void* display_ = nullptr;
    void* context_ = nullptr;
};

}  // namespace synoptic
