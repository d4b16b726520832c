#include "tests/image/sample.h"

#include <arpa/inet.h>

namespace sockcr {
Address end_at(int family, const char* text, std::uint16_t port) {
  Address address{.family = static_cast<std::uint16_t>(family), .bytes = {}, .port = port};
  ::inet_pton(family, text, address.bytes.data());
  return address;
}

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

}  // namespace sockcr
