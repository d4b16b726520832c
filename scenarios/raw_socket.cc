#include "scenarios/language/raw_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// What is particular to the variant, set by ours' program.
Step setting_of(const std::string& detail) {
  if (detail == "hdrincl") return raw::ours.includes_headers();
  if (detail == "icmp") return raw::ours.filters_icmp();
  if (detail == "options") return raw::ours.sends_options();
  return detail == "router_alert" ? raw::ours.takes_router_alerts() : Step{};
}

Step said_by_ours(const std::string& detail, std::size_t length) {
  if (detail == "hdrincl") return raw::ours.sends_with_its_own_header(length, raw::peer);
  return raw::ours.sends({length}, raw::peer);
}

}  // namespace

const Scenario the_scenario{
    .name = "raw_socket",
    .about =
        "ours has a raw socket, and packets that it has not read; what comes while the gate is "
        "closed is lost, and nothing comes twice. hdrincl: it writes IP headers itself; icmp: it "
        "hears some types only; options: its packets record their route; router_alert: it is told "
        "of them",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "bound", "connected", "hdrincl", "icmp", "options", "router_alert"},
             .without =
                 [](const Variant& v) {
                   const bool of_ipv4 = v.detail == "options" || v.detail == "router_alert";
                   return of_ipv4 && v.family == Family::v6;
                 },
             .narrowed = "raw sockets have no side and no time stamps, no queue but that of what "
                         "was not read, and are never mapped"},
    .timeline = [](const Variant& v) -> Steps {
      const bool icmp = v.detail == "icmp", connected = v.detail == "connected";
      const bool some = v.queues == Queues::unread;
      return {
          raw::ours.opens({.icmp = icmp, .bound = v.detail == "bound"}),
          raw::peer.opens({.icmp = icmp}),
          raw::client.opens({.icmp = icmp}),
          some ? raw::client.sends({11}, raw::ours) : Step{},
          connected ? raw::ours.connects_to(raw::peer) : Step{},
          connected ? raw::client.sends_in_vain({12}, raw::ours) : Step{},
          setting_of(v.detail),
          raw::peer.sends({10}, raw::ours),
          some ? raw::peer.sends({0, 1400}, raw::ours) : raw::ours.reads_all(),
          said_by_ours(v.detail, 14),

          gate.closes(),
          raw::peer.sends_in_vain({15}, raw::ours),
          raw::ours.cannot_send(raw::peer, EPERM),
          cut(),
          raw::peer.sends_in_vain({19}, raw::ours),
          gate.opens(),

          connected ? raw::client.sends_in_vain({16}, raw::ours)
                    : raw::client.sends({16}, raw::ours),
          icmp ? raw::peer.sends_what_is_filtered(20, raw::ours) : Step{},
          v.detail == "router_alert" ? raw::ours.is_told_of_router_alerts() : Step{},
          raw::peer.sends({17, 0}, raw::ours),
          raw::ours.reads_all(),
          said_by_ours(v.detail, 18),
          raw::peer.reads_all(),
          raw::ours.closes(),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.raw = true}; },
};

}  // namespace sockcr::scenario
