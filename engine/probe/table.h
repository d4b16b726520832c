// The questions, one row each.
#pragma once

#include <span>
#include <string_view>

#include "engine/probe/capability.h"

namespace sockcr {

// `here`: in the caller's own namespaces, harmless. `throw_away`: in a network namespace that
// vanishes, with CAP_NET_ADMIN and CAP_NET_RAW over it.
enum class Place : std::uint8_t { here, throw_away };

struct Question {
  std::string_view group, name, purpose;
  bool essential;
  Place place;
  Finding (*ask)();  // a SystemError that it throws is a no, in its words
  std::string_view advice;
};

std::span<const Question> questions();

}  // namespace sockcr
