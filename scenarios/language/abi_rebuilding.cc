#include "scenarios/language/abi_rebuilding.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <vector>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "netns/sysctl.h"
#include "scenarios/language/abi_row.h"
#include "scenarios/language/loopback_pair.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<tcp_info> all_of_it{IPPROTO_TCP, TCP_INFO, "TCP_INFO"};
constexpr SocketOption<tcp_repair_opt> repair_options{IPPROTO_TCP, TCP_REPAIR_OPTIONS,
                                                      "TCP_REPAIR_OPTIONS"};
constexpr std::uint32_t mss = 2, timestamps = 8;  // RFC 9293, 7323

void renumber(const std::string& text, int socket, int queue, std::uint32_t number) {
  expect_set(text, socket, option::repair_queue, queue);
  expect_set(text, socket, option::queue_seq, number);
}

std::uint32_t number_of(int socket, int queue) {
  set_option(socket, option::repair_queue, queue);
  return get_option(socket, option::queue_seq);
}

void expect_window_accepted(const std::string& text, std::uint32_t rcv_nxt,
                            const tcp_repair_window& window) {
  const LoopbackPair pair = pair_in_repair(TcpState::close);
  renumber(text, pair.socket.get(), TCP_RECV_QUEUE, rcv_nxt);
  expect_connected(text, pair.socket.get(), loopback_end(9));
  expect_answer(
      text, 0,
      ::setsockopt(pair.socket.get(), IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, sizeof window));
}

struct Rebuilding {
  std::vector<tcp_repair_opt> negotiated{};
  std::vector<std::uint8_t> put_back{};  // into the send queue, although the other end has them
  int leaves = TCP_REPAIR_OFF_NO_WP;
};

// `old` goes in repair mode, so that its other end does not notice; what takes its place has heard
// nothing yet.
FileDescriptor rebuilt(const std::string& text, FileDescriptor old, const Rebuilding& how) {
  const sockaddr_storage local = local_address(old.get()), remote = remote_address(old.get());
  expect_set(text, old.get(), option::repair, int{TCP_REPAIR_ON});
  const std::uint32_t write_seq = number_of(old.get(), TCP_SEND_QUEUE);
  const std::uint32_t rcv_nxt = number_of(old.get(), TCP_RECV_QUEUE);
  old.reset();

  LoopbackPair fresh = pair_in_repair(TcpState::close);
  const int socket = fresh.socket.get();
  bind_socket(socket, reinterpret_cast<const sockaddr*>(&local), sizeof(sockaddr_in));
  renumber(text, socket, TCP_SEND_QUEUE,
           write_seq - static_cast<std::uint32_t>(how.put_back.size()));
  renumber(text, socket, TCP_RECV_QUEUE, rcv_nxt);
  expect_connected(text, socket, reinterpret_cast<const sockaddr_in&>(remote));
  for (const tcp_repair_opt& each : how.negotiated) expect_set(text, socket, repair_options, each);
  expect_set(text, socket, option::repair_queue, int{TCP_SEND_QUEUE});
  if (!how.put_back.empty()) send_bytes(socket, how.put_back, 0);
  expect_set(text, socket, option::repair, how.leaves);
  return std::move(fresh.socket);
}

void write_namespaces_own(std::string_view sysctl, std::string_view value) {
  if (!netns::write_sysctl(sysctl, value)) throw Unsupported(sysctl, "this kernel has none");
}

// As much as `from` takes now; `to` reads what is there.
void pump(int from, int to) {
  std::array<char, 1U << 16> bytes{};
  while (::send(from, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) continue;
  while (::recv(to, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
}

}  // namespace

Step its_window_may_wrap(At at) {
  return asked_apart(
      "ESTABLISHED, in repair: TCP_REPAIR_WINDOW across 2^32 is accepted", at,
      [](const std::string& text) {
        constexpr std::uint32_t received = 100, acknowledged = 0U - 100;
        expect_window_accepted(text, received, {acknowledged, 1000, 1000, 1000, acknowledged});
      });
}

Step its_window_may_end_behind_what_came(At at) {
  return asked_apart(
      "ESTABLISHED, in repair: TCP_REPAIR_WINDOW that ends behind rcv_nxt is accepted", at,
      [](const std::string& text) {
        constexpr std::uint32_t received = 5000, acknowledged = 4000, left = 10;
        expect_window_accepted(text, received, {acknowledged, 1000, 1000, left, acknowledged});
      });
}

Step connecting_in_repair_counts_as_hearing(At at) {
  return asked_apart("CLOSE, in repair: connect counts as hearing of the other end", at,
                     [](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::close);
                       expect_connected(text, pair.socket.get(), loopback_end(9));
                       constexpr std::uint32_t most = 10'000;
                       const auto silent =
                           get_option(pair.socket.get(), all_of_it).tcpi_last_ack_recv;
                       if (silent <= most) return;
                       throw Violation(text, fmt::format("at most {} ms ago", most),
                                       fmt::format("{} ms ago", silent));
                     });
}

Step a_number_outlives_a_time_wait(At at) {
  return asked_apart(
      "CLOSE, in repair, in the place of one in TIME_WAIT: connect keeps TCP_QUEUE_SEQ", at,
      [](const std::string& text) {
        const auto [local, remote] = ends_in_time_wait();
        const LoopbackPair pair = pair_in_repair(TcpState::close);
        const int socket = pair.socket.get();
        bind_socket(socket, as_sockaddr(local), sizeof local);
        renumber(text, socket, TCP_SEND_QUEUE, 7);
        expect_connected(text, socket, remote);
        expect_equal(text, "7", fmt::format("{}", get_option(socket, option::queue_seq)));
      });
}

Step a_number_is_set_once_more(At at) {
  return asked_apart("CLOSE, in repair, receive queue: TCP_QUEUE_SEQ = 7, and then 8, is accepted",
                     at, [](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::close);
                       for (const std::uint32_t number : {7U, 8U}) {
                         renumber(text, pair.socket.get(), TCP_RECV_QUEUE, number);
                       }
                     });
}

