#include "tests/pcap/tape.h"

#include <algorithm>
#include <stdexcept>

#include "tests/pcap/frames.h"

namespace sockcr::pcap::test {
namespace {

constexpr std::uint32_t ours_isn = 0xfffffff8;  // wraps within the conversation
constexpr std::uint32_t peer_isn = 0x7ffffff0;
constexpr std::uint16_t data = flag::psh | flag::ack;
constexpr std::uint16_t fin_ack = flag::fin | flag::ack;

std::vector<Entry> good_conversation() {
  constexpr Side ours = Side::ours, peer = Side::peer;
  const auto mark = [](std::string_view name) {
    Entry entry{.label = std::string(name)};
    entry.mark = name;
    return entry;
  };
  return {
      {.label = "syn", .from = ours, .flags = flag::syn, .seq = 0},
      {.label = "syn_ack", .from = peer, .flags = flag::syn | flag::ack, .seq = 0, .ack = 1},
      {.label = "ack", .from = ours, .seq = 1, .ack = 1},
      {.label = "hello", .from = ours, .flags = data, .seq = 1, .ack = 1, .payload = "hello"},
      {.label = "hello_ack", .from = peer, .seq = 1, .ack = 6},
      {.label = "world", .from = peer, .flags = data, .seq = 1, .ack = 6, .payload = "world"},
      {.label = "world_ack", .from = ours, .seq = 6, .ack = 6},
      mark(phase::gate_closed),
      {.label = "lost", .from = peer, .flags = data, .seq = 6, .ack = 6, .payload = "again"},
      mark(phase::frozen),
      mark(phase::killed),
      mark(phase::restored),
      mark(phase::gate_open),
      mark(phase::resumed),
      {.label = "news", .from = ours, .flags = data, .seq = 6, .ack = 6, .payload = "and on"},
      {.label = "news_ack", .from = peer, .seq = 11, .ack = 12},
      {.label = "again", .from = peer, .flags = data, .seq = 6, .ack = 12, .payload = "again"},
      {.label = "again_ack", .from = ours, .seq = 12, .ack = 11},
      {.label = "fin", .from = ours, .flags = fin_ack, .seq = 12, .ack = 11},
      {.label = "peer_fin", .from = peer, .flags = fin_ack, .seq = 11, .ack = 13},
      {.label = "last_ack", .from = ours, .seq = 13, .ack = 12},
  };
}

Address address(Tape::Family family, Side side) {
  const std::string host = side == Side::ours ? "1" : "2";
  return Address::parse((family == Tape::Family::v4 ? "192.0.2." : "2001:db8::") + host);
}

MacAddress mac(Side side) {
  return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(side == Side::ours ? 1 : 2)}};
}

// In Linux's order.
std::vector<TcpOption> options(const Entry& entry, std::uint32_t clock) {
  const bool is_syn = (entry.flags & flag::syn) != 0;
  std::vector<TcpOption> list;
  if (is_syn) list = {option::MaxSegment{1460}, option::SackPermitted{}};
  if (!is_syn && entry.stamped) list = {option::NoOperation{}, option::NoOperation{}};
  if (entry.stamped)
    list.emplace_back(option::Timestamps{clock, entry.echo.value_or(entry.ack != 0 ? 7U : 0U)});
  if (!is_syn) return list;
  if (!entry.stamped) list.insert(list.end(), 2, option::NoOperation{});
  list.insert(list.end(), {option::NoOperation{}, option::WindowScale{entry.scale}});
  return list;
}

TcpSegment segment(const Entry& entry, std::uint32_t clock) {
  const bool is_ours = entry.from == Side::ours;
  TcpSegment tcp;
  tcp.source_port = is_ours ? 7001 : 7002;
  tcp.destination_port = is_ours ? 7002 : 7001;
  tcp.seq = (is_ours ? ours_isn : peer_isn) + static_cast<std::uint32_t>(entry.seq);
  tcp.flags = entry.flags;
  if (tcp.has(flag::ack)) {
    tcp.ack = (is_ours ? peer_isn : ours_isn) + static_cast<std::uint32_t>(entry.ack);
  }
  tcp.window = entry.window;
  tcp.urgent = entry.urgent;
  tcp.options = options(entry, clock);
  tcp.payload = bytes(entry.payload);
  return tcp;
}

}  // namespace

Entry Entry::with(std::uint16_t new_flags) const {
  Entry changed = *this;
  changed.flags = new_flags;
  return changed;
}

Tape::Tape(Family family)
    : ours_writes("helloand on"),
      peer_writes("worldagain"),
      family_(family),
      entries_(good_conversation()) {}

Entry& Tape::at(const std::string& label) {
  for (Entry& entry : entries_) {
    if (entry.label == label) return entry;
  }
  throw std::out_of_range(label);
}

void Tape::after(const std::string& label, Entry entry) {
  const auto place = entries_.begin() + (&at(label) - entries_.data());
  entries_.insert(place + 1, std::move(entry));
}

void Tape::remove(const std::string& label) {
  entries_.erase(entries_.begin() + (&at(label) - entries_.data()));
}

Packet Tape::packet(const Entry& entry, std::int64_t tick) const {
  const Side from = entry.mac_of_other ? other(entry.from) : entry.from;
  const Route route{mac(from),
                    mac(other(from)),
                    address(family_, entry.from),
                    address(family_, other(entry.from)),
                    entry.hop_limit,
                    entry.flow_label};
  // Ours' clock is about to wrap too.
  const std::int64_t base = entry.from == Side::ours ? 0xfffffffa : 1000;
  auto frame =
      tcp_frame(route, segment(entry, static_cast<std::uint32_t>(base + tick + entry.ahead)));
  constexpr std::size_t ip_checksum = 14 + 10;
  if (entry.wrong_ip_checksum) frame[ip_checksum] ^= 0x40;
  if (entry.wrong_tcp_checksum) frame.back() ^= 0x40;
  return packet_of(std::move(frame));
}

Recording Tape::recording() const {
  std::vector<Packet> packets;
  std::uint32_t serial = 0;
  std::int64_t tick = 0;
  const auto add = [&](Packet packet) {
    packet.at =
        std::chrono::seconds(1700000000) + std::chrono::microseconds(tick_microseconds * tick);
    packets.push_back(std::move(packet));
  };
  for (const Entry& entry : entries_) {
    tick += 1 + entry.waits;
    if (entry.mark.empty()) {
      add(packet(entry, tick));
      continue;
    }
    ++serial;
    add(packet_of(mark_frame({entry.mark, 1, serial, 0, 2}, mac(Side::ours))));
    add(packet_of(mark_frame({entry.mark, 1, serial, 1, 2}, mac(Side::ours))));
  }
  return Recording::of(std::move(packets));
}

Party Tape::party(Side side) const {
  const bool is_ours = side == Side::ours;
  return {{address(family_, side), static_cast<std::uint16_t>(is_ours ? 7001 : 7002)},
          {mac(side)},
          bytes(is_ours ? ours_writes : peer_writes),
          is_ours ? ours_closes : peer_closes,
          false};
}

Evidence Tape::evidence() const {
  Evidence evidence;
  evidence.recording = recording();
  evidence.ours = party(Side::ours);
  evidence.peer = party(Side::peer);
  return evidence;
}

}  // namespace sockcr::pcap::test
