#include "scenarios/language/world.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <stdexcept>

#include "engine/gate/iptables_gate.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/elsewhere.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view resets = "TcpOutRsts";

std::vector<netns::SysctlOverride> overrides_of(const Settings& settings) {
  std::vector<netns::SysctlOverride> overrides = settings.sysctls;
  if (settings.variant.options == Options::nots) {
    overrides.push_back({.name = "net.ipv4.tcp_timestamps", .value = "0"});
  }
  return overrides;
}

std::vector<std::uint8_t> raw_protocols(const Settings& settings) {
  constexpr std::uint8_t spare = 253;
  if (!settings.scenery.raw) return {};
  return {spare, settings.variant.family == Family::v6 ? std::uint8_t{IPPROTO_ICMPV6}
                                                       : std::uint8_t{IPPROTO_ICMP}};
}

// What is dropped on its way out can be heard: that is how an engine reads what no descriptor
// leads to.
GateRequest gate_request(const Settings& settings) {
  const bool v6 = settings.variant.family == Family::v6;
  const std::uint64_t id = choose_image_id();
  return {.image_id = id,
          .v4 = !v6,
          .v6 = v6,
          .datagrams = settings.scenery.datagrams,
          .raw = raw_protocols(settings),
          .tap = tap_group(id)};
}

template <class Made>
Made inside(const NetworkNamespace& where, const std::function<Made()>& make) {
  const NetworkNamespace::Scope scope(where);
  return make();
}

pcap::Endpoint endpoint(const Address& address) {
  sockaddr_storage storage{};
  to_sockaddr(address, storage);
  return pcap::endpoint_of(storage);
}

// Of ours, those of both of its places.
std::vector<pcap::MacAddress> macs_of(netns::End end) {
  using netns::Laboratory, netns::Place;
  if (end == netns::End::peer) return {pcap::MacAddress{Laboratory::mac(end)}};
  return {pcap::MacAddress{Laboratory::mac(end, Place::home)},
          pcap::MacAddress{Laboratory::mac(end, Place::away)}};
}

pcap::Party party(netns::End end, const Address& address, const Actor& actor) {
  return {.endpoint = endpoint(address),
          .macs = macs_of(end),
          .written = actor.says(0, actor.written),
          .closed = actor.has_shut_down,
          .microsecond_timestamps = actor.counts_microseconds,
          .clock_was_set = actor.has_set_its_clock,
          .has_a_double = actor.has_a_double,
          .clock_may_leap = actor.clock_may_leap,
          .former = {}};
}

// A case sends some hundred packets; a larger ring only costs the kernel pages. How much of a
// packet is kept depends on the device as it is when the capture begins.
pcap::CaptureOptions capture_options(const netns::Laboratory& laboratory, const Scenery& scenery) {
  const unsigned mtu = scenery.mtu;
  if (scenery.raw) return {.filter = pcap::raw_and_marks, .buffer_bytes = 2 << 20};
  if (scenery.datagrams) return {.filter = pcap::udp_and_marks, .buffer_bytes = 2 << 20};
  if (mtu == 0) return {.buffer_bytes = 2 << 20};
  laboratory.set_mtu(mtu);
  return {.snap_length = static_cast<int>(mtu) + 14};
}

netns::Layout layout_for(const Settings& settings) {
  const bool switched = settings.moves() || settings.scenery.link_gate;
  return switched ? netns::Layout::switched : netns::Layout::wire;
}

}  // namespace

World::World(Settings the_settings)
    : settings(std::move(the_settings)),
      laboratory(overrides_of(settings), layout_for(settings)),
      capture(inside<pcap::Capture>(laboratory.inside(netns::End::peer),
                                    [this] {
                                      return pcap::Capture(
                                          netns::Laboratory::device(netns::End::peer),
                                          capture_options(laboratory, settings.scenery));
                                    })),
      marks(inside<pcap::MarkSender>(laboratory.outlet().inside, [this] {
        return pcap::MarkSender(laboratory.outlet().device);
      })) {
  subjects[1];
  peer_at_start_ = netns::read_counters(laboratory.inside(netns::End::peer));
  for (const NetworkNamespace* each : laboratory.everywhere()) {
    resets_at_start_ += netns::value_of(netns::read_counters(*each), resets);
  }
}

