// Two captures of the same timeline, one of them with a cut: could the peer tell?
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pcap/comparison/aspect.h"

namespace sockcr::pcap {

// What a peer could tell although everything was done that a kernel lets be done.
struct DeclaredDifference {
  std::string_view aspect;
  bool (*covers)(const Trait& control, const Trait& cut);
  std::string_view why;     // one clause
  std::string_view source;  // what of the kernel it follows from
};

std::span<const DeclaredDifference> declared_differences();

struct Difference {
  std::string aspect, of;
  std::string control, cut;  // what the peer saw

  bool operator==(const Difference&) const = default;
};

// Those of `cut` that no declaration covers. A side or a conversation that is in one of the two
// only is a difference too.
std::vector<Difference> differences(
    const std::vector<Trait>& control, const std::vector<Trait>& cut,
    std::span<const DeclaredDifference> declared = declared_differences());

std::string to_text(const Difference& difference);

}  // namespace sockcr::pcap
