// UTF-8 (RFC 3629), as far as it takes to cut a text between its characters.
#pragma once

namespace synoptic {

/** True for a byte that goes on with a character, as all but the first of each do. */
inline bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

}  // namespace synoptic
