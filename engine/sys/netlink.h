// Netlink sockets and messages of libnl, owned.
#pragma once

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sockcr {

class NetlinkMessage {
 public:
  NetlinkMessage(int type, int flags);
  nl_msg* get() const { return message_.get(); }
  // Appends `length` raw bytes, padded to 4: a family's fixed header.
  void append(const void* data, std::size_t length);

 private:
  std::unique_ptr<nl_msg, void (*)(nl_msg*)> message_;
};

// A netlink socket of the calling thread's network namespace (and of that for ever).
class NetlinkSocket {
 public:
  explicit NetlinkSocket(int protocol);  // NETLINK_ROUTE, NETLINK_SOCK_DIAG, ...
  nl_sock* get() const { return socket_.get(); }

  // Sends and waits for the kernel's verdict; `what` words the request in a SystemError.
  void request(const NetlinkMessage& message, std::string_view what);
  // Sends a request that one message answers. False when the kernel has no such object.
  [[nodiscard]] bool ask(const NetlinkMessage& message, std::string_view what,
                         const std::function<void(const nlmsghdr*)>& each);
  // Sends a dump request and hands every answering message to `each`.
  void dump(const NetlinkMessage& message, std::string_view what,
            const std::function<void(const nlmsghdr*)>& each);

 private:
  int exchange(const NetlinkMessage& message, std::string_view what,
               const std::function<void(const nlmsghdr*)>& each);

  std::unique_ptr<nl_sock, void (*)(nl_sock*)> socket_;
};

// Throws SystemError("netlink", what) when `result`, a libnl return value, is negative.
int netlink_checked(int result, std::string_view what);

}  // namespace sockcr
