#include "scenarios/language/abi_rebuilding.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <cerrno>
#include <vector>

#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/abi_row.h"
#include "scenarios/language/loopback_pair.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<tcp_info> all_of_it{IPPROTO_TCP, TCP_INFO, "TCP_INFO"};
constexpr SocketOption<tcp_repair_opt> repair_options{IPPROTO_TCP, TCP_REPAIR_OPTIONS,
                                                      "TCP_REPAIR_OPTIONS"};
constexpr std::uint32_t timestamps = 8;  // RFC 7323

// What the kernel answers.
int try_to_renumber(int socket, int queue, std::uint32_t number) {
  set_option(socket, option::repair_queue, queue);
  return ::setsockopt(socket, IPPROTO_TCP, TCP_QUEUE_SEQ, &number, sizeof number);
}

void renumber(int socket, int queue, std::uint32_t number) {
  set_option(socket, option::repair_queue, queue);
  set_option(socket, option::queue_seq, number);
}

std::uint32_t number_of(int socket, int queue) {
  set_option(socket, option::repair_queue, queue);
  return get_option(socket, option::queue_seq);
}

void expect_window_accepted(const std::string& text, std::uint32_t rcv_nxt,
                            const tcp_repair_window& window) {
  const LoopbackPair pair = pair_in_repair(TcpState::close);
  renumber(pair.socket.get(), TCP_RECV_QUEUE, rcv_nxt);
  const sockaddr_in nobody = loopback_end(9);
  connect_socket(pair.socket.get(), as_sockaddr(nobody), sizeof nobody);
  expect_answer(
      text, 0,
      ::setsockopt(pair.socket.get(), IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, sizeof window));
}

// `old` goes in repair mode, so that its other end does not notice; what takes its place has heard
// nothing yet.
FileDescriptor rebuilt(FileDescriptor old) {
  const sockaddr_storage local = local_address(old.get()), remote = remote_address(old.get());
  set_option(old.get(), option::repair, int{TCP_REPAIR_ON});
  const std::uint32_t write_seq = number_of(old.get(), TCP_SEND_QUEUE);
  const std::uint32_t rcv_nxt = number_of(old.get(), TCP_RECV_QUEUE);
  old.reset();

  LoopbackPair fresh = pair_in_repair(TcpState::close);
  const int socket = fresh.socket.get();
  bind_socket(socket, reinterpret_cast<const sockaddr*>(&local), sizeof(sockaddr_in));
  renumber(socket, TCP_SEND_QUEUE, write_seq);
  renumber(socket, TCP_RECV_QUEUE, rcv_nxt);
  connect_socket(socket, reinterpret_cast<const sockaddr*>(&remote), sizeof(sockaddr_in));
  set_option(socket, repair_options, tcp_repair_opt{timestamps, 0});
  set_option(socket, option::repair, int{TCP_REPAIR_OFF_NO_WP});
  return std::move(fresh.socket);
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
                       const sockaddr_in nobody = loopback_end(9);
                       connect_socket(pair.socket.get(), as_sockaddr(nobody), sizeof nobody);
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
        renumber(socket, TCP_SEND_QUEUE, 7);
        connect_socket(socket, as_sockaddr(remote), sizeof remote);
        expect_equal(text, "7", fmt::format("{}", get_option(socket, option::queue_seq)));
      });
}

Step a_number_is_set_once_more(At at) {
  return asked_apart(
      "CLOSE, in repair, receive queue: TCP_QUEUE_SEQ = 7, and then 8, is accepted", at,
      [](const std::string& text) {
        const LoopbackPair pair = pair_in_repair(TcpState::close);
        expect_answer(text, 0, try_to_renumber(pair.socket.get(), TCP_RECV_QUEUE, 7));
        expect_answer(text, 0, try_to_renumber(pair.socket.get(), TCP_RECV_QUEUE, 8));
      });
}

Step unread_bytes_keep_their_number(At at) {
  return asked_apart(
      "CLOSE with unread bytes, in repair, receive queue: TCP_QUEUE_SEQ = 7 is EPERM", at,
      [](const std::string& text) {
        const LoopbackPair pair = closed_with_unread_bytes();
        set_option(pair.socket.get(), option::repair, int{TCP_REPAIR_ON});
        expect_answer(text, EPERM, try_to_renumber(pair.socket.get(), TCP_RECV_QUEUE, 7));
      });
}

// PAWS (RFC 7323, section 5.3) compares with the last time stamp that was heard. Here that is none,
// which is no 0: half of all clocks are earlier than 0.
Step whatever_clock_is_heard_first_is_believed(At at) {
  return asked_apart(
      "ESTABLISHED, rebuilt: a byte with a time stamp in the upper half, the first that is heard",
      at, [](const std::string& text) {
        LoopbackPair pair = pair_in_repair(TcpState::established);
        set_option(pair.socket.get(), option::repair, int{TCP_REPAIR_OFF_NO_WP});
        set_option(pair.other.get(), option::repair, int{TCP_REPAIR_ON});
        set_option(pair.other.get(), option::timestamp, std::uint32_t{3} << 30);
        set_option(pair.other.get(), option::repair, int{TCP_REPAIR_OFF_NO_WP});
        const FileDescriptor socket = rebuilt(std::move(pair.socket));
        send_bytes(pair.other.get(), std::vector<std::uint8_t>{'x'}, 0);
        if (readable_within(socket.get(), std::chrono::seconds(4))) return;
        throw Violation(text, "it is taken", "nothing has come within 4 s");
      });
}

}  // namespace sockcr::scenario
