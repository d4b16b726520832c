#include "scenarios/engines/conntrack.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/sys/netlink.h"

namespace sockcr::scenario {

void forget_every_connection() {
  constexpr int delete_connections = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
  NetlinkMessage all(delete_connections, NLM_F_REQUEST | NLM_F_ACK);
  const nfgenmsg header{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = 0};
  all.append(&header, sizeof header);
  NetlinkSocket(NETLINK_NETFILTER).request(all, "to forget every connection");
}

}  // namespace sockcr::scenario
