#include "core/cli/prompt.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#ifdef SYNOPTIC_LIBEDIT
#include <editline/readline.h>
#endif

namespace synoptic {

namespace {
constexpr const char* prompt = "kv> ";
}

bool is_interactive() {
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

#ifdef SYNOPTIC_LIBEDIT

bool read_prompted(std::string& line) {
    char* typed = readline(prompt);
    if (!typed) return false;
    line = typed;
    if (!line.empty()) add_history(typed);
    std::free(typed);
    line += '\n';
    return true;
}

#else

bool read_prompted(std::string& line) {
    std::fputs(prompt, stdout);
    std::fflush(stdout);
    line.clear();
    for (int c; (c = std::getchar()) != EOF;) {
        line += static_cast<char>(c);
        if (c == '\n') return true;
    }
    return !line.empty();
}

#endif

}  // namespace synoptic
