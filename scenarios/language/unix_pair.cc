// What pairs of streams and of packets have in common.
#include <sys/socket.h>
#include <cerrno>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps unread_messages(const Variant& v, int type) {
  if (v.queues == Queues::empty) return {};
  const bool packets = type != SOCK_STREAM;
  return {
      local::one.sends({3, 1, 1400}),
      packets ? local::one.sends({0, 0, 9}) : Step{},
      local::other.sends({7, 30'000}),
  };
}

Steps what_is_special(const Variant& v) {
  if (v.detail == "named") return {local::one.binds("%one"), local::other.binds("@other")};
  if (v.detail == "shut") return local::one.shuts_down();
  if (v.detail == "peek") return local::other.peeks_from(2);
  if (v.detail != "oob") return {};
  return {local::one.sends({1}, {.out_of_band = true}), local::one.sends({5})};
}

// What was not read when it went is an error for the other, told behind what can be read; of
// packets before.
Steps survives(const Variant& v, int type) {
  const bool unread = v.queues == Queues::unread, packets = type != SOCK_STREAM;
  return {
      unread && packets ? local::one.reads_error(ECONNRESET) : Step{},
      local::one.reads_all(),
      unread && !packets ? local::one.reads_error(ECONNRESET) : Step{},
      local::one.reads_end(),
      local::one.cannot_send(EPIPE),
      local::one.closes(),
  };
}

Steps goes_on(const Variant& v) {
  const bool shut = v.detail == "shut";
  return {
      v.detail == "oob" ? local::other.reads_the_byte_out_of_band() : Step{},
      local::other.reads_all(),
      local::one.reads_all(),
      shut ? local::other.reads_end() : Step{},
      shut ? local::one.cannot_send(EPIPE) : local::one.sends({11}),
      local::other.sends({12, 13}),
      local::one.reads_all(),
      shut ? Step{} : local::other.reads_all(),
      local::one.closes(),
      local::other.reads_end(),
      local::other.closes(),
  };
}

}  // namespace

Steps pair_around_a_cut(const Variant& v, int type) {
  const bool gone = v.detail == "gone";
  return {
      local::one.pairs_with(local::other.in_subject(v.detail == "two" ? 2 : 1), type),
      unread_messages(v, type),
      what_is_special(v),
      gone ? local::other.closes() : Step{},

      gate.closes(),
      gone ? Step{} : local::one.is_as_it_was_told(),
      gone ? Step{} : local::other.is_as_it_was_told(),
      cut(),
      gate.opens(),

      gone ? Step{} : local::one.is_as_it_was_told(),
      gone ? Step{} : local::other.is_as_it_was_told(),
      gone ? survives(v, type) : goes_on(v),
  };
}

}  // namespace sockcr::scenario
