#include "tests/image/sample.h"

#include <arpa/inet.h>
#include <algorithm>
#include <array>

namespace sockcr {
namespace {

std::uint32_t roll(Dice& dice, std::uint32_t low, std::uint32_t high) {
  return std::uniform_int_distribution<std::uint32_t>(low, high)(dice);
}

bool toss(Dice& dice) { return roll(dice, 0, 1) == 1; }

Address end_at(int family, const char* text, std::uint16_t port) {
  Address address{.family = static_cast<std::uint16_t>(family), .bytes = {}, .port = port};
  ::inet_pton(family, text, address.bytes.data());
  return address;
}

// v4, v6, mapped, link-local.
void roll_ends(Dice& dice, TcpConnection& c) {
  constexpr std::array<std::array<const char*, 2>, 4> ends{
      {{"192.0.2.1", "192.0.2.2"},
       {"2001:db8::1", "2001:db8::2"},
       {"::ffff:192.0.2.1", "::ffff:192.0.2.2"},
       {"fe80::1", "fe80::2"}}};
  const std::uint32_t kind = roll(dice, 0, 3);
  c.domain = kind == 0 ? AF_INET : AF_INET6;
  c.local = end_at(c.domain, ends[kind][0], static_cast<std::uint16_t>(roll(dice, 1, 65535)));
  c.remote = end_at(c.domain, ends[kind][1], static_cast<std::uint16_t>(roll(dice, 1, 65535)));
  if (kind == 3) c.local.scope_id = c.remote.scope_id = roll(dice, 1, 1000);
}

Bytes roll_bytes(Dice& dice, std::uint32_t longest) {
  Bytes bytes(roll(dice, 0, longest));
  std::generate(bytes.begin(), bytes.end(),
                [&] { return static_cast<std::uint8_t>(roll(dice, 0, 255)); });
  return bytes;
}

// Any number of the sequence space may come first, so that queues often wrap around its end.
void roll_queues(Dice& dice, TcpConnection& c) {
  const std::uint32_t longest = toss(dice) ? 100 : 100'000;
  const bool acked = fin_is_acked(c.state);
  c.send_queue = acked ? Bytes{} : roll_bytes(dice, longest);
  c.receive_queue = roll_bytes(dice, longest);
  const auto length = static_cast<std::uint32_t>(c.send_queue.size());
  const std::uint32_t fin = has_sent_fin(c.state) && !acked ? 1 : 0;
  c.snd_una = toss(dice) ? 0u - roll(dice, 0, 50) : roll(dice, 0, UINT32_MAX);
  c.write_seq = c.snd_una + length + fin;
  c.snd_nxt = c.snd_una + roll(dice, 0, length + fin);
  c.copied_seq = toss(dice) ? 0u - roll(dice, 0, 50) : roll(dice, 0, UINT32_MAX);
  c.rcv_nxt = c.copied_seq + static_cast<std::uint32_t>(c.receive_queue.size()) +
              (has_received_fin(c.state) ? 1 : 0);
}

void roll_window(Dice& dice, TcpConnection& c) {
  const std::uint32_t most = 65535u << c.negotiated.snd_wscale;
  c.window.max_window = roll(dice, 0, most);
  c.window.snd_wnd = roll(dice, 0, c.window.max_window);
  c.window.rcv_wnd = roll(dice, 0, 65535u << 14);
  c.window.rcv_wup = c.rcv_nxt - roll(dice, 0, 100'000);
  c.window.snd_wl1 = c.rcv_nxt - roll(dice, 0, 100'000);
  if (toss(dice)) c.window.extension = roll_bytes(dice, 12);
}

void roll_negotiated(Dice& dice, TcpConnection& c) {
  c.negotiated.mss_clamp = static_cast<std::uint16_t>(roll(dice, 48, 65535));
  c.negotiated.window_scaling = toss(dice);
  if (c.negotiated.window_scaling) {
    c.negotiated.snd_wscale = static_cast<std::uint8_t>(roll(dice, 0, 14));
    c.negotiated.rcv_wscale = static_cast<std::uint8_t>(roll(dice, 0, 14));
  }
  c.negotiated.sack = toss(dice);
  c.negotiated.timestamps = toss(dice);
  c.clock = {.microseconds = toss(dice), .offset = roll(dice, 0, UINT32_MAX)};
}

SocketCircumstance roll_where(Dice& dice, std::int32_t pid) {
  SocketCircumstance where{.inode = dice(), .holders = {}};
  for (std::int32_t n = static_cast<std::int32_t>(roll(dice, 0, 3)); n > 0; --n) {
    where.holders.push_back({.pid = pid, .descriptor = n, .close_on_exec = toss(dice)});
  }
  return where;
}

}  // namespace

Bytes pattern(std::size_t length, std::uint8_t first) {
  Bytes bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(first + i % 26);
  return bytes;
}

TcpConnection sample_connection() {
  TcpConnection c;
  c.state = TcpState::close_wait;
  c.local = end_at(AF_INET, "192.0.2.1", 7001);
  c.remote = end_at(AF_INET, "192.0.2.2", 7002);
  c.snd_una = 0xfffffff0;  // the send queue wraps around the end of the sequence space
  c.snd_nxt = 0x00000010;
  c.write_seq = 0x00000020;
  c.send_queue = pattern(0x30, 'a');
  c.copied_seq = 1000;
  c.rcv_nxt = 1014;
  c.receive_queue = pattern(13, 'A');
  c.window = {.snd_wl1 = 1013,
              .snd_wnd = 65536,
              .max_window = 131072,
              .rcv_wnd = 64240,
              .rcv_wup = 1000,
              .extension = {1, 2, 3, 4}};
  c.negotiated = {.mss_clamp = 1460,
                  .window_scaling = true,
                  .snd_wscale = 7,
                  .rcv_wscale = 10,
                  .sack = true,
                  .timestamps = true};
  c.clock = {.microseconds = false, .offset = 0xfffffffe};
  c.options = {{.level = 6, .number = 1, .value = {1, 0, 0, 0}},
               {.level = 1, .number = 9, .value = {1, 0, 0, 0}}};
  return c;
}

Image image_of(const TcpConnection& connection) {
  Image image;
  image.circumstance = {.image_id = 0x0123456789abcdef,
                        .kernel_release = "6.1.0-13-amd64",
                        .boot_id = "11111111-2222-3333-4444-555555555555",
                        .monotonic_ns = 12'345'678'901,
                        .realtime_ns = 1'700'000'000'123'456'789};
  image.sockets.emplace_back(connection);
  image.where.push_back(
      {.inode = 54321, .holders = {{.pid = 42, .descriptor = 7, .close_on_exec = true}}});
  return image;
}

Image sample_image() { return image_of(sample_connection()); }

TcpConnection random_connection(Dice& dice) {
  constexpr std::array states{TcpState::established, TcpState::fin_wait1,  TcpState::fin_wait2,
                              TcpState::close,       TcpState::close_wait, TcpState::last_ack,
                              TcpState::closing};
  TcpConnection c;
  c.state = states[roll(dice, 0, states.size() - 1)];
  roll_ends(dice, c);
  roll_queues(dice, c);
  roll_negotiated(dice, c);
  roll_window(dice, c);
  for (std::int32_t n = static_cast<std::int32_t>(roll(dice, 0, 5)); n > 0; --n) {
    c.options.push_back(
        {.level = 6, .number = n, .value = roll_bytes(dice, toss(dice) ? 8 : 32768)});
  }
  c.shut_down_receive = toss(dice);
  return c;
}

Image random_image(Dice& dice) {
  Image image = sample_image();
  image.sockets.clear();
  image.where.clear();
  image.circumstance.image_id = dice();
  image.circumstance.monotonic_ns = static_cast<std::int64_t>(dice() >> 1);
  image.circumstance.realtime_ns = static_cast<std::int64_t>(dice() >> 1);
  for (std::int32_t n = static_cast<std::int32_t>(roll(dice, 0, 4)); n > 0; --n) {
    image.sockets.emplace_back(random_connection(dice));
    image.where.push_back(roll_where(dice, n));
  }
  return image;
}

}  // namespace sockcr
