#include "engine/sys/netlink.h"

#include <fmt/format.h>
#include <netlink/errno.h>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

int hand_over(nl_msg* message, void* each) {
  (*static_cast<const std::function<void(const nlmsghdr*)>*>(each))(nlmsg_hdr(message));
  return NL_OK;
}

}  // namespace

int netlink_checked(int result, std::string_view what) {
  if (result < 0) {
    throw SystemError("netlink", fmt::format("{}: {}", what, nl_geterror(result)), 0);
  }
  return result;
}

NetlinkMessage::NetlinkMessage(int type, int flags)
    : message_(nlmsg_alloc_simple(type, flags), nlmsg_free) {
  if (!message_) throw SystemError("nlmsg_alloc_simple", fmt::format("{}", type), ENOMEM);
}

void NetlinkMessage::append(const void* data, std::size_t length) {
  netlink_checked(nlmsg_append(get(), const_cast<void*>(data), length, NLMSG_ALIGNTO),
                  "append to a message");
}

NetlinkSocket::NetlinkSocket(int protocol) : socket_(nl_socket_alloc(), nl_socket_free) {
  if (!socket_) throw SystemError("nl_socket_alloc", "", ENOMEM);
  netlink_checked(nl_connect(get(), protocol), fmt::format("connect to protocol {}", protocol));
}

void NetlinkSocket::request(const NetlinkMessage& message, std::string_view what) {
  netlink_checked(nl_send_auto(get(), message.get()), what);
  netlink_checked(nl_wait_for_ack(get()), what);
}

int NetlinkSocket::exchange(const NetlinkMessage& message, std::string_view what,
                            const std::function<void(const nlmsghdr*)>& each) {
  netlink_checked(nl_send_auto(get(), message.get()), what);
  auto function = each;
  nl_socket_modify_cb(get(), NL_CB_VALID, NL_CB_CUSTOM, hand_over, &function);
  const int result = nl_recvmsgs_default(get());
  nl_socket_modify_cb(get(), NL_CB_VALID, NL_CB_DEFAULT, nullptr, nullptr);  // `function` ends here
  return result;
}

bool NetlinkSocket::ask(const NetlinkMessage& message, std::string_view what,
                        const std::function<void(const nlmsghdr*)>& each) {
  const int result = exchange(message, what, each);
  if (result == -NLE_OBJ_NOTFOUND) return false;
  netlink_checked(result, what);
  return true;
}

void NetlinkSocket::dump(const NetlinkMessage& message, std::string_view what,
                         const std::function<void(const nlmsghdr*)>& each) {
  netlink_checked(exchange(message, what, each), what);
}

}  // namespace sockcr
