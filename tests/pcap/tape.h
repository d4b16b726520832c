// A hand-made capture: a good conversation with a cut in its middle, as a list that a test tampers
// with before it is rendered to evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pcap/rule.h"

namespace sockcr::pcap::test {

struct Entry {
  std::string label;
  Side from = Side::ours;
  std::uint16_t flags = flag::ack;
  std::int64_t seq = 0, ack = 0;  // offsets from the ISNs
  std::string payload{};
  std::uint16_t window = 500;  // shifted by 7 but in the SYNs
  std::int64_t ahead = 0;      // added to the sender's time stamp, in ticks
  bool stamped = true;
  std::uint8_t scale = 7;  // that a SYN offers
  bool wrong_ip_checksum = false, wrong_tcp_checksum = false;
  bool mac_of_other = false;
  std::uint8_t hop_limit = 64;
  std::uint32_t flow_label = 0;
  std::optional<std::uint32_t> echo{};  // else what the peer never sent
  std::uint16_t urgent = 0;
  std::int64_t waits = 0;  // so many ticks pass before it
  std::string mark{};      // a phase mark of two frames instead of a segment

  Entry with(std::uint16_t new_flags) const;
};

class Tape {
 public:
  enum class Family { v4, v6 };
  explicit Tape(Family family = Family::v4);  // the good conversation

  Entry& at(const std::string& label);
  void after(const std::string& label, Entry entry);
  void remove(const std::string& label);

  std::int64_t tick_microseconds = 1000;  // one packet and one tick of the clocks
  std::string ours_writes, peer_writes;
  bool ours_closes = true, peer_closes = true;

  Evidence evidence() const;
  Recording recording() const;

 private:
  Party party(Side side) const;
  Packet packet(const Entry& entry, std::int64_t tick) const;

  Family family_;
  std::vector<Entry> entries_;
};

}  // namespace sockcr::pcap::test
