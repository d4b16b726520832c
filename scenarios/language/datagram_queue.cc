#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

Steps datagrams_around_a_cut(const DatagramBinding& how, std::size_t long_one, bool some) {
  const DatagramBinding client{.lite = how.lite};
  return {
      udp::ours.binds(how),
      udp::client(1).binds(client),
      udp::client(2).binds(client),
      udp::client(1).sends({10, long_one}, udp::ours),
      udp::ours.reads_all(),
      udp::ours.sends({20}, udp::client(1)),
      some ? Steps{udp::client(1).sends({100, 0, long_one}, udp::ours),
                   udp::client(2).sends({1, 0, 0}, udp::ours),
                   udp::client(1).sends({30, 0}, udp::ours)}
           : Steps{},

      gate.closes(),
      udp::client(1).sends_in_vain({40, 0}, udp::ours),
      udp::ours.cannot_send(udp::client(1), EPERM),
      udp::ours.is_as_it_was_told(),
      cut(),
      udp::client(2).sends_in_vain({50}, udp::ours),
      gate.opens(),

      udp::ours.is_as_it_was_told(),
      udp::client(2).sends({60, 0, long_one}, udp::ours),
      udp::ours.reads_all(),
      udp::ours.sends({70, 0, 1400}, udp::client(1)),
      udp::ours.sends({80}, udp::client(2)),
      udp::client(1).reads_all(),
      udp::client(2).reads_all(),
      udp::ours.closes(),
  };
}

}  // namespace sockcr::scenario
