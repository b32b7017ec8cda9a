// Writes packets as pcapng (IETF draft-ietf-opsawg-pcapng), which Wireshark and tshark read.
//
//   section header │ interface 0 "client host" │ interface 1 "server host" │ enhanced packet │ enhanced packet │ …
//
// A packet that both hosts saw stands there twice: outbound on its sender's interface, inbound on its receiver's. One that was dropped on the wire stands
// on its sender's only. Process names are written as comments: Wireshark 4.0 reads no block that holds them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/replacement_file.h"
#include "core/base/result.h"
#include "core/wire/host.h"

namespace synoptic {

struct CaptureRecord {
    Host host = Host::client;                 // whose interface saw it
    std::uint64_t time_ns = 0;                // since 1970
    std::vector<std::uint8_t> bytes{};        // the IP packet, or its first part
    bool outbound = true;                     // the host sent it
    std::string comment{};                    // empty: none. UTF-8; cut after 65,000 bytes
    std::string process{};                    // whose socket it is on this host, "echo_fork (4101)"; empty: not known
    std::uint32_t original_length_bytes = 0;  // of a packet that was kept in part only: its whole length
};

/** The whole file's bytes. Records should be in the order of their times. */
std::string to_pcapng(std::span<const CaptureRecord> records);

/** Writes such a file packet by packet. What was there stays as it was until finish(). */
class PcapngFile {
   public:
    /** The errors of open(2), write(2) and rename(2) name the path; so below. */
    static Result<PcapngFile> begin(const std::string& path);
    /** Records should be in the order of their times. */
    Status add(const CaptureRecord& record);
    Status finish();

   private:
    explicit PcapngFile(ReplacementFile file) : file_(std::move(file)) {}
    ReplacementFile file_;
};

/** Writes that file in place of one that is there; that stays as it was if anything fails. The errors of open(2), write(2) and rename(2) name the path. */
Status write_pcapng(const std::string& path, std::span<const CaptureRecord> records);

}  // namespace synoptic
