#include "engine/unix/diag.h"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netlink/attr.h>
#include <sys/socket.h>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/netlink.h"

namespace sockcr {
namespace {

// Of net/tcp_states.h, which unix sockets borrow. (Who is sent datagrams is in ESTABLISHED, too.)
constexpr std::uint8_t listen = 10;
constexpr std::uint8_t receive_bit = 1, send_bit = 2;  // RCV_SHUTDOWN, SEND_SHUTDOWN

std::vector<std::uint32_t> words_of(const nlattr* attribute) {
  if (attribute == nullptr) return {};
  std::vector<std::uint32_t> words(static_cast<std::size_t>(nla_len(attribute)) / 4);
  if (!words.empty()) std::memcpy(words.data(), nla_data(attribute), 4 * words.size());
  return words;
}

UnixDiag entry_of(const nlmsghdr* header) {
  const auto* message = static_cast<const unix_diag_msg*>(NLMSG_DATA(header));
  const auto* first = reinterpret_cast<const nlattr*>(message + 1);
  const int left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
  UnixDiag entry;
  entry.listening = message->udiag_state == listen;
  const auto peer = words_of(nla_find(first, left, UNIX_DIAG_PEER));
  entry.connected = !peer.empty();
  if (entry.connected) entry.peer = peer.front();
  for (const std::uint32_t one : words_of(nla_find(first, left, UNIX_DIAG_ICONS))) {
    entry.waiting.push_back(one);
  }
  const auto queues = words_of(nla_find(first, left, UNIX_DIAG_RQLEN));
  if (entry.listening && queues.size() == 2) entry.backlog = queues[1];
  if (const nlattr* shut = nla_find(first, left, UNIX_DIAG_SHUTDOWN)) {
    const std::uint8_t bits = *static_cast<const std::uint8_t*>(nla_data(shut));
    entry.shut_down_receive = (bits & receive_bit) != 0;
    entry.shut_down_send = (bits & send_bit) != 0;
  }
  return entry;
}

}  // namespace

std::map<std::uint64_t, UnixDiag> dump_unix() {
  unix_diag_req request{};
  request.sdiag_family = AF_UNIX;
  request.udiag_states = ~0U;
  request.udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_ICONS | UDIAG_SHOW_RQLEN;
  request.udiag_cookie[0] = request.udiag_cookie[1] = ~0U;  // INET_DIAG_NOCOOKIE
  NetlinkMessage message(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP);
  message.append(&request, sizeof request);
  std::map<std::uint64_t, UnixDiag> entries;
  const auto take = [&](const nlmsghdr* header) {
    const auto* one = static_cast<const unix_diag_msg*>(NLMSG_DATA(header));
    entries[one->udiag_ino] = entry_of(header);
  };
  if (NetlinkSocket(NETLINK_SOCK_DIAG).ask(message, "dump of unix sockets", take)) return entries;
  throw Unsupported("unix sockets", "this kernel does not tell about them (CONFIG_UNIX_DIAG)");
}

}  // namespace sockcr
