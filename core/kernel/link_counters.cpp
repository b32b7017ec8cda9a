#include "core/kernel/link_counters.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

namespace synoptic {
namespace {

int take_statistics(const nlattr* attribute, void* given) {
    if (mnl_attr_get_type(attribute) != IFLA_STATS64) return MNL_CB_OK;
    rtnl_link_stats64 statistics{};
    const std::size_t size = mnl_attr_get_payload_len(attribute);
    std::memcpy(&statistics, mnl_attr_get_payload(attribute), size < sizeof statistics ? size : sizeof statistics);
    *static_cast<LinkCounters*>(given) = {statistics.tx_packets, statistics.rx_packets, statistics.tx_dropped, statistics.rx_dropped};
    return MNL_CB_OK;
}

int take_link(const nlmsghdr* header, void* given) {
    return mnl_attr_parse(header, sizeof(ifinfomsg), take_statistics, given);
}

}  // namespace

Result<LinkCounters> link_counters(int netlink_fd, const std::string& device) {
    alignas(nlmsghdr) char buffer[32768];
    nlmsghdr* header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = RTM_GETLINK;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = 1;
    mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg));
    mnl_attr_put_strz(header, IFLA_IFNAME, device.c_str());
    if (send(netlink_fd, header, header->nlmsg_len, 0) < 0) return errno_error("send", "rtnetlink");
    const ssize_t length = recv(netlink_fd, buffer, sizeof buffer, 0);
    if (length < 0) return errno_error("recv", "rtnetlink");
    LinkCounters counters;
    if (mnl_cb_run(buffer, static_cast<std::size_t>(length), 1, 0, take_link, &counters) < 0)
        return errno_error("recv", "rtnetlink, " + device);
    return counters;
}

}  // namespace synoptic
