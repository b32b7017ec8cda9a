#include "core/wire/lab_protocol.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace synoptic {

const char* call_of(LabStep step) {
    switch (step) {
        case LabStep::none:
        case LabStep::request:
            return "";
        case LabStep::lifeline:
            return "fcntl";
        case LabStep::user_namespace:
        case LabStep::net_namespace:
            return "unshare";
        case LabStep::user_map:
        case LabStep::sysctl:
            return "write";
        case LabStep::tun_open:
            return "open";
        case LabStep::tun_device:
        case LabStep::address4:
        case LabStep::link_up:
        case LabStep::address6:
            return "ioctl";
        case LabStep::socket:
            return "socket";
        case LabStep::route:
            return "rtnetlink";
    }
    return "";
}

bool send_record(int channel, const void* record, std::size_t size, const PassedDescriptors& descriptors) {
    iovec part{const_cast<void*>(record), size};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptors.fd)] = {};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (descriptors.count > 0) {
        const std::size_t length = sizeof(int) * static_cast<std::size_t>(descriptors.count);
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(length);
        cmsghdr* beside = CMSG_FIRSTHDR(&header);
        beside->cmsg_level = SOL_SOCKET;
        beside->cmsg_type = SCM_RIGHTS;
        beside->cmsg_len = CMSG_LEN(length);
        std::memcpy(CMSG_DATA(beside), descriptors.fd.data(), length);
    }
    ssize_t sent;
    do sent = sendmsg(channel, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

bool receive_record(int channel, void* record, std::size_t size, PassedDescriptors& descriptors) {
    iovec part{record, size};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptors.fd)];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t length;
    do length = recvmsg(channel, &header, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    descriptors.count = 0;
    if (length <= 0) {
        if (length == 0) errno = 0;
        return false;
    }
    for (cmsghdr* beside = CMSG_FIRSTHDR(&header); beside; beside = CMSG_NXTHDR(&header, beside)) {
        if (beside->cmsg_level != SOL_SOCKET || beside->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t bytes = beside->cmsg_len - CMSG_LEN(0);
        std::memcpy(descriptors.fd.data(), CMSG_DATA(beside), bytes);
        descriptors.count = static_cast<int>(bytes / sizeof(int));
    }
    if (static_cast<std::size_t>(length) == size && (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0) return true;
    for (int at = 0; at < descriptors.count; ++at) close(descriptors.fd[static_cast<std::size_t>(at)]);
    descriptors.count = 0;
    errno = EPROTO;
    return false;
}

}  // namespace synoptic
