#include "core/wire/pcapng.h"

#include <algorithm>

#include "core/base/replacement_file.h"

namespace synoptic {
namespace {

enum : std::uint32_t { block_section_header = 0x0a0d0d0a, block_interface = 1, block_enhanced_packet = 6 };
enum : std::uint16_t {
    option_end_of_options = 0,
    option_comment = 1,
    option_if_name = 2,
    option_epb_flags = 2,
    option_if_description = 3,
    option_shb_user_application = 4,
    option_if_time_resolution = 9,
};
constexpr std::uint16_t linktype_raw = 101;  // begins with an IPv4 or IPv6 header
constexpr std::uint32_t inbound_flag = 1, outbound_flag = 2;
constexpr std::size_t most_comment_bytes = 65'000;

/** A block: its type, its length at both ends, its body between; everything little-endian and padded to 32 bits. */
class Block {
   public:
    explicit Block(std::uint32_t type) {
        put32(type);
        put32(0);
    }
    void put16(std::uint16_t value) {
        for (int shift = 0; shift < 16; shift += 8) bytes_ += static_cast<char>(value >> shift);
    }
    void put32(std::uint32_t value) {
        for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(value >> shift);
    }
    void put_padded(const char* data, std::size_t size) {
        bytes_.append(data, size);
        while (bytes_.size() % 4 != 0) bytes_ += '\0';
    }
    void option(std::uint16_t code, const std::string& value) {
        put16(code);
        put16(static_cast<std::uint16_t>(value.size()));
        put_padded(value.data(), value.size());
    }
    std::string finish() {
        option(option_end_of_options, {});
        const auto length = static_cast<std::uint32_t>(bytes_.size() + 4);
        for (int at = 0; at < 4; ++at) bytes_[static_cast<std::size_t>(4 + at)] = static_cast<char>(length >> (8 * at));
        put32(length);
        return std::move(bytes_);
    }

   private:
    std::string bytes_;
};

std::string section_header() {
    Block block(block_section_header);
    block.put32(0x1a2b3c4d);  // tells the byte order
    block.put16(1);           // version 1.0
    block.put16(0);
    block.put32(0xffffffff);  // the section's length is not told
    block.put32(0xffffffff);
    block.option(option_shb_user_application, "Synoptic");
    return block.finish();
}

std::string interface_of(Host host) {
    Block block(block_interface);
    block.put16(linktype_raw);
    block.put16(0);
    block.put32(0);  // packets are not cut
    block.option(option_if_name, addresses_of(host).name);
    block.option(option_if_description, std::string(addresses_of(host).ipv4) + ", " + addresses_of(host).ipv6);
    block.option(option_if_time_resolution, std::string(1, '\x09'));  // 10⁻⁹ s
    return block.finish();
}

std::string packet(const CaptureRecord& record) {
    Block block(block_enhanced_packet);
    block.put32(static_cast<std::uint32_t>(index_of(record.host)));
    block.put32(static_cast<std::uint32_t>(record.time_ns >> 32));
    block.put32(static_cast<std::uint32_t>(record.time_ns));
    const auto kept_bytes = static_cast<std::uint32_t>(record.bytes.size());
    block.put32(kept_bytes);
    block.put32(std::max(kept_bytes, record.original_length_bytes));
    block.put_padded(reinterpret_cast<const char*>(record.bytes.data()), record.bytes.size());
    std::string flags(4, '\0');
    flags[0] = static_cast<char>(record.outbound ? outbound_flag : inbound_flag);
    block.option(option_epb_flags, flags);
    if (!record.comment.empty()) block.option(option_comment, record.comment.substr(0, most_comment_bytes));
    if (!record.process.empty()) block.option(option_comment, ("process: " + record.process).substr(0, most_comment_bytes));
    return block.finish();
}

std::string beginning() {
    return section_header() + interface_of(Host::client) + interface_of(Host::server);
}

}  // namespace

std::string to_pcapng(std::span<const CaptureRecord> records) {
    std::string file = beginning();
    for (const CaptureRecord& record : records) file += packet(record);
    return file;
}

Result<PcapngFile> PcapngFile::begin(const std::string& path) {
    Result<ReplacementFile> file = ReplacementFile::begin(path);
    if (!file) return file.error();
    if (const Status written = file->write(beginning()); !written) return written.error();
    return PcapngFile(std::move(*file));
}

Status PcapngFile::add(const CaptureRecord& record) {
    return file_.write(packet(record));
}

Status PcapngFile::finish() {
    return file_.finish();
}

Status write_pcapng(const std::string& path, std::span<const CaptureRecord> records) {
    Result<PcapngFile> file = PcapngFile::begin(path);
    if (!file) return file.error();
    for (const CaptureRecord& record : records) {
        if (const Status written = file->add(record); !written) return written;
    }
    return file->finish();
}

}  // namespace synoptic
