// What holds among the fields of every TCP connection that a Linux kernel can have. One rule, one
// function: the reason why it is broken, empty when it holds.
#pragma once

#include <span>
#include <string>

#include "engine/image/attributes.h"
#include "engine/image/tcp_connection.h"

namespace sockcr {

struct TcpRule {
  Attribute attribute;  // the one that a refusal names
  std::string (*broken)(const TcpConnection& c);
};

// In an order in which each may rely on those before it.
std::span<const TcpRule> tcp_rules();

}  // namespace sockcr
