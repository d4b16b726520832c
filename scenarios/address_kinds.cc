#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Occupies occupied_in(const Variant& v) {
  if (v.detail == "occupied") return Occupies::with_connection;
  if (v.detail == "occupied_listener") return Occupies::with_listener;
  if (v.detail == "occupied_time_wait") return Occupies::with_time_wait;
  return Occupies::nothing;
}

bool shares(const Variant& v) { return v.detail == "shared_port"; }
bool is_link_local(const Variant& v) { return v.detail == "link_local"; }

Special special_of(const Variant& v) {
  if (occupied_in(v) != Occupies::nothing || is_link_local(v)) return {};
  if (shares(v)) return shares_its_port();
  return v.detail == "device" ? keeps_to_its_device() : binds_before_it_connects();
}

bool is_left_out(const Variant& v) {
  if (v.detail.empty() || shares(v)) return v.side == Side::passive;
  if (is_link_local(v)) return v.family != Family::v6;
  if (occupied_in(v) == Occupies::nothing) return false;
  return v.queues != Queues::unread || v.options != Options::ts;
}

}  // namespace

const Scenario the_scenario{
    .name = "address_kinds",
    .about =
        "ours has bound its socket to a port before it connected, alone or with another "
        "of its connections (shared_port), or keeps to one device (device), as it must between "
        "link-local addresses (link_local); when it comes back somebody is between its two "
        "addresses (occupied, "
        "occupied_time_wait) or listens at its port (occupied_listener): that does no harm, or it "
        "is named and, once gone, has done none",
    .axes = {.queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "shared_port", "device", "link_local", "occupied", "occupied_listener",
                         "occupied_time_wait"},
             .without = is_left_out,
             .narrowed = "who listens has bound its socket anyway; link-local addresses are IPv6; "
                         "what its queues hold does not "
                         "matter to who is in its place"},
    .timeline = [](const Variant& v) -> Steps {
      const bool device = v.detail == "device" || is_link_local(v);
      const auto is_where_it_was = [&] {
        if (occupied_in(v) != Occupies::nothing) return Step{};
        return device ? ours.is_kept_to_its_device() : ours.is_at_the_port_of_its_choice();
      };
      return {
          is_link_local(v) ? both_are_known_by_their_link() : Step{},
          establish(v, special_of(v)),
          shares(v) ? Steps{ours_connects_again_from_its_port(), client(2).writes(some_bytes),
                            child(2).has_unread(some_bytes)}
                    : Steps{},
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          is_where_it_was(),
          cut({.occupied = occupied_in(v)}),
          gate.opens(),

          is_where_it_was(),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          shares(v) ? Steps{ours.has_set(option::reuse_address, 1), child(2).reads_all(),
                            talk(child(2), client(2)), part(client(2), child(2))}
                    : Steps{},
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
