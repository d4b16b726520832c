// pcap_write_sample FILE: writes one pcapng file with everything that the decoder knows, and prints
// what our decoder reads in it, a JSON object a packet. Other people's readers shall agree.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pcap/decode.h"
#include "pcap/pcapng.h"
#include "pcap/text.h"
#include "tests/pcap/frames.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using nlohmann::json;

TcpSegment rich_segment(std::uint16_t flags, std::size_t payload) {
  TcpSegment tcp;
  tcp.source_port = 7001;
  tcp.destination_port = 7002;
  tcp.seq = 0xfffffff0;
  tcp.ack = 0x80000000;
  tcp.flags = flags;
  tcp.window = 65535;
  tcp.urgent = 3;
  tcp.payload.assign(payload, 0xa5);
  return tcp;
}

std::vector<TcpSegment> rich_segments() {
  std::vector<TcpSegment> all;
  for (std::uint16_t flags = 0; flags < 0x200; flags = static_cast<std::uint16_t>(flags + 37)) {
    all.push_back(rich_segment(flags, flags % 9));
  }
  all[1].options = {option::NoOperation{}, option::NoOperation{},
                    option::Sack{{{0x80000010, 0x80000020}, {0x80000030, 0x80000040}}}};
  all[2].options = {option::MaxSegment{536}, option::Raw{254, {1, 2}}};
  all[3].options = {option::Timestamps{4000000000, 1}, option::NoOperation{},
                    option::WindowScale{14}};
  return all;
}

void add_rich_segments(std::vector<Packet>& packets) {
  const MacAddress near{{2, 0, 0, 0, 0, 1}}, far{{2, 0, 0, 0, 0, 2}};
  const Route v4{near, far, Address::parse("198.51.100.1"), Address::parse("198.51.100.2")};
  const Route v6{near, far, Address::parse("2001:db8:1::1"), Address::parse("2001:db8:1::2")};
  const auto extensions = unhex("3c00 010400000000 0600 010400000000");
  for (const TcpSegment& tcp : rich_segments()) {
    packets.push_back(packet_of(tcp_frame(v4, tcp)));
    packets.push_back(packet_of(tcp_frame(v6, tcp, extensions, 0)));
  }
}

Recording sample() {
  Tape v4, v6(Tape::Family::v6);
  v4.at("hello").wrong_tcp_checksum = true;
  v4.at("news").wrong_ip_checksum = true;
  std::vector<Packet> packets = v4.recording().packets;
  for (Packet& packet : v6.recording().packets) packets.push_back(std::move(packet));
  add_rich_segments(packets);
  // Nanoseconds that a microsecond or floating-point reader would lose.
  std::chrono::nanoseconds at = std::chrono::nanoseconds(1700000000'000000001);
  for (Packet& packet : packets) packet.at = at += std::chrono::nanoseconds(1'001'003);
  return Recording::of(std::move(packets));
}

json option_values(const TcpSegment& tcp) {
  json values;
  if (const auto* mss = tcp.find<option::MaxSegment>()) values["mss"] = mss->bytes;
  if (const auto* scale = tcp.find<option::WindowScale>()) values["wscale"] = scale->shift;
  if (tcp.find<option::SackPermitted>()) values["sack_permitted"] = true;
  if (const auto* stamps = tcp.find<option::Timestamps>()) {
    values["timestamps"] = {stamps->value, stamps->echo};
  }
  if (const auto* sack = tcp.find<option::Sack>()) {
    for (const auto& block : sack->blocks) values["sack"].push_back({block.begin, block.end});
  }
  return values;
}

json tcp_values(const TcpSegment& tcp) {
  return {{"source_port", tcp.source_port},
          {"destination_port", tcp.destination_port},
          {"seq", tcp.seq},
          {"ack", tcp.ack},
          {"flags", tcp.flags},
          {"window", tcp.window},
          {"checksum", tcp.checksum},
          {"checksum_right", tcp.checksum_right.value()},
          {"urgent", tcp.urgent},
          {"options", option_values(tcp)},
          {"payload", fmt::format("{:02x}", fmt::join(tcp.payload, ""))}};
}

json packet_values(const Packet& packet, const Comments& comments, Transcript& transcript) {
  const Frame frame = decode(packet);
  json values = {{"number", packet.number},
                 {"nanoseconds", packet.at.count()},
                 {"length", packet.bytes.size()},
                 {"comments", json::array()},
                 {"text", transcript.line(packet)}};
  const auto found = comments.find(packet.number);
  if (found != comments.end()) values["comments"] = found->second;
  if (!frame.tcp) return values;
  values["source"] = to_text(frame.ip->source);
  values["destination"] = to_text(frame.ip->destination);
  if (frame.ip->checksum_right) values["ip_checksum_right"] = *frame.ip->checksum_right;
  values["tcp"] = tcp_values(*frame.tcp);
  return values;
}

void write_and_print(const std::string& path) {
  const Recording recording = sample();
  const std::vector<Breach> breaches = {{"no_reset", {4, "no RST", "an \"été\" one"}},
                                        {"one_value", {4, "0x41", "0x42"}}};
  const Comments comments = comments_of(recording, breaches);
  write_pcapng(path, recording, "peer", comments);
  Transcript transcript;
  for (const Packet& packet : recording.packets) {
    fmt::print("{}\n", packet_values(packet, comments, transcript).dump());
  }
}

}  // namespace
}  // namespace sockcr::pcap::test

int main(int count, char** arguments) {
  if (count != 2) return 129;
  sockcr::pcap::test::write_and_print(arguments[1]);
  return 0;
}
