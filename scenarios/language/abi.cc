#include "scenarios/language/abi.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "netns/veth.h"
#include "scenarios/language/abi_row.h"
#include "scenarios/language/loopback_pair.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

// CAP_NET_ADMIN is out of effect as long as this lives, in this thread.
class WithoutRights {
 public:
  WithoutRights() {
    call(
        "capget", [&] { return ::syscall(SYS_capget, &header_, before_); }, [] { return "..."; });
    __user_cap_data_struct less[2] = {before_[0], before_[1]};
    less[0].effective &= ~(1U << CAP_NET_ADMIN);
    set(less);
  }
  ~WithoutRights() { ::syscall(SYS_capset, &header_, before_); }
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;

 private:
  void set(const __user_cap_data_struct* data) {
    call(
        "capset", [&] { return ::syscall(SYS_capset, &header_, data); }, [] { return "..."; });
  }

  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2]{};
};

std::string list_of(const std::vector<std::uint32_t>& values) {
  std::vector<std::string> words;
  words.reserve(values.size());
  for (const std::uint32_t value : values) {
    const auto number = static_cast<std::int32_t>(value);
    words.push_back(number < 0 && number > -16 ? fmt::format("{}", number)
                                               : fmt::format("{}", value));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

AbiSocket AbiSocket::in_repair() const {
  AbiSocket other = *this;
  other.repair_ = true;
  return other;
}

AbiSocket AbiSocket::with_queue(int queue) const {
  AbiSocket other = *this;
  other.queue_ = queue;
  return other;
}

AbiSocket AbiSocket::without_rights() const {
  AbiSocket other = *this;
  other.rights_ = false;
  return other;
}

AbiSocket AbiSocket::that_has_sent() const {
  AbiSocket other = *this;
  other.has_sent_ = true;
  return other;
}

std::string AbiSocket::text() const {
  std::string words(to_text(state_));
  if (has_sent_) words += " after a byte";
  if (repair_) words += ", in repair";
  if (queue_) {
    words += *queue_ == TCP_SEND_QUEUE   ? ", send queue"
             : *queue_ == TCP_RECV_QUEUE ? ", receive queue"
                                         : ", no queue";
  }
  return rights_ ? words : words + ", without CAP_NET_ADMIN";
}

template <class Call>
Step AbiSocket::row(const std::string& words, int answer, At at, Call call) const {
  const std::string text = fmt::format("{}: {} is {}", this->text(), words, error_name(answer));
  return {text,
          [self = *this, words, answer, call](World&) {
            const NetworkNamespace apart = NetworkNamespace::create();
            const NetworkNamespace::Scope inside(apart);
            netns::set_up("lo");
            const LoopbackPair pair = pair_in(self.state_);
            const int socket = pair.socket.get();
            if (self.has_sent_) send_and_await_ack(socket);
            if (self.repair_) set_option(socket, option::repair, 1);
            if (self.queue_) set_option(socket, option::repair_queue, *self.queue_);
            std::optional<WithoutRights> less;
            if (!self.rights_) less.emplace();
            errno = 0;
            const int result = call(socket);
            const int actual = result < 0 ? errno : 0;
            less.reset();
            if (actual != answer) {
              throw Violation(fmt::format("{}: {}", self.text(), words), error_name(answer),
                              error_name(actual));
            }
          },
          at};
}

Step AbiSocket::sets(const AbiOption& option, const std::vector<std::uint32_t>& values, int answer,
                     At at) const {
  return sets_bytes(option, values, values.size() * sizeof(std::uint32_t), answer, at);
}

Step AbiSocket::sets_bytes(const AbiOption& option, const std::vector<std::uint32_t>& values,
                           std::size_t bytes, int answer, At at) const {
  std::vector<std::uint32_t> given = values;
  given.resize(std::max(values.size(), (bytes + 3) / 4));
  const bool whole = bytes == values.size() * sizeof(std::uint32_t);
  const std::string size = whole ? "" : fmt::format(" of {} bytes", bytes);
  return row(fmt::format("{} = {}{}", option.name, list_of(values), size), answer, at,
             [given, bytes, number = option.number](int socket) {
               return ::setsockopt(socket, IPPROTO_TCP, number, given.data(),
                                   static_cast<socklen_t>(bytes));
             });
}

Step AbiSocket::gets(const AbiOption& option, std::size_t bytes, int answer,
                     std::optional<std::uint32_t> value, At at) const {
  const std::string told = value ? fmt::format(", {}", *value) : "";
  const std::string words = fmt::format("getting {} bytes of {}{}", bytes, option.name, told);
  return row(words, answer, at, [bytes, value, words, number = option.number](int socket) {
    std::vector<std::uint32_t> got((bytes + 3) / 4);
    auto length = static_cast<socklen_t>(bytes);
    const int result = ::getsockopt(socket, IPPROTO_TCP, number, got.data(), &length);
    if (result == 0 && value && got.front() != *value) {
      throw Violation(words, fmt::format("{}", *value), fmt::format("{}", got.front()));
    }
    return result;
  });
}

Step AbiSocket::writes_back_its_window(const std::vector<std::uint32_t>& changes, int answer,
                                       At at) const {
  const std::string words = fmt::format("TCP_REPAIR_WINDOW as it was + {}", list_of(changes));
  return row(words, answer, at, [changes](int socket) {
    std::vector<std::uint32_t> window(changes.size());
    auto length = static_cast<socklen_t>(window.size() * sizeof(std::uint32_t));
    if (::getsockopt(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, window.data(), &length) != 0) {
      return -1;
    }
    for (std::size_t i = 0; i < changes.size(); ++i) window[i] += changes[i];
    return ::setsockopt(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, window.data(), length);
  });
}

Step AbiSocket::sends_a_byte(int answer, At at) const {
  return row("send", answer, at, [](int socket) {
    return ::send(socket, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
  });
}

Step AbiSocket::receives(int flags, int answer, At at) const {
  return row(flags == MSG_PEEK ? "recv with MSG_PEEK" : "recv", answer, at, [flags](int socket) {
    char byte = 0;
    return ::recv(socket, &byte, 1, flags | MSG_DONTWAIT) < 0 ? -1 : 0;
  });
}

Step AbiSocket::connects(At at) const {
  return row("connect, to ESTABLISHED at once,", 0, at, [](int socket) {
    const sockaddr_in nobody = loopback_end(9);
    const int result = ::connect(socket, as_sockaddr(nobody), sizeof nobody);
    if (result == 0 && state_of(socket) != TcpState::established) {
      throw Violation("state behind connect in repair mode", "ESTABLISHED",
                      std::string(to_text(state_of(socket))));
    }
    return result;
  });
}

Step AbiSocket::binds_to_a_port_in_use(int answer, At at) const {
  return row("bind to a listener's port", answer, at, [](int socket) {
    const FileDescriptor listener = listener_on_loopback(1);
    const sockaddr_storage address = local_address(listener.get());
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_in));
  });
}

}  // namespace sockcr::scenario
