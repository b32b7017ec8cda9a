// Opens bytes as a recording, and looks at what there is as the app does: any moment, every payload, every link. Checksums are made right first, or no
// changed byte would get past them.
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/model/world_codec.h"
#include "core/session/recording.h"
#include "core/session/recording_format.h"
#include "core/trace/format.h"

namespace {

using namespace synoptic;

constexpr EventIndex most_looks = 100;  // at single events: more of them tell nothing new

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (int byte = 3; byte >= 0; --byte) number = number << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(byte)]);
    return number;
}

void put_number(std::string& bytes, std::size_t at, std::uint32_t number) {
    for (std::size_t byte = 0; byte < 4; ++byte) bytes[at + byte] = static_cast<char>(number >> 8 * byte);
}

void make_checksums_right(std::string& bytes) {
    for (std::size_t at = recording_header_bytes; at + section_header_bytes <= bytes.size();) {
        const std::uint64_t size = number_at(bytes, at + 4);
        if (bytes.size() - at - section_header_bytes < size) return;
        const auto* data = reinterpret_cast<const Bytef*>(bytes.data());
        uLong crc = crc32_z(0, data + at, 4);
        crc = crc32_z(crc, data + at + section_header_bytes, size);
        put_number(bytes, at + 8, static_cast<std::uint32_t>(crc));
        at += section_header_bytes + size;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.size() >= recording_header_bytes) {
        // Any version would be refused, most magic words too.
        bytes.replace(0, recording_magic.size(), recording_magic);
        put_number(bytes, 8, recording_version);
        put_number(bytes, 12, trace_version);
        put_number(bytes, 16, world_format);
        make_checksums_right(bytes);
    }
    const Result<Recording> recording = read_recording(bytes, "it");
    if (!recording) {
        if (recording.error().detail.rfind("it: ", 0) != 0) std::abort();
        return 0;
    }
    const History& history = *recording->history;
    const EventIndex events = history.size();
    if (history.latest().events != events) std::abort();
    World world;
    for (EventIndex index = 0; index < events && index < most_looks; ++index) {
        const Event event = history.event(index);
        const std::string_view payload = history.payload(index);
        (void)history.exit_of(index, events);
        (void)history.enter_of(index);
        (void)print_fact({event, payload});
        apply(world, event, payload);
    }
    // What is told to be a keyframe need not be the fold; it must be a World all the same.
    for (EventIndex index = 0; index < events; index += 1 + events / 3) (void)encode(history.at(index));
    return 0;
}
