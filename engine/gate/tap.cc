#include "engine/gate/tap.h"

#include <fmt/format.h>
#include <netlink/netfilter/log.h>
#include <netlink/netfilter/log_msg.h>
#include <sys/socket.h>
#include <cerrno>
#include <deque>

#include "engine/sys/error.h"
#include "engine/sys/netlink.h"

namespace sockcr {
namespace {

using Packets = std::deque<std::vector<std::uint8_t>>;

constexpr std::uint32_t whole_packet = 0xFFFF;
constexpr int receive_buffer = 1 << 20;  // bytes; packets queue here while the engine is busy

int keep_payload(nl_msg* message, void* packets) {
  nfnl_log_msg* parsed = nullptr;
  if (nfnlmsg_log_msg_parse(nlmsg_hdr(message), &parsed) < 0) return NL_SKIP;
  const std::unique_ptr<nfnl_log_msg, void (*)(nfnl_log_msg*)> owner(parsed, nfnl_log_msg_put);
  int length = 0;
  const auto* payload = static_cast<const std::uint8_t*>(nfnl_log_msg_get_payload(parsed, &length));
  if (payload != nullptr) static_cast<Packets*>(packets)->emplace_back(payload, payload + length);
  return NL_OK;
}

}  // namespace

struct Tap::Listener {
  explicit Listener(std::uint16_t group);
  void receive();

  NetlinkSocket socket{NETLINK_NETFILTER};
  std::unique_ptr<nfnl_log, void (*)(nfnl_log*)> log{nfnl_log_alloc(), nfnl_log_put};
  Packets heard{};
};

Tap::Listener::Listener(std::uint16_t group) {
  if (!log) throw SystemError("nfnl_log_alloc", "", ENOMEM);
  nl_socket_set_buffer_size(socket.get(), receive_buffer, 0);
  nfnl_log_set_group(log.get(), group);
  nfnl_log_set_copy_mode(log.get(), NFNL_LOG_COPY_PACKET);
  nfnl_log_set_copy_range(log.get(), whole_packet);
  nfnl_log_set_queue_threshold(log.get(), 1);  // the kernel would otherwise collect for a second
  netlink_checked(nfnl_log_create(socket.get(), log.get()),
                  fmt::format("listen to NFLOG group {}", group));
  nl_socket_disable_seq_check(socket.get());  // packets come unasked
}

void Tap::Listener::receive() {
  nl_socket_modify_cb(socket.get(), NL_CB_VALID, NL_CB_CUSTOM, keep_payload, &heard);
  netlink_checked(nl_recvmsgs_default(socket.get()), "receive from NFLOG");
}

Tap::Tap(std::uint16_t group) : listener_(std::make_unique<Listener>(group)) {}

Tap::~Tap() = default;

std::optional<std::vector<std::uint8_t>> Tap::next(Clock::duration limit) {
  const auto deadline = Clock::now() + limit;
  while (listener_->heard.empty()) {
    if (!readable_within(nl_socket_get_fd(listener_->socket.get()), deadline - Clock::now())) {
      return std::nullopt;
    }
    listener_->receive();
  }
  auto packet = std::move(listener_->heard.front());
  listener_->heard.pop_front();
  return packet;
}

}  // namespace sockcr
