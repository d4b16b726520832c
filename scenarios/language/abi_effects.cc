#include "scenarios/language/abi_effects.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <cerrno>
#include <vector>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/info.h"
#include "scenarios/language/abi_row.h"
#include "scenarios/language/loopback_pair.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<tcp_repair_window> repair_window{IPPROTO_TCP, TCP_REPAIR_WINDOW,
                                                        "TCP_REPAIR_WINDOW"};
constexpr int repair_on = 1, repair_off = 0, repair_off_no_probe = -1;

std::string text_of(const tcp_repair_window& w) {
  return fmt::format("snd_wl1 {}, snd_wnd {}, max_window {}, rcv_wnd {}, rcv_wup {}", w.snd_wl1,
                     w.snd_wnd, w.max_window, w.rcv_wnd, w.rcv_wup);
}

}  // namespace

Step its_window_is_what_was_written(At at) {
  return asked_apart("ESTABLISHED, in repair: TCP_REPAIR_WINDOW tells what it was set to", at,
                     [](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::established);
                       tcp_repair_window window = get_option(pair.socket.get(), repair_window);
                       window.snd_wl1 -= 5;
                       window.snd_wnd -= 1000;
                       window.max_window += 7;
                       window.rcv_wnd += 100'000;
                       window.rcv_wup -= 2;
                       expect_set(text, pair.socket.get(), repair_window, window);
                       expect_equal(text, text_of(window),
                                    text_of(get_option(pair.socket.get(), repair_window)));
                     });
}

// Ahead of the clock of a machine that has just booted, and behind the one of any. An odd one would
// count microseconds (Linux 6.7).
Step its_clock_is_what_was_written(At at) {
  return asked_apart("CLOSE, in repair: TCP_TIMESTAMP tells what it was set to, and goes on", at,
                     [](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::close);
                       for (const std::uint32_t value : {12'345'678U, 2U}) {
                         const std::uint32_t start = monotonic_ticks(false);
                         expect_set(text, pair.socket.get(), option::timestamp, value);
                         const std::uint32_t later =
                             get_option(pair.socket.get(), option::timestamp) - value;
                         const std::uint32_t most = monotonic_ticks(false) - start + 1;
                         if (later <= most) continue;
                         throw Violation(text, fmt::format("at most {} ticks later", most),
                                         fmt::format("{}", static_cast<std::int32_t>(later)));
                       }
                     });
}

Step leaving_repair_ends_reuse(int how, At at) {
  return asked_apart(fmt::format("CLOSE, in repair: TCP_REPAIR = {} ends SO_REUSEADDR", how), at,
                     [how](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::close);
                       expect_set(text, pair.socket.get(), option::repair, how);
                       expect_equal(
                           text, "0",
                           fmt::format("{}", get_option(pair.socket.get(), option::reuse_address)));
                     });
}

Step leaving_repair_sends(int how, unsigned segments, At at) {
  const std::string text =
      fmt::format("ESTABLISHED, in repair: TCP_REPAIR = {} sends {}", how,
                  segments == 0 ? "no segment" : fmt::format("{} segment", segments));
  return asked_apart(text, at, [how, segments](const std::string& what) {
    const LoopbackPair pair = pair_in_repair(TcpState::established);
    const auto sent = [&] { return read_info(pair.socket.get()).segments_out; };
    const auto before = sent();
    expect_set(what, pair.socket.get(), option::repair, how);
    expect_equal(what, fmt::format("{}", segments), fmt::format("{}", sent() - before));
  });
}

Step leaving_repair_learns_the_window(At at) {
  return asked_apart("ESTABLISHED, in repair, window of 1: TCP_REPAIR = 0 asks for another", at,
                     [](const std::string& text) {
                       const LoopbackPair pair = pair_in_repair(TcpState::established);
                       const int socket = pair.socket.get();
                       tcp_repair_window window = get_option(socket, repair_window);
                       window.snd_wnd = 1;
                       expect_set(text, socket, repair_window, window);
                       expect_set(text, socket, option::repair, repair_off);
                       const auto has_learnt = [&] { return read_info(socket).snd_wnd > 1; };
                       if (poll_until(std::chrono::seconds(4), has_learnt)) return;
                       throw Violation(text, "the window that the other end tells", "1");
                     });
}

Step closing_in_repair_says_nothing(At at) {
  return asked_apart("ESTABLISHED, in repair: close says nothing to the other end", at,
                     [](const std::string& text) {
                       LoopbackPair pair = pair_in_repair(TcpState::established);
                       pair.socket.reset();
                       char byte = 0;
                       const auto result = ::recv(pair.other.get(), &byte, 1, MSG_DONTWAIT);
                       expect_equal(text, "ESTABLISHED, EAGAIN",
                                    fmt::format("{}, {}", to_text(state_of(pair.other.get())),
                                                result < 0 ? error_name(errno) : "end of file"));
                     });
}

Step what_is_put_into_the_send_queue_has_a_timer(At at) {
  return asked_apart(
      "ESTABLISHED, in repair, send queue: send of a byte, which TCP repeats once outside", at,
      [](const std::string& text) {
        const LoopbackPair pair = pair_in_repair(TcpState::established);
        const int socket = pair.socket.get();
        expect_set(text, socket, option::repair_queue, int{TCP_SEND_QUEUE});
        send_bytes(socket, std::vector<std::uint8_t>{'x'}, 0);
        expect_set(text, socket, option::repair, repair_off_no_probe);
        if (readable_within(pair.other.get(), std::chrono::seconds(4))) return;
        throw Violation(text, "it arrives", "nothing has come within 4 s");
      });
}

Step no_queue_is_chosen_the_second_time(At at) {
  return asked_apart(
      "ESTABLISHED, in repair for the second time: TCP_REPAIR_QUEUE tells of no queue", at,
      [](const std::string& text) {
        const LoopbackPair pair = pair_in_repair(TcpState::established);
        const int socket = pair.socket.get();
        expect_set(text, socket, option::repair_queue, int{TCP_SEND_QUEUE});
        expect_set(text, socket, option::repair, repair_off_no_probe);
        expect_set(text, socket, option::repair, repair_on);
        expect_equal(text, fmt::format("{}", int{TCP_NO_QUEUE}),
                     fmt::format("{}", get_option(socket, option::repair_queue)));
      });
}

Step fast_open_does_not_connect_in_repair(At at) {
  return asked_apart(
      "CLOSE, in repair: send with MSG_FASTOPEN is EPIPE", at, [](const std::string& text) {
        const LoopbackPair pair = pair_in_repair(TcpState::close);
        const FileDescriptor listener = listener_on_loopback(1);
        const sockaddr_storage address = local_address(listener.get());
        const auto result =
            ::sendto(pair.socket.get(), "x", 1, MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL,
                     reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_in));
        expect_answer(text, EPIPE, static_cast<int>(result));
      });
}

}  // namespace sockcr::scenario
