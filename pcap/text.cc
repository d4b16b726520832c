#include "pcap/text.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <array>

#include "pcap/decode.h"

namespace sockcr::pcap {
namespace {

std::string time_text(std::chrono::nanoseconds since_start) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
  const auto size = micros < 0 ? -micros : micros;
  return fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", size / 1000000, size % 1000000);
}

struct OptionText {
  std::uint32_t sack_base;

  std::string operator()(option::EndOfList) const { return "eol"; }
  std::string operator()(option::NoOperation) const { return "nop"; }
  std::string operator()(option::MaxSegment mss) const { return fmt::format("mss {}", mss.bytes); }
  std::string operator()(option::WindowScale scale) const {
    return fmt::format("wscale {}", scale.shift);
  }
  std::string operator()(option::SackPermitted) const { return "sackOK"; }
  std::string operator()(const option::Sack& sack) const {
    std::string text = fmt::format("sack {} ", sack.blocks.size());
    for (const auto& block : sack.blocks) {
      text += fmt::format("{{{}:{}}}", block.begin - sack_base, block.end - sack_base);
    }
    return text;
  }
  std::string operator()(option::Timestamps stamps) const {
    return fmt::format("TS val {} ecr {}", stamps.value, stamps.echo);
  }
  std::string operator()(const option::Raw& raw) const {
    return fmt::format("unknown-{}{}{:02x}", raw.kind, raw.value.empty() ? "" : " 0x",
                       fmt::join(raw.value, ""));
  }
};

std::string options_text(const TcpSegment& tcp, std::uint32_t sack_base) {
  std::string text;
  for (const TcpOption& each : tcp.options) {
    text += (text.empty() ? "" : ",") + std::visit(OptionText{sack_base}, each);
  }
  return text.empty() ? text : fmt::format(", options [{}]", text);
}

std::string sequence_text(const TcpSegment& tcp, std::uint32_t base) {
  if (tcp.payload.empty() && !tcp.has(flag::syn | flag::fin | flag::rst)) return "";
  const std::uint32_t seq = tcp.has(flag::syn) ? tcp.seq : tcp.seq - base;
  if (tcp.payload.empty()) return fmt::format(", seq {}", seq);
  return fmt::format(", seq {}:{}", seq, seq + static_cast<std::uint32_t>(tcp.payload.size()));
}

std::string other_text(const Frame& frame) {
  if (frame.ip) {
    return fmt::format("{} {} > {}: protocol {}", frame.ip->source.size == 4 ? "IP" : "IP6",
                       to_text(frame.ip->source), to_text(frame.ip->destination),
                       frame.ip->protocol);
  }
  return fmt::format("{} > {}, ethertype 0x{:04x}", to_text(frame.source),
                     to_text(frame.destination), frame.ether_type);
}

std::string udp_text(const IpHeader& ip, const UdpDatagram& udp) {
  return fmt::format("{} {} > {}: {}, length {}{}", ip.source.size == 4 ? "IP" : "IP6",
                     to_text(Endpoint{ip.source, udp.source_port}),
                     to_text(Endpoint{ip.destination, udp.destination_port}),
                     ip.protocol == IPPROTO_UDPLITE ? "UDP-Lite" : "UDP", udp.payload.size(),
                     udp.checksum_right == false ? ", bad checksum" : "");
}

}  // namespace

std::string flags_text(std::uint16_t flags) {
  constexpr std::array<std::pair<std::uint16_t, char>, 9> letters = {{{flag::fin, 'F'},
                                                                      {flag::syn, 'S'},
                                                                      {flag::rst, 'R'},
                                                                      {flag::psh, 'P'},
                                                                      {flag::ack, '.'},
                                                                      {flag::urg, 'U'},
                                                                      {flag::ece, 'E'},
                                                                      {flag::cwr, 'W'},
                                                                      {flag::ae, 'e'}}};
  std::string text;
  for (const auto& [bit, letter] : letters) {
    if ((flags & bit) != 0) text += letter;
  }
  return text.empty() ? "none" : text;
}

std::uint32_t Transcript::base(const Direction& direction, std::uint32_t first) {
  return bases_.try_emplace(direction, first).first->second;
}

std::string Transcript::tcp_text(const IpHeader& ip, const TcpSegment& tcp) {
  const Endpoint source{ip.source, tcp.source_port};
  const Endpoint destination{ip.destination, tcp.destination_port};
  // A new SYN starts a new connection of the same two endpoints.
  if (tcp.has(flag::syn)) bases_[{source, destination}] = tcp.seq;
  const std::uint32_t own = base({source, destination}, tcp.seq - 1);
  std::string text =
      fmt::format("{} {} > {}: Flags [{}]{}", ip.source.size == 4 ? "IP" : "IP6", to_text(source),
                  to_text(destination), flags_text(tcp.flags), sequence_text(tcp, own));
  std::uint32_t other = 0;
  if (tcp.has(flag::ack)) {
    other = base({destination, source}, tcp.ack - 1);
    text += fmt::format(", ack {}", tcp.has(flag::syn) ? tcp.ack : tcp.ack - other);
  }
  text += fmt::format(", win {}", tcp.window);
  if (tcp.has(flag::urg)) text += fmt::format(", urg {}", tcp.urgent);
  text += options_text(tcp, other);
  text += fmt::format(", length {}", tcp.payload.size());
  if (tcp.checksum_right == false) text += ", bad checksum";
  return text;
}

std::string Transcript::line(const Packet& packet) {
  if (!start_) start_ = packet.at;
  const std::string time = time_text(packet.at - *start_);
  if (const auto mark = mark_in(packet)) {
    return fmt::format("{} -- {} ({} of {})", time, to_text(*mark), mark->index + 1, mark->count);
  }
  const Frame frame = decode(packet);
  std::string text = frame.tcp   ? tcp_text(*frame.ip, *frame.tcp)
                     : frame.udp ? udp_text(*frame.ip, *frame.udp)
                                 : other_text(frame);
  if (!frame.trouble.empty()) text += fmt::format(" [{}]", frame.trouble);
  return fmt::format("{} {}", time, text);
}

std::string to_text(const Recording& recording, std::size_t from, std::size_t to) {
  Transcript transcript;
  std::string text;
  for (const Packet& packet : recording.packets) {
    if (packet.number > to) break;
    const std::string line = transcript.line(packet);
    if (packet.number >= from) text += line + "\n";
  }
  return text;
}

}  // namespace sockcr::pcap
