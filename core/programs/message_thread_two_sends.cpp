// DEFECTIVE: header and body of the reply are sent by two small sends, without TCP_NODELAY.
//
// Nagle's algorithm (RFC 896) keeps a small segment back while another one is not acknowledged. The receiver delays its
// ACK (RFC 9293, 3.8.6.3), for it hopes to send it along with data; but it has none to send before it has the body. So
// each waits for the other until the receiver's timer ends it: 40 ms on Linux, in each direction.
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/text.h"
#include "core/programs/programs.h"

namespace synoptic {

namespace {

struct Job {
    Sockets* os;
    int connfd;  // a copy for each thread: with a pointer to main's variable, the next accept would change it
    std::string peer;
    std::shared_ptr<std::atomic<int>> active;  // shared by all threads; the last one that ends frees it
};

void serve_in_two_sends(Sockets& os, int connfd, const std::string& peer) {
    std::string body, why;
    while (receive_message(os, connfd, body, why)) {
        os.printf("[%s] %s\n", peer.c_str(), in_quotes(body, 200).c_str());
        std::string reply = message_reply, header = message_header(reply.size());
        if (!send_all(os, connfd, header.data(), header.size()) ||  // goes out at once
            !send_all(os, connfd, reply.data(), reply.size())) {    // waits in the send queue for the header's ACK
            why = strerror(errno);
            break;
        }
        if (body == message_goodbye) {
            why = "the client said \"Disconnect !\"";
            break;
        }
    }
    end_connection(os, connfd, peer, why);
}

void* serve_client(void* argument) {
    Job job = *(Job*)argument;
    delete (Job*)argument;
    Sockets& os = *job.os;
    os.pthread_detach(pthread_self());             // nobody will join us
    serve_in_two_sends(os, job.connfd, job.peer);  // closes connfd
    --*job.active;
    return nullptr;
}

}  // namespace

int message_thread_two_sends(Sockets& os, const ServerArguments& arguments) {
    int listenfd = start_listening(os, arguments);
    if (listenfd < 0) return 1;

    auto active = std::make_shared<std::atomic<int>>(0);  // the threads that there are, less this one
    for (;;) {
        sockaddr_storage cliaddr;
        socklen_t clilen = sizeof cliaddr;  // read and written by accept
        int connfd = os.accept(listenfd, (SA*)&cliaddr, &clilen);
        if (connfd < 0) {
            if (accept_again(os)) continue;
            break;
        }
        std::string peer = peer_name(os, (SA*)&cliaddr, clilen);
        os.printf("[NEW CONNECTION] %s connected\n", peer.c_str());
        os.printf("[ACTIVE CONNECTIONS] %d\n", ++*active);

        pthread_t thread;
        Job* job = new Job{&os, connfd, peer, active};  // the thread deletes it
        int error = os.pthread_create(&thread, nullptr, serve_client, job);
        if (error != 0) {   // EAGAIN: no more threads. This client is turned away, the server goes on
            errno = error;  // POSIX threads return the error and leave errno alone
            os.perror("pthread_create");
            os.close(connfd);
            delete job;
            --*active;
        }
    }
    os.close(listenfd);
    return 0;
}

}  // namespace synoptic
