// The echo server over UDP: one socket, no connections. Its loop is in udp_serve.cpp.
#include "core/programs/programs.h"

namespace synoptic {

int udp_echo(Sockets& os, const ServerArguments& arguments) {
    int fd = open_dgramfd(os, arguments.address, arguments.port);
    if (fd < 0) return 1;
    int status = udp_serve(os, fd);
    os.close(fd);
    return status;
}

}  // namespace synoptic
