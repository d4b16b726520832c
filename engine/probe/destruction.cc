#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <algorithm>

#include "engine/probe/loopback.h"
#include "engine/probe/questions.h"
#include "engine/process/diag.h"
#include "engine/sys/netlink.h"
#include "engine/sys/socket.h"

namespace sockcr::ask {
namespace {

inet_diag_req_v2 request_for(int socket) {
  const sockaddr_storage local = local_address(socket), remote = remote_address(socket);
  const auto& from = reinterpret_cast<const sockaddr_in&>(local);
  const auto& to = reinterpret_cast<const sockaddr_in&>(remote);
  inet_diag_req_v2 request{};
  request.sdiag_family = AF_INET;
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = ~0U;
  request.id.idiag_sport = from.sin_port;
  request.id.idiag_dport = to.sin_port;
  request.id.idiag_src[0] = from.sin_addr.s_addr;
  request.id.idiag_dst[0] = to.sin_addr.s_addr;
  request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

}  // namespace

Finding sock_diag() {
  const Loopback loopback = Loopback::connect();
  const auto entries = dump_tcp();
  const bool found = std::any_of(entries.begin(), entries.end(),
                                 [](const TcpDiag& e) { return e.state == TcpState::established; });
  return found ? Finding{Answer::yes, ""} : Finding{Answer::no, "it does not list a connection"};
}

Finding sock_destroy() {
  const Loopback loopback = Loopback::connect();
  const inet_diag_req_v2 request = request_for(loopback.client.get());
  NetlinkMessage message(SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK);
  message.append(&request, sizeof request);
  NetlinkSocket(NETLINK_SOCK_DIAG).request(message, "destroy a TCP socket");
  return {Answer::yes, ""};
}

}  // namespace sockcr::ask
