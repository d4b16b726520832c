// One server on 192.0.2.1:7001 with all that it can have, a client, and a socket that waits to be
// used.
#include <cerrno>
#include <csignal>
#include <string_view>

#include "tests/image/sample.h"

namespace sockcr {
namespace {

constexpr TimestampClock clock{.microseconds = false, .offset = 5};

TcpListener sample_listener() {
  return {.domain = AF_INET,
          .local = end_at(AF_INET, "192.0.2.1", 7001),
          .backlog = 128,
          .group_place = 1,
          .options = {{.level = 1, .number = 15, .value = {1, 0, 0, 0}}}};
}

TcpConnection sample_child() {
  TcpConnection c = sample_connection();
  c.remote.port = 7003;
  c.send_queue.clear();
  c.snd_nxt = c.write_seq = c.snd_una = 2001;
  c.owner = Owner::listener;
  c.listener = 1;
  c.ts_recent = 77;
  return c;
}

TcpRequest sample_request() {
  return {.domain = AF_INET,
          .local = end_at(AF_INET, "192.0.2.1", 7001),
          .remote = end_at(AF_INET, "192.0.2.2", 7004),
          .listener = 1,
          .snt_isn = 3000,
          .rcv_isn = 4000,
          .negotiated = {.mss_clamp = 1460,
                         .window_scaling = true,
                         .snd_wscale = 7,
                         .rcv_wscale = 10,
                         .sack = true,
                         .timestamps = true},
          .ts_recent = 78,
          .clock = clock};
}

TcpSynSent sample_syn_sent() {
  return {.domain = AF_INET6,
          .local = end_at(AF_INET6, "2001:db8::1", 40001),
          .remote = end_at(AF_INET6, "2001:db8::2", 80),
          .isn = 5000,
          .clock = clock,
          .first_syn = 100'000,
          .last_syn = 103'060,
          .options = {{.level = 6, .number = 7, .value = {4, 0, 0, 0}}}};
}

// LAST_ACK: what follows its queue is the FIN.
TcpConnection sample_orphan() {
  TcpConnection c = sample_connection();
  c.remote.port = 7005;
  c.state = TcpState::last_ack;
  c.owner = Owner::nobody;
  ++c.write_seq;
  c.copied_seq = c.rcv_nxt;
  c.receive_queue.clear();
  c.options.clear();
  return c;
}

TcpTimeWait sample_time_wait() {
  return {.state = TcpState::time_wait,
          .domain = AF_INET,
          .local = end_at(AF_INET, "192.0.2.1", 7001),
          .remote = end_at(AF_INET, "192.0.2.2", 7006),
          .snd_nxt = 6000,
          .rcv_nxt = 7000,
          .window = 64u << 10,
          .rcv_wscale = 10,
          .timestamps = true,
          .ts_recent = 79,
          .clock = clock,
          .remaining_ms = 59'004};
}

// By a RST behind the peer's FIN.
TcpConnection sample_reset() {
  TcpConnection c = sample_connection();
  c.remote = {};
  c.state = TcpState::close;
  c.error = EPIPE;
  c.send_queue.clear();
  c.snd_una = c.snd_nxt = c.write_seq;
  return c;
}

TcpUnconnected sample_unconnected() {
  return {.domain = AF_INET6,
          .local = end_at(AF_INET6, "::", 7007),
          .options = {{.level = 41, .number = 26, .value = {1, 0, 0, 0}}}};
}

Datagram sample_datagram(int family, const char* from, const char* to, Bytes payload) {
  return {.source = end_at(family, from, 7002),
          .destination = end_at(family, to, 7008),
          .hop_limit = 63,
          .traffic_class = 0xb9,
          .payload = std::move(payload)};
}

UdpSocket sample_udp() {
  UdpSocket socket{.domain = AF_INET6,
                   .local = end_at(AF_INET6, "::", 7008),
                   .errors_lost = true,
                   .group_place = 1,
                   .options = {{.level = 1, .number = 15, .value = {1, 0, 0, 0}}},
                   .queue = {sample_datagram(AF_INET6, "2001:db8::2", "2001:db8::1", {'h', 'i'}),
                             sample_datagram(AF_INET6, "2001:db8::2", "2001:db8::1", {}),
                             sample_datagram(AF_INET6, "::ffff:192.0.2.2", "::ffff:192.0.2.1",
                                             pattern(40, 'a'))}};
  socket.queue[0].flow_label = 0xabcde;
  socket.queue[0].interface = 2;
  return socket;
}

UdpSocket sample_udp_lite() {
  return {.lite = true,
          .domain = AF_INET,
          .local = end_at(AF_INET, "192.0.2.1", 7008),
          .remote = end_at(AF_INET, "192.0.2.2", 7002),
          .shut_down_send = true,
          .options = {{.level = 136, .number = 10, .value = {8, 0, 0, 0}}}};
}

UnixName unix_name(std::string_view text) { return {text.begin(), text.end()}; }

UnixSocket sample_unix_listener() {
  return {.name = unix_name("run/app.sock"),
          .node = {.directory = unix_name("/srv"), .mode = 0660, .uid = 7, .gid = 8},
          .listening = true,
          .backlog = 5,
          .peer_credentials = {.pid = 42, .uid = 7, .gid = 8},
          .options = {{.level = 1, .number = 16, .value = {1, 0, 0, 0}}}};
}

UnixSocket sample_unix_client() {
  return {.name = unix_name(std::string_view("\0"
                                             "cli",
                                             4)),
          .peer = all_kinds::unix_child + 1,
          .shut_down_receive = true,
          .peer_credentials = {.pid = 42, .uid = 7, .gid = 8},
          .queue = {{.payload = {'a', 'b'}},
                    {.out_of_band = true, .payload = {'c'}},
                    {.has_credentials = true,
                     .credentials = {.pid = 43, .uid = 0, .gid = 0},
                     .rights = {{all_kinds::listener + 1}, {all_kinds::unix_packets + 1}},
                     .payload = pattern(40, 'd')}}};
}

UnixSocket sample_unix_child() {
  return {.name = unix_name("run/app.sock"),
          .peer = all_kinds::unix_client + 1,
          .shut_down_send = true,
          .peer_credentials = {.pid = 43, .uid = 0, .gid = 0}};
}

UnixSocket sample_unix_waiting() {
  return {.name = unix_name("run/app.sock"),
          .peer_gone = true,
          .listener = all_kinds::unix_listener + 1,
          .shut_down_receive = true,
          .shut_down_send = true,
          .peer_credentials = {.pid = 44, .uid = 0, .gid = 0},
          .queue = {{.payload = {'q'}}}};
}

UnixSocket sample_unix_packets() {
  return {.type = UnixType::seqpacket,
          .peer_gone = true,
          .peer_name = unix_name("/run/gone"),
          .shut_down_receive = true,
          .shut_down_send = true,
          .error = ECONNRESET,
          .queue = {{.payload = {}}, {.payload = pattern(40, 'p')}}};
}

UnixSocket sample_unix_dgram() {
  return {.type = UnixType::dgram, .peer = all_kinds::unix_named + 1};
}

UnixSocket sample_unix_named() {
  return {.type = UnixType::dgram,
          .name = unix_name("/run/log"),
          .node = {.unlinked = true},
          .queue = {{.sender = unix_name("/run/client"), .payload = {'l'}}, {.payload = {}}}};
}

// Of one group it hears one sender, of another all but one; it drops what is longer than 5 bytes.
UdpSocket sample_member() {
  UdpSocket socket{
      .domain = AF_INET6,
      .local = end_at(AF_INET6, "::", 7009),
      .queue = {sample_datagram(AF_INET6, "::ffff:198.51.100.2", "::ffff:239.1.0.1", {'m'})},
      .filter = {.code = {6, 0, 0, 0, 5, 0, 0, 0}},
      .in_kernel_order = true};
  socket.queue[0].destination.port = 7009;
  socket.corked = {{.source = end_at(AF_INET, "198.51.100.1", 7009),
                    .destination = end_at(AF_INET, "198.51.100.2", 7002),
                    .hop_limit = 64,
                    .payload = {'c', 'o'}}};
  socket.queue[0].device = "eth0";
  socket.memberships = {{.group = end_at(AF_INET, "239.1.0.2", 0),
                         .device = "eth1",
                         .include = true,
                         .sources = {end_at(AF_INET, "198.51.100.2", 0)}},
                        {.group = end_at(AF_INET, "239.1.0.1", 0),
                         .device = "eth0",
                         .chosen_by = end_at(AF_INET, "198.51.100.1", 0)},
                        {.group = end_at(AF_INET6, "ff15::1", 0),
                         .device = "eth0",
                         .sources = {end_at(AF_INET6, "2001:db8::66", 0)}}};
  return socket;
}

// 24 bytes of protocol 253, as an IPv4 socket reads them.
Bytes sample_packet() {
  return {0x45, 0xb9, 0,   24, 0x12, 0x34, 0x40, 0, 63,  253, 0,   0,
          198,  51,   100, 2,  198,  51,   100,  1, 'r', 'a', 'w', '!'};
}

RawSocket sample_raw() {
  return {.domain = AF_INET,
          .protocol = 253,
          .local = end_at(AF_INET, "198.51.100.1", 0),
          .remote = end_at(AF_INET, "198.51.100.2", 5),
          .shut_down_receive = true,
          .options = {{.level = 0, .number = 5, .value = {1, 0, 0, 0}}},
          .queue = {datagram_of(sample_packet())}};
}

RawSocket sample_raw_v6() {
  RawSocket socket{.domain = AF_INET6,
                   .protocol = 58,
                   .local = end_at(AF_INET6, "::", 0),
                   .errors_lost = true,
                   .queue = {sample_datagram(AF_INET6, "2001:db8::2", "2001:db8::1", {129, 0})},
                   .memberships = {{.group = end_at(AF_INET6, "ff15::1", 0), .device = "eth0"}}};
  socket.queue[0].source.port = socket.queue[0].destination.port = 0;
  return socket;
}

void add_held(Image& image, Socket socket) {
  const auto place = image.sockets.size();
  image.sockets.push_back(std::move(socket));
  image.where.push_back(
      {.inode = 54321 + place,
       .holders = {{.pid = 42, .descriptor = static_cast<std::int32_t>(place) + 3}}});
}

}  // namespace

Image tcp_and_udp_image() {
  Image image = all_tcp_kinds_image();
  add_held(image, sample_udp());
  add_held(image, sample_udp_lite());
  return image;
}

Image all_kinds_image() {
  Image image = tcp_and_udp_image();
  const std::vector<Socket> others{
      sample_unix_listener(), sample_unix_client(), sample_unix_child(), sample_unix_waiting(),
      sample_unix_packets(),  sample_unix_dgram(),  sample_unix_named(), sample_member(),
      sample_raw(),           sample_raw_v6()};
  for (const Socket& socket : others) add_held(image, socket);
  image.where[all_kinds::unix_waiting] = {};  // nobody has accepted it
  image.where[all_kinds::unix_packets] = {};  // a message carries it
  return image;
}

Image open_files_image() {
  Image image = all_kinds_image();
  for (const auto place : {all_kinds::listener, all_kinds::established, all_kinds::syn_sent,
                           all_kinds::reset, all_kinds::unconnected, all_kinds::udp,
                           all_kinds::unix_client, all_kinds::unix_packets, all_kinds::raw}) {
    open_file_of(image.sockets[place])->flags = StatusFlags::nonblock;
  }
  *open_file_of(image.sockets[all_kinds::established]) = {
      .flags = StatusFlags::all, .signal = SIGUSR1, .owner = SignalOwner::process};
  SocketCircumstance& where = image.where[all_kinds::established];
  where.owner_pid = 42;
  where.holders.push_back({.pid = 42, .descriptor = 100, .close_on_exec = true});
  where.holders.push_back({.pid = 43, .descriptor = 4});
  open_file_of(image.sockets[all_kinds::udp])->owner = SignalOwner::group;
  image.where[all_kinds::udp].owner_pid = 7;
  return image;
}

Image all_tcp_kinds_image() {
  Image image = sample_image();
  image.sockets = {sample_listener(),  sample_connection(), sample_child(),
                   sample_request(),   sample_syn_sent(),   sample_orphan(),
                   sample_time_wait(), sample_reset(),      sample_unconnected()};
  image.where.assign(image.sockets.size(), {});
  for (const std::size_t held : {all_kinds::listener, all_kinds::established, all_kinds::syn_sent,
                                 all_kinds::reset, all_kinds::unconnected}) {
    const auto descriptor = static_cast<std::int32_t>(held) + 3;
    image.where[held] = {
        .inode = 54321 + held,
        .holders = {{.pid = 42, .descriptor = descriptor, .close_on_exec = false}}};
  }
  return image;
}

}  // namespace sockcr
