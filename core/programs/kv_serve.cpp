// kv_serve: the talk of a key-value server with one client.
//
// What recv returns is a piece of a stream: half a line, or several lines. So bytes are kept until their line feed has come,
// and all whole lines are answered, in order, by as few sends as possible.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <time.h>

#include <cerrno>
#include <cstring>

#include "core/programs/kv.h"

namespace synoptic {

static const size_t replies_at_once = 64 << 10;  // a client may ask for many long values and read none of them

static long ms_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** Lets recv (SO_RCVTIMEO) or send (SO_SNDTIMEO) fail with EAGAIN after so long. */
static void set_patience(Sockets& os, int connfd, int which, long ms) {
    timeval patience = {ms / 1000, ms % 1000 * 1000};
    os.setsockopt(connfd, SOL_SOCKET, which, &patience, sizeof patience);
}

struct Talk {
    std::string received;   // not answered yet: the beginning of a line, once all whole lines are answered
    std::string replies;    // not sent yet
    bool too_long = false;  // the line that is coming is: it is thrown away up to its end
    bool bye = false;
};

/** Sends the replies. False if the connection broke, or the client takes none of them for too long. */
static bool send_replies(Sockets& os, int connfd, const ServerLimits& limits, std::string& replies) {
    bool sent = send_all(os, connfd, replies.data(), replies.size());
    if (!sent && (errno == EAGAIN || errno == EWOULDBLOCK)) os.printf("no reply was taken for %d seconds\n", limits.idle_seconds);
    replies.clear();
    return sent;
}

/** Answers the lines that have come whole. False if the connection broke. */
static bool answer_lines(Sockets& os, int connfd, Pairs& pairs, const ServerLimits& limits, Talk& talk) {
    const std::string too_long = "ERROR line too long: at most " + std::to_string(limits.line_bytes) + " bytes\n";
    size_t begin = 0, end;
    while (!talk.bye && (end = talk.received.find('\n', begin)) != std::string::npos) {
        std::string_view line = std::string_view(talk.received).substr(begin, end - begin);
        begin = end + 1;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (talk.too_long || line.size() > limits.line_bytes) {
            talk.replies += too_long;
        } else {
            talk.replies += answer(pairs, line) + '\n';
            talk.bye = parse_request(line).kind == KvRequest::Kind::bye;
        }
        talk.too_long = false;
        if (talk.replies.size() < replies_at_once) continue;
        if (!send_replies(os, connfd, limits, talk.replies)) return false;
    }
    talk.received.erase(0, begin);
    if (talk.too_long || talk.received.size() > limits.line_bytes + 1) {  // a CR may stand behind
        talk.too_long = true;
        talk.received.clear();
    }
    return talk.replies.empty() || send_replies(os, connfd, limits, talk.replies);
}

static void end_idle(Sockets& os, int connfd, const ServerLimits& limits) {
    std::string farewell = "ERROR no request for " + std::to_string(limits.idle_seconds) + " seconds\n";
    send_all(os, connfd, farewell.data(), farewell.size());
}

void serve_kv(Sockets& os, int connfd, Pairs& pairs, const ServerLimits& limits) {
    int on = 1;  // a reply is to go at once, though one before it is not acknowledged yet (Nagle's algorithm)
    os.setsockopt(connfd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    long idle_ms = limits.idle_seconds * 1000L;
    long patience_ms = idle_ms;                          // of recv, as it is set
    set_patience(os, connfd, SO_RCVTIMEO, patience_ms);  // a silent client must not stay for ever,
    set_patience(os, connfd, SO_SNDTIMEO, idle_ms);      // nor one that asks and does not read

    Talk talk;
    long last_request = ms_now();
    while (!talk.bye) {
        char buf[16384];
        ssize_t n = os.recv(connfd, buf, sizeof buf, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return end_idle(os, connfd, limits);
        if (n < 0) os.perror("recv");  // ECONNRESET: the client has broken the connection off
        if (n <= 0) return;            // half a line that was left behind is no request

        bool whole = memchr(buf, '\n', (size_t)n) != nullptr;
        talk.received.append(buf, (size_t)n);
        if (!answer_lines(os, connfd, pairs, limits, talk)) return;
        // One byte a minute keeps recv busy, too: what counts is whole requests.
        if (whole) last_request = ms_now();
        long rest_ms = whole ? idle_ms : last_request + idle_ms - ms_now();
        if (rest_ms <= 0) return end_idle(os, connfd, limits);
        if (rest_ms != patience_ms) set_patience(os, connfd, SO_RCVTIMEO, patience_ms = rest_ms);
    }
}

void turn_away(Sockets& os, int connfd, const ServerLimits& limits) {
    std::string text = "ERROR too many clients: at most " + std::to_string(limits.clients) + "\n";
    send_all(os, connfd, text.data(), text.size());
    os.close(connfd);
}

}  // namespace synoptic
