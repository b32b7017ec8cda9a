// libFuzzer's target for requests: tests/fuzz/run builds and starts it.
#include "tests/fuzz/kv_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    synoptic::read_requests({reinterpret_cast<const char*>(data), size});
    return 0;
}
