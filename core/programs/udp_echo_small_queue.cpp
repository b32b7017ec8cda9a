// DEFECTIVE: the receive queue has room for a few datagrams only.
//
// A datagram that finds the queue full is thrown away by the receiver's kernel. The sender is not told: its sendto has
// returned long ago, and UDP has no window that would hold it back. TCP's flow control is for that.
#include "core/programs/programs.h"

namespace synoptic {

int udp_echo_small_queue(Sockets& os, const ServerArguments& arguments) {
    int fd = open_dgramfd(os, arguments.address, arguments.port);
    if (fd < 0) return 1;
    int room = 1;  // Linux takes the least that it allows, 2304 bytes with its own overhead in them (socket(7))
    if (os.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0) os.perror("setsockopt");
    int status = udp_serve(os, fd);
    os.close(fd);
    return status;
}

}  // namespace synoptic
