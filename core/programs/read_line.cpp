// read_line: a whole line of the user's, however long. fgets(3) gives it in pieces as large as the buffer.
#include "core/programs/programs.h"

namespace synoptic {

bool read_line(Sockets& os, std::string& line) {
    line.clear();
    char piece[1024];
    while (line.size() + sizeof piece <= message_body_limit && os.fgets(piece, sizeof piece) != nullptr) {
        line += piece;
        if (!line.empty() && line.back() == '\n') {
            line.pop_back();  // the newline ended the line; it is no part of the message
            return true;
        }
    }
    return !line.empty();  // the last line of a file may have no newline
}

}  // namespace synoptic
