#include "scenarios/language/world.h"

#include <netinet/in.h>

namespace sockcr::scenario {
namespace {

constexpr std::string_view resets = "TcpOutRsts";

std::vector<netns::SysctlOverride> overrides_of(const Variant& variant) {
  if (variant.options == Options::ts) return {};
  return {{.name = "net.ipv4.tcp_timestamps", .value = "0"}};
}

GateRequest gate_request(const Settings& settings) {
  const bool v6 = settings.variant.family == Family::v6;
  return {.image_id = choose_image_id(), .v4 = !v6, .v6 = v6};
}

template <class Made>
Made inside(const NetworkNamespace& where, const std::function<Made()>& make) {
  const NetworkNamespace::Scope scope(where);
  return make();
}

std::vector<pcap::MacAddress> macs_of(netns::End end) {
  return {pcap::MacAddress{netns::Laboratory::mac(end)}};
}

}  // namespace

World::World(Settings the_settings)
    : settings(std::move(the_settings)),
      laboratory(overrides_of(settings.variant)),
      capture(inside<pcap::Capture>(
          laboratory.inside(netns::End::peer),
          [] {  // A case sends some hundred packets; a larger ring only costs the kernel pages.
            const pcap::CaptureOptions options{.buffer_bytes = 2 << 20};
            return pcap::Capture(netns::Laboratory::device(netns::End::peer), options);
          })),
      marks(netns::Laboratory::device(netns::End::ours)),
      gate(gate_request(settings)) {
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

pcap::Evidence World::evidence() const {
  pcap::Evidence evidence;
  evidence.recording = capture.recording();
  evidence.ours = {ours_endpoint, macs_of(netns::End::ours),
                   content(settings.seed, Speaker::ours, 0, ours.written), ours.has_shut_down};
  evidence.peer = {peer_endpoint, macs_of(netns::End::peer),
                   content(settings.seed, Speaker::peer, 0, peer.written), peer.has_shut_down};
  evidence.ran_to_its_end = conversation_ended;
  evidence.allowed_resets = allowed_resets;
  return evidence;
}

}  // namespace sockcr::scenario
