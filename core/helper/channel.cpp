#include "core/helper/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>

namespace synoptic {

Status send_message(int channel, const nlohmann::json& message, int fd, int flags) {
    std::string text = message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() > message_limit_bytes) return Error{"sendmsg", EMSGSIZE, {}};
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (fd >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        cmsghdr* beside = CMSG_FIRSTHDR(&header);
        beside->cmsg_level = SOL_SOCKET;
        beside->cmsg_type = SCM_RIGHTS;
        beside->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(beside), &fd, sizeof fd);
    }
    ssize_t sent;
    do sent = sendmsg(channel, &header, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) return errno_error("sendmsg");
    return Done{};
}

std::optional<ChannelMessage> receive_message(int channel, int flags) {
    char text[message_limit_bytes];
    iovec part{text, sizeof text};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    ssize_t length;
    do length = recvmsg(channel, &header, MSG_CMSG_CLOEXEC | flags);
    while (length < 0 && (errno == EINTR || errno == ECONNRESET));  // reset is said once, before what the other end had sent
    if (length <= 0) {
        if (length == 0) errno = 0;
        return std::nullopt;
    }
    ChannelMessage message;
    for (cmsghdr* beside = CMSG_FIRSTHDR(&header); beside; beside = CMSG_NXTHDR(&header, beside)) {
        if (beside->cmsg_type == SCM_RIGHTS) std::memcpy(&message.fd, CMSG_DATA(beside), sizeof message.fd);
    }
    message.body = nlohmann::json::parse(text, text + length, nullptr, false);
    return message;
}

}  // namespace synoptic