Step unread_bytes_keep_their_number(At at) {
  return asked_apart(
      "CLOSE with unread bytes, in repair, receive queue: TCP_QUEUE_SEQ = 7 is EPERM", at,
      [](const std::string& text) {
        const LoopbackPair pair = closed_with_unread_bytes();
        const int socket = pair.socket.get();
        expect_set(text, socket, option::repair, int{TCP_REPAIR_ON});
        expect_set(text, socket, option::repair_queue, int{TCP_RECV_QUEUE});
        constexpr std::uint32_t seven = 7;
        expect_answer(text, EPERM,
                      ::setsockopt(socket, IPPROTO_TCP, TCP_QUEUE_SEQ, &seven, sizeof seven));
      });
}

// PAWS (RFC 7323, section 5.3) compares with the last time stamp that was heard. Here that is none,
// which is no 0: half of all clocks are earlier than 0.
Step whatever_clock_is_heard_first_is_believed(At at) {
  return asked_apart(
      "ESTABLISHED, rebuilt: a byte with a time stamp in the upper half, the first that is heard",
      at, [](const std::string& text) {
        LoopbackPair pair = pair_in_repair(TcpState::established);
        expect_set(text, pair.socket.get(), option::repair, int{TCP_REPAIR_OFF_NO_WP});
        expect_set(text, pair.other.get(), option::repair, int{TCP_REPAIR_ON});
        expect_set(text, pair.other.get(), option::timestamp, std::uint32_t{3} << 30);
        expect_set(text, pair.other.get(), option::repair, int{TCP_REPAIR_OFF_NO_WP});
        const FileDescriptor socket =
            rebuilt(text, std::move(pair.socket), {.negotiated = {{timestamps, 0}}});
        send_bytes(pair.other.get(), std::vector<std::uint8_t>{'x'}, 0);
        if (readable_within(socket.get(), std::chrono::seconds(4))) return;
        throw Violation(text, "it is taken", "nothing has come within 4 s");
      });
}

// The other end has the byte, and acknowledges it as soon as it is asked what it has.
Step bytes_of_the_send_queue_are_no_sample(At at) {
  return asked_apart(
      "ESTABLISHED, rebuilt: a byte of the send queue is no sample of the round trip", at,
      [](const std::string& text) {
        LoopbackPair pair = pair_in(TcpState::established);
        send_and_await_ack(pair.socket.get());
        const FileDescriptor socket =
            rebuilt(text, std::move(pair.socket), {.put_back = {'x'}, .leaves = TCP_REPAIR_OFF});
        const auto in_flight = [&] { return queued_bytes(socket.get(), TIOCOUTQ, "SIOCOUTQ"); };
        if (!poll_until(std::chrono::seconds(4), [&] { return in_flight() == 0; })) {
          throw Violation(text, "it is acknowledged", "it has not been within 4 s");
        }
        expect_equal(text, "0 us",
                     fmt::format("{} us", get_option(socket.get(), all_of_it).tcpi_rtt));
      });
}

// With 2, a connection begins with segments of net.ipv4.tcp_base_mss, 1024, and tries longer ones
// while it has enough to send.
Step probes_of_the_path_know_the_peers_mss(At at) {
  return asked_apart(
      "ESTABLISHED, rebuilt, path-MTU probing: segments grow to the MSS of TCP_REPAIR_OPTIONS", at,
      [](const std::string& text) {
        write_namespaces_own("net.ipv4.tcp_mtu_probing", "2");
        write_namespaces_own("net.ipv4.tcp_window_scaling", "0");  // none is negotiated anew
        constexpr std::uint32_t agreed = 1400, grown = 1200;
        LoopbackPair pair = pair_in(TcpState::established);
        const FileDescriptor socket =
            rebuilt(text, std::move(pair.socket),
                    {.negotiated = {{mss, agreed}}, .leaves = TCP_REPAIR_OFF});
        const auto longest = [&] { return get_option(pair.other.get(), all_of_it).tcpi_rcv_mss; };
        const auto has_grown = [&] {
          pump(socket.get(), pair.other.get());
          return longest() >= grown;
        };
        if (poll_until(std::chrono::seconds(4), has_grown)) return;
        throw Violation(text, fmt::format("{} bytes or more", grown),
                        fmt::format("{} bytes", longest()));
      });
}

}  // namespace sockcr::scenario
