#include "engine/queues_of_listener.h"

#include <fmt/format.h>
#include <poll.h>
#include <cstdio>

#include "engine/image/address.h"
#include "engine/sys/delivery.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/request.h"
#include "engine/tcp/unaccepted.h"

namespace sockcr {
namespace {

bool is_wildcard(const Address& address) {
  return unmapped(address).bytes == decltype(Address::bytes){};
}

// As long as it is on, a handshake's last ACK is not enough.
class NotDeferring {
 public:
  explicit NotDeferring(int listener)
      : listener_(listener), seconds_(get_option(listener, option::defer_accept)) {
    if (seconds_ != 0) set_option(listener_, option::defer_accept, 0);
  }
  ~NotDeferring() {
    if (seconds_ != 0) {
      try {
        set_option(listener_, option::defer_accept, seconds_);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "while putting TCP_DEFER_ACCEPT back: %s\n", error.what());
      }
    }
  }
  NotDeferring(const NotDeferring&) = delete;
  NotDeferring& operator=(const NotDeferring&) = delete;

 private:
  int listener_;
  int seconds_;
};

TcpConnection read_child(int socket, const TakenListener& taken,
                         const std::vector<Reading>& readings) {
  TcpConnection child = capture(socket, readings);
  child.owner = Owner::listener;
  child.listener = taken.number;
  if ((readiness(socket) & POLLERR) != 0) read_error(socket, child);
  return child;
}

TcpRequest read_request(const TcpDiag& found, const TakenListener& taken, Prober& prober,
                        const std::vector<Reading>& readings, ReadQueues& read) {
  const RequestNumbers numbers = ask_request(found, prober);
  complete_request(found, numbers, prober);
  if (!poll_until(longest_delivery, [&] { return has_unaccepted(taken.socket); })) {
    throw Violation(fmt::format("{} > {}", to_text(found.local), to_text(found.remote)),
                    "a connection, once its handshake is completed", "nothing to accept");
  }
  read.descriptors.push_back(accept_socket(taken.socket));
  TcpRequest request = request_of(numbers, capture(read.descriptors.back().get(), readings));
  request.listener = taken.number;
  return request;
}

}  // namespace

std::optional<std::size_t> listener_of(const TcpDiag& request,
                                       std::span<const TakenListener> listeners) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const Address& local = listeners[i].listener.local;
    if (local.port != request.local.port || local.family != request.local.family) continue;
    if (local.bytes == request.local.bytes) return i;
    if (!found && is_wildcard(local)) found = i;
  }
  return found;
}

bool has_unaccepted(int listener) { return (readiness(listener) & POLLIN) != 0; }

ReadQueues read_queues(const TakenListener& taken, const std::vector<TcpDiag>& requests,
                       const std::function<Prober&()>& prober,
                       const std::vector<Reading>& readings) {
  ReadQueues read;
  read.descriptors = accept_all(taken.socket);
  for (const FileDescriptor& child : read.descriptors) {
    read.unaccepted.push_back(read_child(child.get(), taken, readings));
  }
  if (requests.empty()) return read;
  const NotDeferring complete_at_once(taken.socket);
  for (const TcpDiag& found : requests) {
    read.requests.push_back(read_request(found, taken, prober(), readings, read));
  }
  return read;
}

}  // namespace sockcr