Gate& World::gate() {
  std::unique_ptr<Gate>& there =
      gates_[settings.scenery.link_gate ? netns::Place::home : laboratory.place()];
  if (there) return *there;
  if (settings.scenery.link_gate) {
    there = std::make_unique<LinkGate>(*this);
  } else {
    there = std::make_unique<IptablesGate>(gate_request(settings));
  }
  return *there;
}

void World::follow_ours() {
  away_.reset();
  if (laboratory.place() == netns::Place::away) away_.emplace(laboratory.inside(netns::End::ours));
}

std::chrono::nanoseconds World::patience(std::chrono::nanoseconds limit) const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(limit * settings.slow_factor);
}

int World::address_family() const {
  return settings.variant.family == Family::v6 ? AF_INET6 : AF_INET;
}

Conversation& World::begin(int number, const Address& ours, const Address& peer,
                           const std::string& name_of_ours, const std::string& name_of_peer) {
  const std::uint64_t seed = settings.seed + 1'000'003 * static_cast<std::uint64_t>(number - 1);
  return conversations
      .insert_or_assign(number, Conversation{Actor(Speaker::ours, name_of_ours, seed),
                                             Actor(Speaker::peer, name_of_peer, seed),
                                             wire_address(ours), wire_address(peer)})
      .first->second;
}

Conversation& World::conversation(int number) {
  const auto found = conversations.find(number);
  if (found == conversations.end()) {
    throw std::logic_error(fmt::format("conversation {} has not begun", number));
  }
  return found->second;
}

Actor& World::actor(Who who) {
  Conversation& where = conversation(who.conversation);
  return who.speaker == Speaker::ours ? where.ours : where.peer;
}

void World::tell(const std::string& how) {
  aside = how;
  remark = "the wire: " + how;
}

void World::mark(std::string_view name) {
  pcap::drain_until_mark(capture, marks.send(name, round), patience(std::chrono::seconds(5)));
}

std::int64_t World::resets_sent() const {
  std::int64_t sent = -uncounted_ - resets_at_start_;
  for (const NetworkNamespace* each : laboratory.everywhere()) {
    sent += netns::value_of(netns::read_counters(*each), resets);
  }
  return sent;
}

void World::pause_counting() { paused_at_ = resets_sent(); }
void World::resume_counting() { uncounted_ += resets_sent() - paused_at_; }

netns::Counters World::counted_by_peer() const {
  return netns::difference(peer_at_start_,
                           netns::read_counters(laboratory.inside(netns::End::peer)));
}

std::vector<pcap::Evidence> World::evidence() const {
  const pcap::Recording recording = capture.recording();
  std::vector<pcap::Evidence> all;
  for (const auto& [number, each] : conversations) {
    pcap::Evidence& evidence = all.emplace_back();
    evidence.ours = party(netns::End::ours, each.translated.value_or(each.ours_address), each.ours);
    for (const Address& was : each.former) evidence.ours.former.push_back(endpoint(was));
    evidence.peer = party(netns::End::peer, each.peer_address, each.peer);
    evidence.ran_to_its_end = conversations_ended && !each.broken_off && each.on_the_wire;
    evidence.allowed_resets = each.allowed_resets;
  }
  if (all.empty()) {
    pcap::Evidence& evidence = all.emplace_back();
    evidence.ours = party(netns::End::ours, {}, {});
    evidence.peer = party(netns::End::peer, {}, {});
    evidence.ran_to_its_end = false;  // nobody has said anything that must arrive
    if (settings.scenery.datagrams || settings.scenery.raw) {
      const auto host = [&](netns::End end) { return address_for(*this, Speaker::peer, end, 0); };
      evidence.ours = party(netns::End::ours, host(netns::End::ours), {});
      evidence.peer = party(netns::End::peer, host(netns::End::peer), {});
      evidence.protocol = IPPROTO_UDP;  // the two ends compare what they hear
    }
  }
  for (pcap::Evidence& evidence : all) evidence.recording = recording;
  return all;
}

}  // namespace sockcr::scenario
