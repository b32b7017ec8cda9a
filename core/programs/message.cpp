// message: the part that the message servers and their client share (system B). A message is a header of 64 bytes, which
// says how long the body is, and the body.
//
// TCP is a stream of bytes and keeps no boundaries. What one send wrote may come in several recvs, and what several
// sends wrote in one; so header and body are each received to their full length, whatever the segments.
#include <cerrno>
#include <cstring>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

bool send_message(Sockets& os, int fd, const std::string& body) {
    std::string message = message_header(body.size()) + body;
    return send_all(os, fd, message.data(), message.size());  // in one go: two small sends would wait for an ACK between
}

/** Receives header or body; false with `why` if fewer bytes came. */
static bool receive_part(Sockets& os, int fd, char* data, size_t length, const char* part, std::string& why) {
    ssize_t n = recv_all(os, fd, data, length);
    if (n == (ssize_t)length) return true;
    std::string there_were = std::to_string(n) + " of " + std::to_string(length) + " bytes of the " + part;
    if (n < 0) {
        why = std::string("recv: ") + strerror(errno);  // ECONNRESET: the connection was broken off
    } else if (os.stopping()) {
        why = "this program was stopped";  // its own sockets were shut down
    } else if (n == 0 && strcmp(part, "header") == 0) {
        why = "end of file without \"Disconnect !\"";  // between two messages
    } else {
        why = "end of file after " + there_were;  // in the middle of one
    }
    return false;
}

bool receive_message(Sockets& os, int fd, std::string& body, std::string& why) {
    char header[message_header_bytes];
    size_t length;
    if (!receive_part(os, fd, header, sizeof header, "header", why)) return false;
    if (!read_message_header(header, length, why)) return false;
    body.resize(length);
    return receive_part(os, fd, body.data(), length, "body", why);
}

void serve_messages(Sockets& os, int connfd, const std::string& peer) {
    std::string body, why;
    while (receive_message(os, connfd, body, why)) {
        os.printf("[%s] %s\n", peer.c_str(), in_quotes(body, 200).c_str());
        if (!send_message(os, connfd, message_reply)) {
            why = std::string("send: ") + strerror(errno);
            break;
        }
        if (body == message_goodbye) {
            why = "the client said \"Disconnect !\"";
            break;
        }
    }
    end_connection(os, connfd, peer, why);
}

void end_connection(Sockets& os, int connfd, const std::string& peer, const std::string& why) {
    os.printf("[DISCONNECTED] %s: %s\n", peer.c_str(), why.c_str());
    os.note(connfd, why.c_str());  // for whoever looks at the connection later
    os.close(connfd);
}

}  // namespace synoptic
