// A socket with one field changed.
#pragma once

#include <optional>
#include <type_traits>
#include <vector>

#include "engine/image/fields.h"

namespace sockcr {

// Changes one field, whatever its type.
struct Change {
  Attribute wanted;

  template <class Value>
  void operator()(Attribute attribute, Value& value) const {
    if (attribute == wanted) change(value);
  }
  static void change(Address& address) { ++address.port; }
  static void change(bool& value) { value = !value; }
  static void change(TcpState& value) { value = TcpState::closing; }
  static void change(Owner& value) {
    value = static_cast<Owner>((static_cast<int>(value) + 1) % 3);
  }
  static void change(StatusFlags& value) { value = value | StatusFlags::async; }
  static void change(SignalOwner& value) {
    value = static_cast<SignalOwner>((static_cast<int>(value) + 1) % 4);
  }
  static void change(UnixType& value) {
    value = value == UnixType::stream ? UnixType::seqpacket : UnixType::stream;
  }
  static void change(std::vector<UnixRight>& rights) { rights.push_back({2}); }
  static void change(Bytes& value) { value.push_back(1); }
  static void change(std::vector<OptionValue>& options) {
    if (!options.empty()) options[0].value[0] ^= 1;
  }
  static void change(std::vector<SignedPeer>& peers) { peers.emplace_back(); }
  static void change(std::vector<Membership>& memberships) { memberships.emplace_back(); }
  static void change(std::vector<Datagram>& datagrams) { datagrams.emplace_back(); }
  template <class Value>
  requires std::is_integral_v<Value>
  static void change(Value& value) { ++value; }
};

inline std::vector<Attribute> fields_of(const Socket& socket) {
  std::vector<Attribute> fields;
  std::visit(
      [&](const auto& kind) {
        for_each_field(kind, [&](Attribute attribute, auto&) { fields.push_back(attribute); });
      },
      socket);
  return fields;
}

// Empty for the options of a socket without any.
inline std::optional<Socket> with_changed(Socket socket, Attribute attribute) {
  const Socket before = socket;
  std::visit([&](auto& kind) { for_each_field(kind, Change{attribute}); }, socket);
  if (attribute == Attribute::option && socket == before) return {};
  return socket;
}

}  // namespace sockcr
