// A client of system B in a dozen lines, for tests: made of plain system calls and of B's facts alone, not of the programs' own framing.
#pragma once

#include <string>

#include "server_under_test.h"

namespace synoptic {

inline const std::string acknowledgement = "Message received successfully....";

/** "5" and 63 spaces. */
inline std::string header_of(const std::string& number) {
    return number + std::string(64 - number.size(), ' ');
}

inline std::string framed(const std::string& body) {
    return header_of(std::to_string(body.size())) + body;
}

/** True if one reply comes, as B has it: header and text. */
inline bool acknowledged(PlainClient& client) {
    return client.receive(64 + acknowledgement.size()) == framed(acknowledgement);
}

inline bool says(PlainClient& client, const std::string& body) {
    return client.send(framed(body)) && acknowledged(client);
}

}  // namespace synoptic
