// How an Error reads as one sentence.
#include "core/base/result.h"

#include <cstring>

namespace synoptic {

std::string Error::text() const {
    std::string said;
    // strerrordesc_np is strerror without the locale, and safe to call from several threads.
    if (err != 0) {
        const char* description = strerrordesc_np(err);
        said = description ? description : "errno " + std::to_string(err);
    }
    if (!detail.empty()) said += said.empty() ? detail : " (" + detail + ")";
    if (call.empty()) return said.empty() ? "unknown error" : said;
    return said.empty() ? call + " failed" : call + ": " + said;
}

}  // namespace synoptic
