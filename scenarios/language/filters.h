// A filter on a socket of ours, of classic BPF or an eBPF program: what it drops, and that nobody
// takes it off.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

enum class FilterKind : std::uint8_t { classic, ebpf };

// Locked (SO_LOCK_FILTER) as soon as it is attached.
struct LongDatagramFilter {
  FilterKind kind = FilterKind::classic;
  // Drops what is longer than 100 bytes.
  Step is_attached_to(const DatagramEnd& who, At at = At::here()) const;
  // It is there, a classic one byte for byte, and can be neither replaced nor detached.
  Step is_on(const DatagramEnd& who, At at = At::here()) const;
};
inline constexpr LongDatagramFilter long_datagram_filter, long_datagram_program{FilterKind::ebpf};

// Drops segments of one traffic class.
struct ClassFilter {
  FilterKind kind = FilterKind::classic;
  Step is_attached_to(const End& who, At at = At::here()) const;
  Step is_attached_to_the_listener(At at = At::here()) const;
  Step is_on(const End& who, At at = At::here()) const;
  Step is_on_the_listener(At at = At::here()) const;
};
inline constexpr ClassFilter class_filter, class_program{FilterKind::ebpf};

// What it sends from here on is of the class that such a filter drops, or of the usual one.
Step sends_what_is_dropped(const End& who, At at = At::here());
Step sends_what_is_heard(const End& who, At at = At::here());

}  // namespace sockcr::scenario
