// Reads recordings. Nothing in a file is believed: lengths are held against what is there, sections against their checksums.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>

#include "core/base/packed_bytes.h"
#include "core/model/compression.h"
#include "core/model/event_pack.h"
#include "core/model/world_codec.h"
#include "core/session/recording.h"
#include "core/session/recording_format.h"

namespace synoptic {
namespace {

constexpr std::uint64_t most_expanded_bytes = std::uint64_t{1} << 30;  // of one part: a file's word is not taken for more

std::uint64_t half_of_memory() {
    return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

class Reader {
   public:
    Reader(std::string_view bytes, const std::string& path, std::uint64_t most_bytes)
        : bytes_(bytes), path_(path), left_bytes_(most_bytes) {}

    Result<Recording> read() {
        if (Status header = read_header(); !header) return header.error();
        recording_.history = std::make_unique<History>();
        std::size_t at = recording_header_bytes;
        while (at < bytes_.size()) {
            const std::size_t left = bytes_.size() - at;
            const std::uint64_t size = left < section_header_bytes ? 0 : little_endian(bytes_.substr(at + 4, 4));
            if (left < section_header_bytes + size || left < section_header_bytes) break;  // cut off
            const std::string_view name = bytes_.substr(at, 4), body = bytes_.substr(at + section_header_bytes, size);
            uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(name.data()), name.size());
            crc = crc32_z(crc, reinterpret_cast<const Bytef*>(body.data()), body.size());
            const bool whole = crc == little_endian(bytes_.substr(at + 8, 4));
            if (!whole || !read_section(name, body)) {
                damage_ = damage(name, at);
                break;
            }
            at += section_header_bytes + size;
        }
        finish_events();
        const EventIndex size = recording_.history->size();
        if (size == 0 && !damage_.empty()) return error("this recording is damaged: " + damage_);
        if (!damage_.empty())
            recording_.remark = fmt::format("{}: this recording is damaged: {}; its first {} events could be read", path_, damage_, size);
        else if (!done_ || promised_ != size)
            recording_.remark = fmt::format("{}: this recording was cut off; its first {} events are there", path_, size);
        return std::move(recording_);
    }

   private:
    /** A part that was compressed. Few bytes may hold many parts, each of which is small enough: what all come to has its limit, too (std::bad_alloc). */
    std::string get_compressed(PackedReader& in, std::uint64_t most_bytes = most_expanded_bytes) {
        const std::uint64_t size = in.number();
        const std::string_view packed = in.text();
        if (size > most_bytes || size > packed.size() * most_times_smaller) {
            in.fail();
            return {};
        }
        if (size > left_bytes_) throw std::bad_alloc();
        left_bytes_ -= size;
        std::optional<std::string> bytes = expand(packed, size);
        if (!bytes) in.fail();
        return bytes ? std::move(*bytes) : std::string();
    }

    Error error(std::string what) const { return Error{"", EINVAL, fmt::format("{}: {}", path_, what)}; }
    static std::string damage(std::string_view section, std::size_t at) {
        const bool is_name = std::all_of(section.begin(), section.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        return fmt::format("the section {}at byte {} is not what was written", is_name ? fmt::format("{} ", section) : "", at);
    }

    Status read_header() {
        const std::size_t known = std::min(bytes_.size(), recording_magic.size());
        if (bytes_.empty() || bytes_.substr(0, known) != recording_magic.substr(0, known))
            return error("this is not a recording of Synoptic");
        if (bytes_.size() < recording_header_bytes) return error("this recording was cut off before its first event");
        const std::uint32_t version = little_endian(bytes_.substr(8, 4)), trace = little_endian(bytes_.substr(12, 4));
        if (version > recording_version || trace > trace_version)
            return error(fmt::format("this recording was made by a newer Synoptic (format {}.{}; this one reads up to {}.{})", version,
                                     trace, recording_version, trace_version));
        if (version == 0 || trace != trace_version)
            return error(fmt::format("this recording's format {}.{} can't be read any more (this one reads {}.{})", version, trace,
                                     recording_version, trace_version));
        knows_keyframes_ = little_endian(bytes_.substr(16, 4)) == world_format;
        return Done{};
    }

    bool read_section(std::string_view name, std::string_view body) {
        PackedReader in(body);
        if (name == section_info) return read_info(body);
        if (name == section_bookmarks) return read_bookmarks(body);
        if (name == section_name) return read_name(in);
        if (name == section_chunk) return read_chunk(in);
        if (name == section_events) return read_events(in);
        if (name == section_done) {
            promised_ = in.number();
            done_ = !in.failed();
            return done_;
        }
        return true;  // of a later version that says nothing which must be known
    }

    bool read_info(std::string_view body) {
        const auto info = nlohmann::json::parse(body, nullptr, false);
        if (!info.is_object()) return false;
        if (const auto by = info.find("made_by"); by != info.end() && by->is_string()) recording_.made_by = by->get<std::string>();
        if (const auto offset = info.find("realtime_offset_ns"); offset != info.end() && offset->is_number_unsigned())
            recording_.notes.realtime_offset_ns = offset->get<std::uint64_t>();
        return true;
    }

    bool read_bookmarks(std::string_view body) {
        const auto list = nlohmann::json::parse(body, nullptr, false);
        if (!list.is_array()) return false;
        recording_.notes.bookmarks.clear();
        for (const auto& each : list) {
            if (!each.is_object() || !each.contains("event") || !each["event"].is_number_unsigned()) return false;
            Bookmark bookmark{each["event"].get<EventIndex>(), {}};
            if (each.contains("text") && each["text"].is_string()) bookmark.text = each["text"].get<std::string>();
            recording_.notes.bookmarks.push_back(std::move(bookmark));
        }
        return true;
    }

    bool read_name(PackedReader& in) {
        const std::uint64_t number = in.number();
        const std::string file(in.text());
        std::string source = get_compressed(in);
        if (in.failed() || !in.at_end()) return false;
        if (recording_.history->file(static_cast<std::uint16_t>(number)) != file && recording_.history->intern_file(file) != number)
            return false;
        if (!source.empty()) recording_.notes.sources[file] = std::move(source);
        return true;
    }

    bool read_chunk(PackedReader& in) {
        const std::uint64_t number = in.number();
        History::Packed chunk;
        chunk.events = in.text();
        const std::string links = get_compressed(in, History::chunk_events * most_number_bytes);
        PackedReader link(links);
        while (!link.at_end()) {
            const std::int64_t on = link.signed_number();
            chunk.links.push_back(on >= INT32_MIN && on <= INT32_MAX ? static_cast<std::int32_t>(on) : 0);
        }
        chunk.payload = get_compressed(in);
        chunk.keyframe_like = in.number();
        chunk.keyframe_bytes = in.number();
        chunk.keyframe = in.text();
        if (!knows_keyframes_) {
            chunk.keyframe.clear();
            chunk.keyframe_bytes = 0;
        }
        // A chunk holds all that was told in pieces before: what was kept of those is dropped.
        if (in.failed() || !in.at_end() || number * History::chunk_events != recording_.history->size()) return false;
        pieces_.clear();
        return recording_.history->adopt(std::move(chunk));
    }

    /** Pieces wait: a chunk may come that holds them all. */
    bool read_events(PackedReader& in) {
        Piece piece;
        piece.from = in.number();
        const std::uint64_t count = in.number();
        const std::string_view packed = in.text();
        piece.payload = get_compressed(in);
        if (in.failed() || !in.at_end() || count > History::chunk_events) return false;
        if (piece.from != recording_.history->size() + pieces_events()) return false;
        piece.events.resize(count);
        if (!unpack(packed, piece.events)) return false;
        std::size_t payload_bytes = 0;
        for (const Event& event : piece.events) payload_bytes += event.payload_bytes;
        if (payload_bytes != piece.payload.size()) return false;
        pieces_.push_back(std::move(piece));
        return pieces_events() < 2 * History::chunk_events;
    }

    EventIndex pieces_events() const {
        EventIndex sum = 0;
        for (const Piece& piece : pieces_) sum += piece.events.size();
        return sum;
    }

    void finish_events() {
        recording_.history->adopted();
        for (const Piece& piece : pieces_) {
            std::string_view payload = piece.payload;
            for (const Event& event : piece.events) {
                recording_.history->append(event, payload.substr(0, event.payload_bytes));
                payload.remove_prefix(event.payload_bytes);
            }
        }
    }

    struct Piece {
        EventIndex from = 0;
        std::vector<Event> events;
        std::string payload;
    };

    std::string_view bytes_;
    const std::string& path_;
    std::uint64_t left_bytes_;  // that may still be expanded
    Recording recording_;
    std::vector<Piece> pieces_;  // behind the last chunk
    bool knows_keyframes_ = true;
    std::string damage_;
    bool done_ = false;
    EventIndex promised_ = 0;
};

}  // namespace

Result<Recording> read_recording(std::string_view bytes, const std::string& path, std::uint64_t most_bytes) {
    try {
        return Reader(bytes, path, most_bytes == 0 ? half_of_memory() : most_bytes).read();
    } catch (const std::bad_alloc&) {
        return Error{"", ENOMEM, path + ": this recording needs more memory than there is"};
    }
}

Result<Recording> load_recording(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno_error("open", path);
    struct stat status {};
    std::string bytes;
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        return Error{"open", EISDIR, path};
    }
    if (S_ISREG(status.st_mode)) bytes.reserve(static_cast<std::size_t>(status.st_size));
    char block[1 << 16];
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0) {
            bytes.append(block, static_cast<std::size_t>(got));
            // Something else may have no end.
            if (bytes.size() >= recording_magic.size() && !bytes.starts_with(recording_magic)) break;
        }
    const int failed = got < 0 ? errno : 0;
    close(fd);
    if (failed != 0) return Error{"read", failed, path};
    return read_recording(bytes, path);
}

}  // namespace synoptic
