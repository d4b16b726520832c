// What the kinds of random images are made of.
#pragma once

#include <array>

#include "tests/image/sample.h"

namespace sockcr {

std::uint32_t roll(Dice& dice, std::uint32_t low, std::uint32_t high);  // both may come
bool toss(Dice& dice);
Bytes roll_bytes(Dice& dice, std::uint32_t longest);
std::vector<OptionValue> roll_options(Dice& dice);
OpenFile roll_file(Dice& dice);

// v4, v6, mapped, link-local.
template <class Kind>
void roll_ends(Dice& dice, Kind& c) {
  constexpr std::array<std::array<const char*, 2>, 4> ends{
      {{"192.0.2.1", "192.0.2.2"},
       {"2001:db8::1", "2001:db8::2"},
       {"::ffff:192.0.2.1", "::ffff:192.0.2.2"},
       {"fe80::1", "fe80::2"}}};
  const std::uint32_t kind = roll(dice, 0, 3);
  c.domain = kind == 0 ? AF_INET : AF_INET6;
  c.local = end_at(c.domain, ends[kind][0], static_cast<std::uint16_t>(roll(dice, 1, 65535)));
  c.remote = end_at(c.domain, ends[kind][1], static_cast<std::uint16_t>(roll(dice, 1, 65535)));
  if (kind == 3) c.local.scope_id = c.remote.scope_id = roll(dice, 1, 1000);
}

UdpSocket roll_udp(Dice& dice);
RawSocket roll_raw(Dice& dice);

}  // namespace sockcr
