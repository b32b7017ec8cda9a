// Writes recordings.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <zlib.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "core/base/packed_bytes.h"
#include "core/base/replacement_file.h"
#include "core/model/compression.h"
#include "core/model/event_pack.h"
#include "core/model/world_codec.h"
#include "core/programs/registry.h"
#include "core/session/recording.h"
#include "core/session/recording_format.h"

namespace synoptic {
namespace {

constexpr int text_level = 3;  // of Zstandard, for payload and sources

std::string little_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(number >> shift));
    return bytes;
}

std::string section(std::string_view name, std::string_view body) {
    uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(name.data()), name.size());
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(body.data()), body.size());
    std::string out(name);
    out += little_endian(static_cast<std::uint32_t>(body.size()));
    out += little_endian(static_cast<std::uint32_t>(crc));
    out += body;
    return out;
}

/** Its length, then its frame: what expand() needs. */
void put_compressed(PackedWriter& out, std::string_view bytes) {
    out.number(bytes.size());
    out.text(compress(bytes, text_level));
}

}  // namespace

std::string RecordingSections::header() {
    return std::string(recording_magic) + little_endian(recording_version) + little_endian(trace_version) + little_endian(world_format);
}

std::string RecordingSections::info(const RecordingNotes& notes) {
    utsname kernel{};
    uname(&kernel);
    const nlohmann::json info = {{"made_by", "synoptic " SYNOPTIC_VERSION},
                                 {"kernel", fmt::format("{} {}", kernel.sysname, kernel.release)},
                                 {"realtime_offset_ns", notes.realtime_offset_ns}};
    return section(section_info, info.dump());
}

std::string RecordingSections::name(std::uint16_t number, const std::string& file, const std::string& source) {
    PackedWriter out;
    out.number(number);
    out.text(file);
    put_compressed(out, source);
    return section(section_name, out.bytes());
}

std::string RecordingSections::chunk(const History& history, EventIndex number) {
    const History::Packed packed = history.packed(number);
    PackedWriter out, links;
    for (const std::int32_t link : packed.links) links.signed_number(link);
    out.number(number);
    out.text(packed.events);
    put_compressed(out, links.bytes());
    put_compressed(out, packed.payload);
    out.number(packed.keyframe_like);
    out.number(packed.keyframe_bytes);
    out.text(packed.keyframe);
    return section(section_chunk, out.bytes());
}

std::string RecordingSections::events(const History& history, EventIndex from, EventIndex to) {
    std::vector<Event> events;
    std::string payload;
    for (EventIndex index = from; index < to; ++index) {
        events.push_back(history.event(index));
        events.back().payload_at = 0;
        payload += history.payload(index);
    }
    PackedWriter out;
    out.number(from);
    out.number(events.size());
    out.text(pack(events));
    put_compressed(out, payload);
    return section(section_events, out.bytes());
}

std::string RecordingSections::bookmarks(const std::vector<Bookmark>& bookmarks) {
    nlohmann::json list = nlohmann::json::array();
    for (const Bookmark& bookmark : bookmarks) list.push_back({{"event", bookmark.event}, {"text", bookmark.text}});
    return section(section_bookmarks, list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string RecordingSections::done(EventIndex events) {
    PackedWriter out;
    out.number(events);
    return section(section_done, out.bytes());
}

std::map<std::string, std::string> sources_of(const History& history) {
    std::map<std::string, std::string> sources;
    for (std::uint16_t number = 1; !history.file(number).empty(); ++number)
        sources[history.file(number)] = source_text(history.file(number));
    return sources;
}

Status save_recording(const std::string& path, const History& history, const RecordingNotes& notes, const RecordingProgress& progress) {
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    if (!file) return file.error();
    // Names first: an event that is there by now has its file's name there, too.
    const EventIndex size = history.size(), chunks = size / History::chunk_events;
    std::string beginning = RecordingSections::header() + RecordingSections::info(notes);
    for (std::uint16_t number = 1; !history.file(number).empty(); ++number) {
        const auto source = notes.sources.find(history.file(number));
        beginning += RecordingSections::name(number, history.file(number), source == notes.sources.end() ? "" : source->second);
    }
    if (Status written = file->write(beginning); !written) return written;
    for (EventIndex number = 0; number < chunks; ++number) {
        if (progress && !progress(static_cast<double>(number) / static_cast<double>(chunks))) return Error{"", ECANCELED, path};
        if (Status written = file->write(RecordingSections::chunk(history, number)); !written) return written;
    }
    if (Status written = file->write(RecordingSections::events(history, chunks * History::chunk_events, size) +
                                     RecordingSections::bookmarks(notes.bookmarks) + RecordingSections::done(size));
        !written)
        return written;
    return file->finish();
}

}  // namespace synoptic
