// Images that nobody has thought of, each valid.
#include <algorithm>
#include <cerrno>

#include "engine/image/records.h"
#include "tests/image/dice.h"

namespace sockcr {

std::uint32_t roll(Dice& dice, std::uint32_t low, std::uint32_t high) {
  return std::uniform_int_distribution<std::uint32_t>(low, high)(dice);
}

bool toss(Dice& dice) { return roll(dice, 0, 1) == 1; }
Bytes roll_bytes(Dice& dice, std::uint32_t longest) {
  Bytes bytes(roll(dice, 0, longest));
  std::generate(bytes.begin(), bytes.end(),
                [&] { return static_cast<std::uint8_t>(roll(dice, 0, 255)); });
  return bytes;
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

namespace {

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
