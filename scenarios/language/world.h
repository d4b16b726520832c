// Everything one case is played in: the laboratory, the witness, the conversations, the gate, the
// cut.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/sys/trace.h"
#include "netns/counters.h"
#include "netns/fault.h"
#include "netns/laboratory.h"
#include "netns/netem.h"
#include "netns/packet_queue.h"
#include "pcap/capture.h"
#include "pcap/rule.h"
#include "pcap/sentinel.h"
#include "scenarios/engines/engine.h"
#include "scenarios/language/arrivals.h"
#include "scenarios/language/conversation.h"
#include "scenarios/language/datagrams.h"
#include "scenarios/language/listening.h"
#include "scenarios/language/settings.h"
#include "scenarios/language/snapshot.h"
#include "scenarios/language/timers.h"
#include "scenarios/language/unix_ends.h"

namespace sockcr::scenario {

// Where in its life the case is; errors of sockets mean different things before and after the cut.
enum class Phase { before_cut, cut_or_after };

// One engine at work, from the freeze to the resume: one image.
struct Parcel {
  std::unique_ptr<Engine> engine;
  std::map<pid_t, int> subjects;  // as they were frozen: process -> number of the subject
  Bytes image{};
  std::filesystem::path folder{};  // what the engine leaves for whoever looks into a failure
};

// Where ours was, and where it is now: hosts, as the wire shows them.
struct Readdressing {
  Address from, to;
};

// A peer that was cut, to be told of ours' new address. The conversation's peer holds its socket.
struct ToldPeer {
  std::unique_ptr<Gate> gate;
  std::unique_ptr<Engine> engine;
};

class World {
 public:
  // Inside the sandbox, in ours' namespace.
  explicit World(Settings settings);

  const Settings settings;
  netns::Laboratory laboratory;
  const std::chrono::steady_clock::time_point laboratory_built = std::chrono::steady_clock::now();
  pcap::Capture capture;  // on the peer's side
  pcap::MarkSender marks;
  std::vector<netns::Fault> faults;           // the later one acts first
  std::unique_ptr<netns::PacketQueue> queue;  // where one of them makes packets wait
  std::unique_ptr<netns::NetemDevice> netem;  // what does so in their place

  std::map<int, Subject> subjects;  // by number; the first is made with the world
  std::map<int, Conversation> conversations;
  std::map<int, Listener> listeners;  // ours'
  Correspondents correspondents;      // of both sides, by name
  std::vector<Actor> handful;         // sockets of ours that talk to nobody
  UnixActors unix_actors;             // of ours, by name
  FileDescriptor peer_listener;
  FileDescriptor filter_program;  // loaded by a service that neither end is, and that stays

  Phase phase = Phase::before_cut;
  bool by_link_local_addresses = false;
  bool conversations_ended = false;
  bool byte_is_due = false;  // when the gate opened, ours had something that the peer had not

  std::vector<Md5Key> md5_keys;  // that checkpoint and restore are given

  std::vector<Parcel> parcels;
  Trace trace;
  std::optional<Arrivals> arrivals;
  std::string remark;       // what a pass has to say
  std::string aside;        // what the step that is played has to say
  std::uint16_t round = 0;  // 1 in the first cut
  Snapshot before_cut;

  Instant time_taken;               // by the timeline, last
  std::optional<Instant> restored;  // last

  std::optional<Readdressing> readdressing;  // of the last cut
  std::vector<ToldPeer> told_peers;          // until they are resumed

  std::chrono::nanoseconds patience(std::chrono::nanoseconds limit) const;
  int address_family() const;  // of the wire: AF_INET for mapped

  // Conversation `number` begins anew, between these two.
  Conversation& begin(int number, const Address& ours, const Address& peer,
                      const std::string& name_of_ours, const std::string& name_of_peer);
  Conversation& conversation(int number);
  Actor& actor(Who who);

  // Around ours, where it is now; made when it is first asked for.
  Gate& gate();
  // How the step that is played does what it says, where that depends on the kernel.
  void tell(const std::string& how);
  // The calling thread is where ours is, for whatever it makes is ours'.
  void follow_ours();

  // Sends the mark, and waits until the capture has it.
  void mark(std::string_view name);

  // TcpOutRsts of all namespaces so far, leaving out what ours counted between frozen and killed:
  // closing a socket with unread bytes counts a reset that the gate drops.
  std::int64_t resets_sent() const;
  void pause_counting();
  void resume_counting();

  // What the peer's kernel has counted since the case began.
  netns::Counters counted_by_peer() const;

  // One for each conversation; where there was none, one of the bare wire.
  std::vector<pcap::Evidence> evidence() const;

 private:
  std::map<netns::Place, std::unique_ptr<Gate>> gates_;
  std::optional<NetworkNamespace::Scope> away_;
  netns::Counters peer_at_start_;
  std::int64_t resets_at_start_ = 0;
  std::int64_t uncounted_ = 0;
  std::int64_t paused_at_ = 0;
};

}  // namespace sockcr::scenario
