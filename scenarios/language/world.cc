#include "scenarios/language/world.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <stdexcept>

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

// What is dropped on its way out can be heard: that is how an engine reads what no descriptor
// leads to.
constexpr std::uint16_t tap_group = 0xC114;

GateRequest gate_request(const Settings& settings) {
  const bool v6 = settings.variant.family == Family::v6;
  return {.image_id = choose_image_id(), .v4 = !v6, .v6 = v6, .tap = tap_group};
}

template <class Made>
Made inside(const NetworkNamespace& where, const std::function<Made()>& make) {
  const NetworkNamespace::Scope scope(where);
  return make();
}

pcap::Party party(netns::End end, const Address& address, const Actor& actor) {
  sockaddr_storage storage{};
  to_sockaddr(address, storage);
  return {pcap::endpoint_of(storage),   {pcap::MacAddress{netns::Laboratory::mac(end)}},
          actor.says(0, actor.written), actor.has_shut_down,
          actor.counts_microseconds,    actor.has_set_its_clock};
}

}  // namespace

World::World(Settings the_settings)
    : settings(std::move(the_settings)),
      laboratory(overrides_of(settings)),
      capture(inside<pcap::Capture>(
          laboratory.inside(netns::End::peer),
          [] {  // A case sends some hundred packets; a larger ring only costs the kernel pages.
            const pcap::CaptureOptions options{.buffer_bytes = 2 << 20};
            return pcap::Capture(netns::Laboratory::device(netns::End::peer), options);
          })),
      marks(netns::Laboratory::device(netns::End::ours)),
      gate(gate_request(settings)) {
  subjects[1];
  for (const netns::End end : {netns::End::ours, netns::End::peer}) {
    counters_at_start_[static_cast<int>(end)] = netns::read_counters(laboratory.inside(end));
  }
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
                                             unmapped(ours), unmapped(peer)})
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

void World::mark(std::string_view name) {
  pcap::drain_until_mark(capture, marks.send(name, round), patience(std::chrono::seconds(5)));
}

std::int64_t World::resets_sent() const {
  std::int64_t sent = -uncounted_;
  for (const netns::End end : {netns::End::ours, netns::End::peer}) {
    const netns::Counters now = netns::read_counters(laboratory.inside(end));
    sent += netns::value_of(now, resets) -
            netns::value_of(counters_at_start_[static_cast<int>(end)], resets);
  }
  return sent;
}

void World::pause_counting() { paused_at_ = resets_sent(); }
void World::resume_counting() { uncounted_ += resets_sent() - paused_at_; }

std::vector<pcap::Evidence> World::evidence() const {
  const pcap::Recording recording = capture.recording();
  std::vector<pcap::Evidence> all;
  for (const auto& [number, each] : conversations) {
    pcap::Evidence& evidence = all.emplace_back();
    evidence.ours = party(netns::End::ours, each.ours_address, each.ours);
    evidence.peer = party(netns::End::peer, each.peer_address, each.peer);
    evidence.ran_to_its_end = conversations_ended && !each.broken_off && each.on_the_wire;
    evidence.allowed_resets = each.allowed_resets;
  }
  if (all.empty()) {
    pcap::Evidence& evidence = all.emplace_back();
    evidence.ours = party(netns::End::ours, {}, {});
    evidence.peer = party(netns::End::peer, {}, {});
  }
  for (pcap::Evidence& evidence : all) evidence.recording = recording;
  return all;
}

}  // namespace sockcr::scenario
