// Every field of a value as a name and a text: the rows that diff compares.
#pragma once

#include <fmt/format.h>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/image/fields.h"

namespace sockcr {

struct FieldText {
  std::string name;
  std::string text;  // complete: equal texts mean equal values
};

std::string hexadecimal(std::span<const std::uint8_t> bytes);  // 0a1b2c

// Visits fields (for_each_field).
class FieldTexts {
 public:
  void operator()(Attribute attribute, TcpState state) { add(attribute, to_text(state)); }
  void operator()(Attribute attribute, Owner owner) { add(attribute, to_text(owner)); }
  void operator()(Attribute attribute, UnixType type) { add(attribute, to_text(type)); }
  void operator()(Attribute attribute, StatusFlags flags) { add(attribute, to_text(flags)); }
  void operator()(Attribute attribute, SignalOwner owner) { add(attribute, to_text(owner)); }
  void operator()(Attribute attribute, bool value) { add(attribute, value ? "yes" : "no"); }
  void operator()(Attribute attribute, const Address& address) { add(attribute, to_text(address)); }
  void operator()(Attribute attribute, const Bytes& bytes) { add(attribute, hexadecimal(bytes)); }
  void operator()(Attribute, const std::vector<OptionValue>& options);
  void operator()(Attribute attribute, const std::vector<SignedPeer>& peers);
  void operator()(Attribute attribute, const std::vector<Membership>& memberships);
  void operator()(Attribute attribute, const std::vector<Datagram>& datagrams);
  void operator()(Attribute attribute, const std::string& text) { add(attribute, text); }
  void operator()(Attribute attribute, const std::vector<UnixRight>& rights);
  template <class Value>
  requires std::is_integral_v<Value>
  void operator()(Attribute attribute, Value value) { add(attribute, std::to_string(value)); }

  std::vector<FieldText> take() { return std::move(rows_); }

 private:
  void add(Attribute attribute, std::string_view text) {
    rows_.push_back({std::string(rule_of(attribute).name), std::string(text)});
  }

  std::vector<FieldText> rows_;
};

}  // namespace sockcr
