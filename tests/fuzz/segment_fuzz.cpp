// libFuzzer's target for packets: tests/fuzz/run builds and starts it.
#include "tests/fuzz/packet_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    synoptic::read_packets({data, size});
    return 0;
}
