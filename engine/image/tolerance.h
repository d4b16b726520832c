// Fields that are ranges by nature: what a second checkpoint `b` after a cut may read differently
// from the first, `a`, although the peer cannot tell.
#pragma once

#include <span>
#include <string_view>

#include "engine/image/image.h"

namespace sockcr {

template <class Kind>
struct Tolerance {
  std::string_view name;  // how the fields begin that it covers: "option" covers option[6:1]
  bool (*tolerates)(const Kind& a, const Kind& b);
  std::string_view why;
};

template <class Kind>
std::span<const Tolerance<Kind>> tolerances() {
  return {};
}
template <>
std::span<const Tolerance<TcpConnection>> tolerances<TcpConnection>();
template <>
std::span<const Tolerance<TcpSynSent>> tolerances<TcpSynSent>();
template <>
std::span<const Tolerance<TcpRequest>> tolerances<TcpRequest>();
template <>
std::span<const Tolerance<TcpTimeWait>> tolerances<TcpTimeWait>();
template <>
std::span<const Tolerance<UdpSocket>> tolerances<UdpSocket>();
template <>
std::span<const Tolerance<RawSocket>> tolerances<RawSocket>();

}  // namespace sockcr
