// Sockets of UDP and UDP-Lite, as subjects of sentences.
//
//   udp::ours              the one that is cut, and what it hears
//   udp::member(n)         those of a group of ours at one port
//   udp::peer, client(n)   who sends to them, and hears them
//
// Each datagram of a peer's has a hop limit and a traffic class of its own.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/address.h"
#include "scenarios/language/actor.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

struct DatagramBinding {
  bool lite = false;      // UDP-Lite
  bool wildcard = false;  // 0.0.0.0 or ::, else the address of its side
  bool v6_only = false;
  bool reuse_port = false;
  int further = 0;    // of a peer: which of the addresses that it has besides its own (groups.h)
  bool icmp = false;  // of a raw socket (raw_ends.h)

  std::string text() const;
};

// By a group of which the reader is a member.
enum class HeardFrom { all, the_first_only, all_but_the_second };  // of the senders

// What somebody is to hear.
struct ExpectedDatagram {
  Address source, destination;  // as it shall see them
  int hop_limit = 64, traffic_class = 0;
  std::vector<std::uint8_t> payload;
  // It came in this round; what a cut puts back of it has a hop limit of 0.
  std::optional<int> to_a_group_in_round{};
  std::size_t options = 0;  // bytes of them in the IP header, where a raw socket hears it
};

// Who has a socket of datagrams, and what came to it and was not read.
struct Correspondent {
  Actor actor;
  Speaker speaker = Speaker::ours;
  std::uint16_t port = 0;
  DatagramBinding told;
  std::string connected_to;  // a name; empty: to nobody
  std::vector<ExpectedDatagram> unread;
  int sent = 0;           // datagrams
  std::size_t begun = 0;  // bytes of one that waits for more
  std::map<int, HeardFrom> groups{};
  bool sends_options = false;  // of IP
};
using Correspondents = std::map<std::string, Correspondent>;

// Of the next one; what two of them say is never alike.
std::uint64_t seed_of_next(const World& world);
// Held by ours' subject, or by this process. What had that name is closed.
void enter(World& world, const std::string& name, Correspondent made, FileDescriptor socket);

class DatagramEnd {
 public:
  DatagramEnd(Speaker speaker, std::string name, std::uint16_t port)
      : speaker_(speaker), name_(std::move(name)), port_(port) {}

  Step binds(const DatagramBinding& how = {}, At at = At::here()) const;
  Step connects_to(const DatagramEnd& other, At at = At::here()) const;
  Step shuts_down(At at = At::here()) const;  // for writing

  // One of each length, and each arrives; 0 is a length.
  Step sends(const std::vector<std::size_t>& lengths, const DatagramEnd& to,
             At at = At::here()) const;
  // They leave, and nobody hears them: the gate is closed, or the other listens to somebody else.
  Step sends_in_vain(const std::vector<std::size_t>& lengths, const DatagramEnd& to,
                     At at = At::here()) const;
  Step cannot_send(const DatagramEnd& to, int error_number, At at = At::here()) const;

  // Every datagram that came, once and in order, with its source, destination, hop limit and
  // traffic class; and nothing more.
  Step reads_all(At at = At::here()) const;
  // Its address, whom it is connected to, and whether something waits for it.
  Step is_as_it_was_told(At at = At::here()) const;

  // A datagram of so many bytes is begun, by UDP_CORK or by MSG_MORE, and waits for more.
  Step begins_a_datagram(std::size_t bytes, bool by_option, At at = At::here()) const;
  // It is sent, with so many bytes more.
  Step ends_its_datagram(std::size_t bytes, const DatagramEnd& to, At at = At::here()) const;

  // The group gives everything to this place.
  Step chooses_place(int place, At at = At::here()) const;
  Step lets_its_group_choose_freely(At at = At::here()) const;

  Step closes(At at = At::here()) const;

  const std::string& name() const { return name_; }

 private:
  Speaker speaker_;
  std::string name_;
  std::uint16_t port_;
};

namespace udp {
inline constexpr std::uint16_t ours_port = 7001, peer_port = 7002, first_client_port = 7100;
inline const DatagramEnd ours{Speaker::ours, "ours", ours_port};
inline const DatagramEnd peer{Speaker::peer, "peer", peer_port};
DatagramEnd client(int number);
DatagramEnd member(int number);  // all at ours_port
}  // namespace udp

// From binding to closing: two clients send to ours before the gate closes, behind it and after it
// opens, empty datagrams among those of up to `long_one` bytes; with `some`, ours has not read what
// came before the cut.
Steps datagrams_around_a_cut(const DatagramBinding& how, std::size_t long_one, bool some);

// What a program can see of a socket of datagrams.
std::string seen_of(const Correspondent& who);

}  // namespace sockcr::scenario
