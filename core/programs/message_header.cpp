// The header of a message: 64 bytes that say how many bytes of body follow, in decimal ASCII, padded with spaces.
//
//   |5                                                               |hello|
//    <-------------------------- 64 bytes -------------------------->
//
// What comes from the network is believed only after it was looked at: it may be no number, or one that nobody has
// memory for.
#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

std::string message_header(size_t length) {
    std::string header = std::to_string(length);
    header.resize(message_header_bytes, ' ');
    return header;
}

bool read_message_header(const char* header, size_t& length, std::string& why) {
    std::string_view text(header, message_header_bytes);
    size_t begin = text.find_first_not_of(' ');  // the padding may stand on either side
    size_t end = text.find_last_not_of(' ');
    std::string_view digits = begin == text.npos ? text.substr(0, 0) : text.substr(begin, end - begin + 1);

    bool is_number = !digits.empty();
    length = 0;
    for (char c : digits) {
        if (c < '0' || c > '9') {
            is_number = false;
        } else if (length <= message_body_limit) {  // past the limit more digits change nothing, but could overflow
            length = length * 10 + (size_t)(c - '0');
        }
    }
    if (!is_number) {
        why = "the header is no number: " + in_quotes(digits);
        return false;
    }
    if (length > message_body_limit) {
        why = "the header announces more than 1 MiB: " + in_quotes(digits);
        return false;
    }
    return true;
}

}  // namespace synoptic
