// How the state of two sockets differs, field by field. Circumstances never enter.
#pragma once

#include <string>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

struct Difference {
  std::string name;  // of the field, as in attributes.h; option[LEVEL:NUMBER]; send_queue
  std::string a, b;  // "absent" where one side has none

  friend bool operator==(const Difference&, const Difference&) = default;
};

// Empty exactly when the sockets are equal. Of different kinds: one difference, "kind".
std::vector<Difference> differences(const Socket& a, const Socket& b);

// The differences without those that a tolerance (tolerance.h) covers: what a second checkpoint `b`
// may not read differently from the first, `a`.
std::vector<Difference> beyond_tolerance(const Socket& a, const Socket& b);

// Of a long value its beginning; "(empty)" for an empty one.
std::string abbreviated(const std::string& value);

// "snd_nxt: 1000 -> 1001"
std::string to_text(const Difference& difference);

}  // namespace sockcr
