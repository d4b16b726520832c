#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "address_kinds",
    .about =
        "ours has bound its socket to a port before it connected, or keeps to one device "
        "(device)",
    .axes = {.queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "device"},
             .without =
                 [](const Variant& v) { return v.detail.empty() && v.side == Side::passive; },
             .narrowed = "who listens has bound its socket anyway"},
    .timeline = [](const Variant& v) -> Steps {
      const bool device = v.detail == "device";
      const auto is_where_it_was = [&] {
        return device ? ours.is_kept_to_its_device() : ours.is_at_the_port_of_its_choice();
      };
      return {
          establish(v, device ? keeps_to_its_device() : binds_before_it_connects()),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          is_where_it_was(),
          cut(),
          gate.opens(),

          is_where_it_was(),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
