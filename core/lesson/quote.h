// Quotes: a line of a program's own source, found by what stands in it. Nothing is pasted: what is shown is what runs.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/lesson/lesson.h"

namespace synoptic {

/** "echo_iterative: os.accept(", "echo: os.recv( … return;". The error says that there is no such file or line, or names the lines if there are several. */
Result<QuoteBlock> find_quote(std::string_view text);

}  // namespace synoptic
