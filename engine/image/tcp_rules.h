// What holds among the fields of every socket that a Linux kernel can have, kind by kind. One
// rule, one function: the reason why it is broken, empty when it holds.
#pragma once

#include <span>
#include <string>

#include "engine/image/attributes.h"
#include "engine/image/image.h"

namespace sockcr {

template <class Kind>
struct Rule {
  Attribute attribute;  // the one that a refusal names
  std::string (*broken)(const Kind& socket);
};

// In an order in which each may rely on those before it.
template <class Kind>
std::span<const Rule<Kind>> rules();

template <>
std::span<const Rule<TcpConnection>> rules<TcpConnection>();
template <>
std::span<const Rule<TcpListener>> rules<TcpListener>();
template <>
std::span<const Rule<TcpSynSent>> rules<TcpSynSent>();
template <>
std::span<const Rule<TcpRequest>> rules<TcpRequest>();
template <>
std::span<const Rule<TcpTimeWait>> rules<TcpTimeWait>();
template <>
std::span<const Rule<TcpUnconnected>> rules<TcpUnconnected>();
template <>
std::span<const Rule<UdpSocket>> rules<UdpSocket>();
template <>
std::span<const Rule<RawSocket>> rules<RawSocket>();
template <>
std::span<const Rule<UnixSocket>> rules<UnixSocket>();

}  // namespace sockcr
