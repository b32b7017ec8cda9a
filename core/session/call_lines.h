// Where a program's source makes traced calls: the only lines at which it can be stopped.
#pragma once

#include <string_view>
#include <vector>

namespace synoptic {

/** The lines, from 1, in order, on which a traced call stands: `os.accept(…)`, or one of a store's that makes such calls in its caller's name
    (`pairs.put(…)`). Comments and strings do not count. */
std::vector<int> call_lines(std::string_view source);

}  // namespace synoptic
