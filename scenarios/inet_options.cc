#include "scenarios/language/handful.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int connections = 20, sockets = 40;

Steps connected() {
  Steps come, set, go;
  for (int number = 1; number <= connections; ++number) {
    const End one = child(number), other = client(number);
    come.append({other.connects(), listener.accepts(other), talk(one, other)});
    set.append(one.sets_options_at_random());
    go.append({talk(one, other), part(one, other)});
  }
  return {listener.listens({.backlog = connections}),
          come,
          set,
          gate.closes(),
          cut(),
          gate.opens(),
          go,
          listener.closes(),
          conversation_ends()};
}

bool is_local(const std::string& kind) {
  return kind == "stream" || kind == "dgram" || kind == "seqpacket";
}

}  // namespace

const Scenario the_scenario{
    .name = "inet_options",
    .about =
        "each of many sockets of ours has legal options at random, set in a random order, before "
        "it was bound or after: twenty connections, or forty of another kind (tcp: never "
        "connected; stream, dgram, seqpacket: unix sockets); every option that the kernel tells of "
        "by any number is the same behind a cut",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty},
             .options = {Options::ts},
             .details = {"", "listen", "tcp", "udp", "udplite", "raw", "stream", "dgram",
                         "seqpacket"},
             .without =
                 [](const Variant& v) {
                   const bool local = is_local(v.detail);
                   return (local && v.family != Family::v4) ||
                          (v.detail == "raw" && v.family == Family::mapped);
                 },
             .narrowed = "what a socket has been told does not depend on what waits in its queues"},
    .timeline = [](const Variant& v) -> Steps {
      if (v.detail.empty()) return connected();
      return {
          handful.are_made(sockets, v.detail),
          gate.closes(),
          cut(),
          gate.opens(),
          handful.are_closed(),
      };
    },
    .scenery =
        [](const Variant& v) {
          return Scenery{.datagrams = v.detail == "udp" || v.detail == "udplite",
                         .raw = v.detail == "raw"};
        },
};

}  // namespace sockcr::scenario
