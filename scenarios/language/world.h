// Everything one case is played in: the laboratory, the witness, the two ends, the gate, the cut.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/iptables_gate.h"
#include "engine/sys/trace.h"
#include "netns/counters.h"
#include "netns/fault.h"
#include "netns/laboratory.h"
#include "pcap/capture.h"
#include "pcap/rule.h"
#include "pcap/sentinel.h"
#include "scenarios/engines/engine.h"
#include "scenarios/language/actor.h"
#include "scenarios/language/settings.h"

namespace sockcr::scenario {

// Where in its life the case is; errors of sockets mean different things before and after the cut.
enum class Phase { before_cut, cut_or_after };

class World {
 public:
  // Inside the sandbox, in ours' namespace.
  explicit World(Settings settings);

  const Settings settings;
  netns::Laboratory laboratory;
  pcap::Capture capture;  // on the peer's side
  pcap::MarkSender marks;
  Actor ours{Speaker::ours, "ours"};
  Actor peer{Speaker::peer, "peer"};
  IptablesGate gate;
  std::vector<netns::Fault> faults;  // the later one acts first

  Phase phase = Phase::before_cut;
  bool conversation_ended = false;
  bool byte_is_due = false;  // when the gate opened, ours had something that the peer had not
  std::vector<pcap::ResetAllowance> allowed_resets;
  pcap::Endpoint ours_endpoint, peer_endpoint;  // as the wire shows them

  // The engine at work on ours, from the freeze to the resume.
  std::unique_ptr<Engine> engine;
  Trace trace;
  std::uint16_t round = 0;  // 1 in the first cut
  std::optional<Observed> before_cut;
  Bytes image;

  std::chrono::nanoseconds patience(std::chrono::nanoseconds limit) const;
  int address_family() const;  // of the wire: AF_INET for mapped
  Actor& actor(Speaker speaker) { return speaker == Speaker::ours ? ours : peer; }

  // Sends the mark, and waits until the capture has it.
  void mark(std::string_view name);

  // TcpOutRsts of both namespaces so far, leaving out what ours counted between frozen and killed:
  // closing a socket with unread bytes counts a reset that the gate drops.
  std::int64_t resets_sent() const;
  void pause_counting();
  void resume_counting();

  pcap::Evidence evidence() const;

 private:
  netns::Counters counters_at_start_[2];
  std::int64_t uncounted_ = 0;
  std::int64_t paused_at_ = 0;
};

}  // namespace sockcr::scenario
