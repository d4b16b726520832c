// Images that nobody has thought of, each valid.
#include <algorithm>
#include <array>
#include <cerrno>

#include "engine/image/records.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

std::uint32_t roll(Dice& dice, std::uint32_t low, std::uint32_t high) {
  return std::uniform_int_distribution<std::uint32_t>(low, high)(dice);
}

bool toss(Dice& dice) { return roll(dice, 0, 1) == 1; }

// v4, v6, mapped, link-local.
template <class Kind>
void roll_ends(Dice& dice, Kind& c) {
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

TimestampClock roll_clock(Dice& dice) {
  return {.microseconds = toss(dice), .offset = roll(dice, 0, UINT32_MAX)};
}

template <class Kind>
void roll_negotiated(Dice& dice, Kind& c) {
  c.negotiated.mss_clamp = static_cast<std::uint16_t>(roll(dice, 48, 65535));
  c.negotiated.window_scaling = toss(dice);
  if (c.negotiated.window_scaling) {
    c.negotiated.snd_wscale = static_cast<std::uint8_t>(roll(dice, 0, 14));
    c.negotiated.rcv_wscale = static_cast<std::uint8_t>(roll(dice, 0, 14));
  }
  c.negotiated.sack = toss(dice);
  c.negotiated.timestamps = toss(dice);
  c.clock = roll_clock(dice);
}

std::vector<OptionValue> roll_options(Dice& dice) {
  std::vector<OptionValue> options;
  for (std::int32_t n = static_cast<std::int32_t>(roll(dice, 0, 5)); n > 0; --n) {
    options.push_back({.level = 6, .number = n, .value = roll_bytes(dice, toss(dice) ? 8 : 32768)});
  }
  return options;
}

OpenFile roll_file(Dice& dice) {
  constexpr auto all = static_cast<std::uint32_t>(StatusFlags::all);
  if (toss(dice)) return {};
  return {.flags = static_cast<StatusFlags>(roll(dice, 0, all) & all),
          .signal = static_cast<std::uint8_t>(roll(dice, 0, 64)),
          .owner = static_cast<SignalOwner>(roll(dice, 0, 3))};
}

// Canonical, and each group once. The program hears its sources and nobody else, or all others.
Membership roll_membership(Dice& dice, bool v6, const std::string& device) {
  Membership one{.group = v6 ? end_at(AF_INET6, "ff15::1", 0) : end_at(AF_INET, "239.1.0.1", 0),
                 .device = device};
  if (!v6 && toss(dice)) one.chosen_by = end_at(AF_INET, "198.51.100.1", 0);
  for (std::uint32_t n = roll(dice, 0, 3); n > 0; --n) {
    Address source = v6 ? end_at(AF_INET6, "2001:db8::2", 0) : end_at(AF_INET, "198.51.100.2", 0);
    source.bytes[3] = static_cast<std::uint8_t>(n);
    one.sources.push_back(source);
  }
  one.include = !one.sources.empty() && toss(dice);
  return one;
}

// An IPv6 socket of UDP can be a member of IPv4's groups too, which come first.
template <class Kind>
void roll_memberships(Dice& dice, Kind& socket, bool v4, bool v6) {
  for (const char* const device : {"eth0", "eth1"}) {
    if (v4 && toss(dice)) socket.memberships.push_back(roll_membership(dice, false, device));
  }
  for (const char* const device : {"eth0", "eth1"}) {
    if (v6 && toss(dice)) socket.memberships.push_back(roll_membership(dice, true, device));
  }
  socket.in_kernel_order = !socket.memberships.empty() && toss(dice);
}

TcpListener roll_listener(Dice& dice) {
  TcpConnection ends;
  roll_ends(dice, ends);
  return {.domain = ends.domain,
          .local = ends.local,
          .backlog = roll(dice, 0, INT32_MAX),
          .group_place = roll(dice, 0, 9),
          .options = roll_options(dice)};
}

TcpSynSent roll_syn_sent(Dice& dice) {
  TcpSynSent socket;
  roll_ends(dice, socket);
  socket.isn = roll(dice, 1, UINT32_MAX);
  socket.clock = roll_clock(dice);
  socket.last_syn = roll(dice, 0, UINT32_MAX);
  socket.first_syn = socket.last_syn - roll(dice, 0, 600'000);
  socket.options = roll_options(dice);
  return socket;
}

TcpTimeWait roll_time_wait(Dice& dice) {
  TcpTimeWait socket;
  roll_ends(dice, socket);
  socket.state = toss(dice) ? TcpState::time_wait : TcpState::fin_wait2;
  socket.snd_nxt = roll(dice, 0, UINT32_MAX);
  socket.rcv_nxt = roll(dice, 0, UINT32_MAX);
  socket.rcv_wscale = static_cast<std::uint8_t>(roll(dice, 0, 14));
  socket.window = roll(dice, 0, 65535) << socket.rcv_wscale;
  socket.timestamps = toss(dice);
  socket.ts_recent = toss(dice) ? 0 : roll(dice, 0, UINT32_MAX);
  socket.clock = roll_clock(dice);
  socket.remaining_ms = roll(dice, 0, 60'000);
  return socket;
}

TcpUnconnected roll_unconnected(Dice& dice) {
  const TcpListener bound = roll_listener(dice);
  return {.domain = bound.domain, .local = bound.local, .options = bound.options};
}

TcpRequest roll_request(Dice& dice) {
  TcpRequest request;
  roll_ends(dice, request);
  request.snt_isn = roll(dice, 1, UINT32_MAX);
  request.rcv_isn = roll(dice, 0, UINT32_MAX);
  roll_negotiated(dice, request);
  request.ts_recent = toss(dice) ? 0 : roll(dice, 0, UINT32_MAX);
  return request;
}

Datagram roll_datagram(Dice& dice, const UdpSocket& to) {
  Datagram one{.source = to.remote, .destination = to.local};
  one.source.port = static_cast<std::uint16_t>(roll(dice, 0, 65535));
  one.interface = roll(dice, 0, 9);
  one.hop_limit = static_cast<std::uint8_t>(roll(dice, 0, 255));
  one.traffic_class = static_cast<std::uint8_t>(roll(dice, 0, 255));
  one.flow_label = roll(dice, 0, 0xfffff);
  one.payload = roll_bytes(dice, toss(dice) ? 0 : max_datagram);
  return one;
}

UdpSocket roll_udp(Dice& dice) {
  UdpSocket socket;
  roll_ends(dice, socket);
  socket.lite = toss(dice);
  socket.shut_down_receive = toss(dice);
  socket.shut_down_send = toss(dice);
  socket.errors_lost = toss(dice);
  socket.group_place = roll(dice, 0, 9);
  socket.options = roll_options(dice);
  for (std::uint32_t n = roll(dice, 0, 4); n > 0; --n) {
    socket.queue.push_back(roll_datagram(dice, socket));
  }
  if (toss(dice)) socket.remote = {};
  roll_memberships(dice, socket, true, socket.domain == AF_INET6);
  return socket;
}

// As an IPv4 socket reads one: with its header, of 20 bytes.
Bytes roll_packet(Dice& dice, const RawSocket& to) {
  Bytes packet(20);
  const Bytes data = roll_bytes(dice, 1000);
  packet.insert(packet.end(), data.begin(), data.end());
  packet[0] = 0x45;
  packet[1] = static_cast<std::uint8_t>(roll(dice, 0, 255));
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  packet[8] = static_cast<std::uint8_t>(roll(dice, 0, 255));
  packet[9] = to.protocol;
  readdress_packet(packet, end_at(AF_INET, "192.0.2.2", 0), end_at(AF_INET, "192.0.2.1", 0));
  return packet;
}

Datagram roll_raw_datagram(Dice& dice, const RawSocket& to) {
  if (to.domain == AF_INET) return datagram_of(roll_packet(dice, to));
  return {.source = end_at(AF_INET6, "2001:db8::2", 0),
          .destination = end_at(AF_INET6, "2001:db8::1", 0),
          .hop_limit = static_cast<std::uint8_t>(roll(dice, 0, 255)),
          .payload = roll_bytes(dice, 1000)};
}

RawSocket roll_raw(Dice& dice) {
  const bool v6 = toss(dice);
  RawSocket socket{.domain = static_cast<std::uint16_t>(v6 ? AF_INET6 : AF_INET),
                   .protocol = static_cast<std::uint8_t>(roll(dice, 1, 255))};
  socket.local = end_at(socket.domain, v6 ? "2001:db8::1" : "192.0.2.1", 0);
  if (toss(dice)) {
    const auto port = static_cast<std::uint16_t>(roll(dice, 0, 65535));
    socket.remote = end_at(socket.domain, v6 ? "2001:db8::2" : "192.0.2.2", port);
  }
  socket.shut_down_receive = toss(dice);
  socket.shut_down_send = toss(dice);
  socket.errors_lost = toss(dice);
  socket.options = roll_options(dice);
  for (std::uint32_t n = roll(dice, 0, 4); n > 0; --n) {
    socket.queue.push_back(roll_raw_datagram(dice, socket));
  }
  roll_memberships(dice, socket, !v6, v6);
  return socket;
}

std::uint32_t roll_mark(Dice& dice, const Bytes& queue) {
  return toss(dice) ? 0 : roll(dice, 0, static_cast<std::uint32_t>(queue.size()));
}

void roll_urgent(Dice& dice, TcpConnection& c) {
  c.receive_urgent = roll_mark(dice, c.receive_queue);
  c.urgent_taken = c.receive_urgent != 0 && toss(dice);
  c.send_urgent = roll_mark(dice, c.send_queue);
  c.send_urgent_unknown = c.send_urgent == 0 && !c.send_queue.empty() && toss(dice);
}

void make_reset(Dice& dice, TcpConnection& c) {
  c.error = toss(dice) ? ECONNRESET : EPIPE;
  c.snd_una = c.snd_nxt = c.write_seq;
  if (c.error == ECONNRESET) --c.rcv_nxt;  // no FIN came before
  c.window.rcv_wup = c.window.snd_wl1 = c.rcv_nxt;
}

void make_orphan(TcpConnection& c) {
  c.owner = Owner::nobody;
  c.receive_queue.clear();
  c.copied_seq = c.rcv_nxt;
  c.receive_urgent = 0;
  c.urgent_taken = false;
}

TcpConnection roll_child(Dice& dice) {
  TcpConnection c = random_connection(dice);
  while (has_sent_fin(c.state)) c = random_connection(dice);
  c.owner = Owner::listener;
  c.send_queue.clear();
  c.snd_nxt = c.write_seq = c.snd_una;
  c.send_urgent = 0;
  c.send_urgent_unknown = c.urgent_taken = false;
  return c;
}

// What waits stands behind a listener that takes it.
template <class Kind>
void add_waiting(Dice& dice, Kind waiting, Image& image) {
  TcpListener listener = roll_listener(dice);
  listener.domain = waiting.domain;
  listener.local = waiting.local;
  if (toss(dice)) {
    listener.local.bytes = {};
    listener.local.scope_id = 0;
  }
  image.sockets.emplace_back(std::move(listener));
  image.where.emplace_back();
  waiting.listener = static_cast<std::uint32_t>(image.sockets.size());
  image.sockets.emplace_back(std::move(waiting));
  image.where.emplace_back();
}

SocketCircumstance roll_where(Dice& dice, std::int32_t pid) {
  SocketCircumstance where{.inode = dice(), .holders = {}};
  for (std::int32_t n = static_cast<std::int32_t>(roll(dice, 0, 3)); n > 0; --n) {
    where.holders.push_back({.pid = pid, .descriptor = n, .close_on_exec = toss(dice)});
  }
  return where;
}

// The owner of its signals is its process, or one that nobody knows.
void add_held(Dice& dice, std::int32_t pid, Socket socket, Image& image) {
  const OpenFile file = roll_file(dice);
  *open_file_of(socket) = file;
  image.sockets.push_back(std::move(socket));
  image.where.push_back(roll_where(dice, pid));
  if (file.owner != SignalOwner::nobody) image.where.back().owner_pid = toss(dice) ? pid : 4194304;
}

UnixMessage roll_message(Dice& dice, UnixType type) {
  UnixMessage one;
  if (type == UnixType::dgram) one.sender = roll_bytes(dice, 0);
  if (toss(dice)) {
    one.has_credentials = true;
    one.credentials = {static_cast<std::int32_t>(roll(dice, 0, 4194304)), roll(dice, 0, 9), 0};
  }
  one.payload = roll_bytes(dice, toss(dice) ? 100 : 100'000);
  if (type == UnixType::stream) one.payload.push_back('s');
  return one;
}

UnixSocket roll_unix(Dice& dice) {
  constexpr std::array types{UnixType::stream, UnixType::dgram, UnixType::seqpacket};
  UnixSocket socket{.type = types[roll(dice, 0, 2)]};
  if (toss(dice)) {
    socket.name = {'/', 'x'};
    socket.node = {.unlinked = toss(dice), .mode = roll(dice, 0, 07777), .uid = 1, .gid = 2};
  }
  socket.shut_down_receive = toss(dice);
  socket.shut_down_send = toss(dice);
  socket.peer_credentials = {static_cast<std::int32_t>(roll(dice, 0, 99)), 0, 0};
  socket.options = roll_options(dice);
  for (std::uint32_t n = roll(dice, 0, 4); n > 0; --n) {
    socket.queue.push_back(roll_message(dice, socket.type));
  }
  return socket;
}

// Two that are connected to each other; the first message of one carries the other.
void add_unix_pair(Dice& dice, std::int32_t pid, Image& image) {
  UnixSocket one = roll_unix(dice), other = roll_unix(dice);
  other.type = one.type;
  other.queue = one.queue;
  const auto count = static_cast<std::uint32_t>(image.sockets.size());
  one.peer = count + 2;
  other.peer = count + 1;
  if (!one.queue.empty()) one.queue.front().rights = {{count + 2}};
  add_held(dice, pid, std::move(one), image);
  add_held(dice, pid + 1'000'000, std::move(other), image);
}

void add_ownerless(Socket socket, Image& image) {
  image.sockets.push_back(std::move(socket));
  image.where.emplace_back();
}

TcpConnection roll_orphan(Dice& dice) {
  TcpConnection c = random_connection(dice);
  while (!has_sent_fin(c) || c.state == TcpState::close) c = random_connection(dice);
  make_orphan(c);
  return c;
}

void add_random(Dice& dice, std::int32_t pid, Image& image) {
  switch (roll(dice, 0, 13)) {
    case 0:
      return add_held(dice, pid, roll_listener(dice), image);
    case 1:
      return add_held(dice, pid, roll_syn_sent(dice), image);
    case 2:
      return add_held(dice, pid, roll_unconnected(dice), image);
    case 3:
      return add_ownerless(roll_time_wait(dice), image);
    case 4:
      return add_ownerless(roll_orphan(dice), image);
    case 5:
      return add_waiting(dice, roll_request(dice), image);
    case 6:
      return add_waiting(dice, roll_child(dice), image);
    case 7:
      return add_held(dice, pid, roll_udp(dice), image);
    case 8:
      return add_unix_pair(dice, pid, image);
    case 9:
      return add_held(dice, pid, roll_raw(dice), image);
    default:
      return add_held(dice, pid, random_connection(dice), image);
  }
}

}  // namespace

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
  c.options = roll_options(dice);
  c.shut_down_receive = toss(dice);
  if (toss(dice)) c.ts_recent = roll(dice, 0, UINT32_MAX);
  roll_urgent(dice, c);
  if (c.state == TcpState::close && toss(dice)) make_reset(dice, c);
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
    add_random(dice, n, image);
  }
  return image;
}

}  // namespace sockcr
