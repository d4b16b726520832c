// How the state of two sockets differs, field by field. Circumstances never enter.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

struct Difference {
  std::string name;  // of the field, as in attributes.h; option[LEVEL:NUMBER]; send_queue
  std::string a, b;  // "absent" where one side has none

  friend bool operator==(const Difference&, const Difference&) = default;
};

// Empty exactly when the sockets are equal.
std::vector<Difference> differences(const Socket& a, const Socket& b);

// Fields that are ranges by nature: what a second checkpoint `b` after a cut may read differently
// from the first, `a`, although the peer cannot tell.
struct Tolerance {
  std::string_view name;
  bool (*tolerates)(const TcpConnection& a, const TcpConnection& b);
  std::string_view why;
};
std::span<const Tolerance> tolerances();

// The differences without those that a tolerance covers.
std::vector<Difference> beyond_tolerance(const Socket& a, const Socket& b);

// Of a long value its beginning; "(empty)" for an empty one.
std::string abbreviated(const std::string& value);

// "snd_nxt: 1000 -> 1001"
std::string to_text(const Difference& difference);

}  // namespace sockcr
