// Writes the fuzzer's first recordings into a folder, in the form that its target reads. Usage: recording_seeds FOLDER
#include <fmt/format.h>

#include <cstdio>

#include "core/programs/registry.h"
#include "core/session/recording.h"
#include "tests/model/story.h"

namespace synoptic {

// No program is linked here: none has a source.
std::string_view source_text(std::string_view) {
    return {};
}

namespace {

void say(EchoStory& story, int times) {
    for (int time = 0; time < times; ++time) {
        story.enter(story.client, EventKind::send, {.fd = 10, .a = 3, .payload = "hi\n"});
        story.exit(story.client, EventKind::send, {.fd = 10, .value = 3});
    }
}

bool write_seeds(const std::string& folder) {
    const RecordingNotes notes{.bookmarks = {{3, "x"}}, .sources = {{"a.cpp", "int main() {}"}}};
    EchoStory echo;  // a chunk, and some events behind it
    echo.history.intern_file("a.cpp");
    echo.connect_and_accept();
    say(echo, 1);
    EchoStory forks;  // many chunks, whose keyframes are changes of others
    for (int nth = 1; nth <= 2; ++nth) {
        const auto port = static_cast<std::uint16_t>(40000 + nth);
        forks.connect_and_accept(7000 + 10 * static_cast<std::uint64_t>(nth), port);
        const ActorId child = forks.fork(forks.server, nth, 200 + nth, forks.server_program, static_cast<std::uint32_t>(10 + nth));
        forks.close(forks.server, 4);
        say(forks, 2);
        forks.close(child, 4);
        forks.close(forks.client, 10);
    }
    EchoStory few;
    few.history.intern_file("b.cpp");
    return save_recording(folder + "/echo", echo.history, notes) && save_recording(folder + "/forks", forks.history, {}) &&
           save_recording(folder + "/few", few.history, notes);
}

}  // namespace
}  // namespace synoptic

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    if (synoptic::write_seeds(argv[1])) return 0;
    std::fputs("recording_seeds: the seeds can't be written\n", stderr);
    return 1;
}
