// The man pages' names for the numbers that calls take: AF_INET, SO_REUSEADDR, MSG_PEEK. Numbers without a name stay numbers.
#pragma once

#include <cstdint>
#include <string>

namespace synoptic {

std::string domain_name(std::int64_t domain);                      // "AF_INET"
std::string socktype_name(std::int64_t type);                      // "SOCK_STREAM|SOCK_CLOEXEC"
std::string protocol_name(std::int64_t protocol);                  // "0", "IPPROTO_TCP"
std::string level_name(std::int64_t level);                        // "SOL_SOCKET"
std::string option_name(std::int64_t level, std::int64_t option);  // "SO_REUSEADDR"
std::string msgflags_text(std::int64_t flags);                     // "0", "MSG_PEEK|MSG_DONTWAIT"
std::string how_name(std::int64_t how);                            // "SHUT_WR"
std::string whence_name(std::int64_t whence);                      // "SEEK_SET"
std::string aiflags_text(std::int64_t flags);                      // "AI_PASSIVE|AI_NUMERICSERV"
std::string niflags_text(std::int64_t flags);                      // "NI_NUMERICHOST"
std::string waitflags_text(std::int64_t flags);                    // "0", "WNOHANG"
const char* gai_error_name(int code);                              // "EAI_NONAME"; null if unknown

}  // namespace synoptic
