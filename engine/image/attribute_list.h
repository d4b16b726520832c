// The attributes of one record or of one nested attribute, walked against the attribute table.
// Everything that the table can say is checked here: framing, padding, numbers, types, lengths,
// ranges, how often. What stands in a list is well-formed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/image/attributes.h"
#include "engine/image/fields.h"

namespace sockcr {

struct FoundAttribute {
  const AttributeRule* rule = nullptr;
  std::size_t offset = 0;  // of its header, in the file
  std::span<const std::uint8_t> payload;
};

class AttributeList {
 public:
  // `bytes` must be aligned to 4 and lies at `offset` in the file; `path` names it in errors.
  // Throws ImageError.
  AttributeList(Scope scope, std::span<const std::uint8_t> bytes, std::size_t offset,
                std::string path);

  const std::vector<FoundAttribute>& found() const { return found_; }

  // Reads a field (for_each_field calls this). An optional one that is absent keeps its default.
  template <class Value>
  void operator()(Attribute attribute, Value& value) const;
  template <class Value>
  void operator()(Attribute attribute, std::vector<Value>& values) const;
  void operator()(Attribute attribute, Address& address) const;
  void operator()(Attribute attribute, Bytes& bytes) const;
  void operator()(Attribute attribute, std::span<const std::uint8_t>& bytes) const;
  void operator()(Attribute attribute, std::string& text) const;

 private:
  void walk(std::span<const std::uint8_t> bytes, std::size_t offset);
  void take(std::uint16_t type, std::span<const std::uint8_t> payload, std::size_t offset);
  void check_presence(std::size_t offset) const;
  const FoundAttribute* find(Attribute attribute) const;
  AttributeList nested(const FoundAttribute& outer) const;

  Scope scope_;
  std::string path_;
  std::vector<FoundAttribute> found_;
};

// The payload of an attribute whose length is known to be right.
template <class Value>
Value load(std::span<const std::uint8_t> payload) {
  static_assert(std::is_trivially_copyable_v<Value>);
  Value value;
  std::copy_n(payload.data(), sizeof value, reinterpret_cast<std::uint8_t*>(&value));
  return value;
}

template <class Value>
void AttributeList::operator()(Attribute attribute, Value& value) const {
  const FoundAttribute* const found = find(attribute);
  if (found == nullptr) return;
  if constexpr (std::is_same_v<Value, bool>) {
    value = found->payload[0] != 0;
  } else {
    value = load<Value>(found->payload);
  }
}

template <class Value>
void AttributeList::operator()(Attribute attribute, std::vector<Value>& values) const {
  for (const FoundAttribute& found : found_) {
    if (found.rule->number != attribute) continue;
    for_each_field(values.emplace_back(), nested(found));
  }
}

}  // namespace sockcr
