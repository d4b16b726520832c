#include "engine/image/validate.h"

#include <fmt/format.h>

#include "engine/image/field_rules.h"
#include "engine/image/image_error.h"
#include "engine/image/image_rules.h"
#include "engine/image/tcp_rules.h"

namespace sockcr {
namespace {

template <class Kind>
std::optional<Fault> find_fault_of(const Kind& socket) {
  if (auto fault = field_fault(socket)) return fault;
  if constexpr (ReceivesDatagrams<Kind>) {
    for (const Datagram& one : socket.queue) {
      if (auto fault = field_fault(one)) return fault;
    }
  }
  if constexpr (std::is_same_v<Kind, UnixSocket>) {
    for (const UnixMessage& one : socket.queue) {
      if (auto fault = field_fault(one)) return fault;
    }
  }
  for (const Rule<Kind>& rule : rules<Kind>()) {
    std::string reason = rule.broken(socket);
    if (!reason.empty()) return Fault{scope_of(socket), rule.attribute, std::move(reason)};
  }
  return {};
}

[[noreturn]] void refuse(std::string_view which, const Fault& fault) {
  const AttributeRule& rule = rule_of(fault.attribute);
  throw ImageError(fmt::format("{}: {}", which, name_of(fault.scope)), rule.name, {}, fault.reason);
}

}  // namespace

bool is_restorable(TcpState state) {
  switch (state) {
    case TcpState::established:
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::close:
    case TcpState::close_wait:
    case TcpState::last_ack:
    case TcpState::closing:
      return true;
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::time_wait:
    case TcpState::listen:
      return false;
  }
  return false;
}

std::optional<Fault> find_fault(const Socket& socket) {
  return std::visit([](const auto& kind) { return find_fault_of(kind); }, socket);
}

void validate(const Image& image) {
  if (const auto fault = field_fault(image.circumstance)) refuse("image", *fault);
  if (image.where.size() != image.sockets.size()) {
    refuse("image", {Scope::end, Attribute::sockets, "sockets and circumstances differ in number"});
  }
  Descriptors descriptors;
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    const std::string name = fmt::format("socket {}", i + 1);
    if (const auto fault = find_fault(image.sockets[i])) refuse(name, *fault);
    if (const auto fault = holder_fault(image.sockets[i], image.where[i])) refuse(name, *fault);
    if (const auto fault = file_fault(image.sockets[i], image.where[i])) refuse(name, *fault);
    if (const auto fault = descriptors.claim(image.where[i])) refuse(name, *fault);
    if (const auto fault = link_fault(image, i)) refuse(name, *fault);
  }
}

}  // namespace sockcr
