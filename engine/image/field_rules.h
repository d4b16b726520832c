// Holds a value in memory against the attribute table, field by field: what decode checks on bytes.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/image/fault.h"
#include "engine/image/fields.h"
#include "engine/image/value_rules.h"

namespace sockcr {

// Visits fields (for_each_field) and keeps the first fault.
class FieldRules {
 public:
  explicit FieldRules(Scope scope) : scope_(scope) {}

  template <class Value>
  void operator()(Attribute attribute, const Value& value);
  template <class Value>
  void operator()(Attribute, const std::vector<Value>& values) {
    for (const Value& value : values) visit_nested(value);
  }
  void operator()(Attribute, const Address& address) { visit_nested(address); }
  void operator()(Attribute attribute, const Bytes& bytes) {
    note(attribute, length_fault(rule_of(attribute), bytes.size()));
  }
  void operator()(Attribute attribute, const std::string& text);

  const std::optional<Fault>& fault() const { return fault_; }

 private:
  void note(Attribute attribute, std::string reason) {
    if (!fault_ && !reason.empty()) fault_ = Fault{scope_, attribute, std::move(reason)};
  }
  template <class Value>
  void visit_nested(const Value& value);

  Scope scope_;
  std::optional<Fault> fault_;
};

template <class Value>
void FieldRules::operator()(Attribute attribute, const Value& value) {
  const AttributeRule& rule = rule_of(attribute);
  if constexpr (std::is_enum_v<Value>) {
    note(attribute, range_fault(rule, static_cast<std::underlying_type_t<Value>>(value)));
  } else if constexpr (std::is_same_v<Value, bool>) {
    note(attribute, "");
  } else if constexpr (std::is_integral_v<Value>) {
    note(attribute, range_fault(rule, value));
  } else {
    note(attribute, length_fault(rule, value.size()));
  }
}

template <class Value>
void FieldRules::visit_nested(const Value& value) {
  FieldRules inner(scope_of(value));
  for_each_field(value, inner);
  if (!fault_) fault_ = inner.fault_;
}

inline void FieldRules::operator()(Attribute attribute, const std::string& text) {
  const AttributeRule& rule = rule_of(attribute);
  if (rule.occurs == Occurs::optional && text.empty()) return;  // it is not written
  note(attribute, length_fault(rule, text.size()));
  note(attribute, text_fault({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

template <class Value>
std::optional<Fault> field_fault(const Value& value) {
  FieldRules rules(scope_of(value));
  for_each_field(value, rules);
  return rules.fault();
}

}  // namespace sockcr
