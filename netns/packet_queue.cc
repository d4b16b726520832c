#include "netns/packet_queue.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <exception>
#include <thread>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"
#include "engine/sys/netlink.h"
#include "engine/sys/poll.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

constexpr auto delay = 3ms;         // of what is late
constexpr auto longest_swap = 5ms;  // for a second packet that may not come

int type_of(int message) { return NFNL_SUBSYS_QUEUE << 8 | message; }

NetlinkMessage message_for(int message, int flags, std::uint16_t queue) {
  NetlinkMessage made(type_of(message), flags);
  const nfgenmsg header{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(queue)};
  made.append(&header, sizeof header);
  return made;
}

struct Waiting {
  std::uint32_t id;  // in network order
  Clock::time_point since;
};

}  // namespace

class PacketQueue::Clerk {
 public:
  Clerk(std::uint16_t number, Disorder disorder)
      : number_(number),
        disorder_(disorder),
        socket_(NETLINK_NETFILTER),
        stop_(call(
            "eventfd", [] { return ::eventfd(0, EFD_CLOEXEC); }, [] { return std::string("0"); })) {
    bind();
    thread_ = std::thread([this] { serve(); });
  }

  ~Clerk() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(stop_.get(), &one, sizeof one));
    thread_.join();
  }

 private:
  void bind() {
    NetlinkMessage bound = message_for(NFQNL_MSG_CONFIG, NLM_F_REQUEST | NLM_F_ACK, number_);
    const nfqnl_msg_config_cmd command{.command = NFQNL_CFG_CMD_BIND, ._pad = 0, .pf = 0};
    nla_put(bound.get(), NFQA_CFG_CMD, sizeof command, &command);
    socket_.request(bound, "bind to an NFQUEUE");
    NetlinkMessage terse = message_for(NFQNL_MSG_CONFIG, NLM_F_REQUEST | NLM_F_ACK, number_);
    const nfqnl_msg_config_params params{.copy_range = 0, .copy_mode = NFQNL_COPY_META};
    nla_put(terse.get(), NFQA_CFG_PARAMS, sizeof params, &params);
    socket_.request(terse, "copy mode of an NFQUEUE");
  }

  void serve() {
    try {
      while (hears_something()) let_go();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "an NFQUEUE is served no more: %s\n", error.what());
    }
  }

  // False when it shall stop.
  bool hears_something() {
    std::array<pollfd, 2> each{
        {{nl_socket_get_fd(socket_.get()), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    ::poll(each.data(), each.size(), waiting_.empty() ? -1 : 1);
    if (each[1].revents != 0) return false;
    if (each[0].revents != 0) take();
    return true;
  }

  void take() {
    alignas(nlmsghdr) std::array<char, 16384> buffer;
    const ssize_t length =
        ::recv(nl_socket_get_fd(socket_.get()), buffer.data(), buffer.size(), MSG_DONTWAIT);
    auto left = static_cast<int>(length);
    for (auto* header = reinterpret_cast<nlmsghdr*>(buffer.data()); nlmsg_ok(header, left);
         header = nlmsg_next(header, &left)) {
      if (header->nlmsg_type != type_of(NFQNL_MSG_PACKET)) continue;
      const nlattr* packet = nlmsg_find_attr(header, sizeof(nfgenmsg), NFQA_PACKET_HDR);
      if (packet == nullptr) continue;
      const auto* facts = static_cast<const nfqnl_msg_packet_hdr*>(nla_data(packet));
      waiting_.push_back({facts->packet_id, Clock::now()});
    }
  }

  void let_go() {
    const auto now = Clock::now();
    if (disorder_ == Disorder::swapped && waiting_.size() >= 2) {
      accept(waiting_[1].id);
      accept(waiting_[0].id);
      waiting_.erase(waiting_.begin(), waiting_.begin() + 2);
    }
    const auto patience = disorder_ == Disorder::swapped ? longest_swap : delay;
    while (!waiting_.empty() && now - waiting_.front().since >= patience) {
      accept(waiting_.front().id);
      waiting_.pop_front();
    }
  }

  void accept(std::uint32_t id) {
    NetlinkMessage verdict = message_for(NFQNL_MSG_VERDICT, NLM_F_REQUEST, number_);
    const nfqnl_msg_verdict_hdr header{.verdict = htonl(NF_ACCEPT), .id = id};
    nla_put(verdict.get(), NFQA_VERDICT_HDR, sizeof header, &header);
    netlink_checked(nl_send_auto(socket_.get(), verdict.get()), "verdict of an NFQUEUE");
  }

  const std::uint16_t number_;
  const Disorder disorder_;
  NetlinkSocket socket_;
  FileDescriptor stop_;
  std::deque<Waiting> waiting_;
  std::thread thread_;
};

PacketQueue::PacketQueue(std::uint16_t number, Disorder disorder)
    : clerk_(std::make_unique<Clerk>(number, disorder)) {}
PacketQueue::~PacketQueue() = default;

}  // namespace sockcr::netns
