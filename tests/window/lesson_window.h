// A small lesson in the window, and where it is.
#pragma once

#include <fstream>

#include "tests/window/window_harness.h"

namespace synoptic::window {

namespace fs = std::filesystem;

inline constexpr int step_limit_ms = 60'000;  // other tests may load the machine

inline constexpr const char* small_lesson = R"(# A small lesson

Two programs, one question.

```lesson
network loopback
```

```notes
Say hello to the class.
```

## An echo

```show
stage, code
```

```do
start echo_iterative
connect Ann to server
Ann says "hello"
```

```expect
Ann printed "hello"
```

## How many

```question
How many clients run now?

- [ ] None
- [x] One => 1 clients run
- [ ] Two => 2 clients run

Ann is still there.
```

```question
How many bytes has Ann sent?

= Ann sent ? bytes

Five letters and a newline.
```

## The end

```show
stage
```

That was it.
)";

inline std::string state_of(const App& app) {
    return app.dump().at("lesson").value("state", "");
}
inline std::size_t step_of(const App& app) {
    return app.dump().at("lesson").value("step", std::size_t{0});
}
/** It stands still: the user is to do something. */
inline bool waits_for_user(const App& app) {
    const Json& lesson = app.dump().at("lesson");
    const std::string state = state_of(app);
    if (!lesson.value("open", false) || lesson.value("hurries", false)) return false;
    return state == "waits for an answer" || state == "waits for next" || state == "failed" || state == "ended" ||
           state == "can't be played here";
}
inline void wait_for_user(App& app) {
    app.wait_until("the lesson waits for its user", waits_for_user, step_limit_ms);
}
/** At this step, and waiting for the user there. */
inline void wait_for_step(App& app, std::size_t step) {
    app.wait_until(
        "step " + std::to_string(step), [&](const App& a) { return step_of(a) == step && waits_for_user(a); }, step_limit_ms);
}
/** Each test has its lesson in a file of its own. */
class LessonWindow : public WindowTest {
   protected:
    void SetUp() override {
        WindowTest::SetUp();
        write(small_lesson);
    }
    fs::path file() const { return folder() / "07-small.md"; }
    void write(const std::string& text) const { std::ofstream(file()) << text; }
    static std::string replaced(std::string text, const std::string& what, const std::string& by) {
        text.replace(text.find(what), what.size(), by);
        return text;
    }
    App& open_small() {
        App& app = start({file().string()});
        wait_for_step(app, 0);
        return app;
    }
};

}  // namespace synoptic::window
