// One record of the on-disk form under construction: a netlink message that is never sent.
#pragma once

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/image/attributes.h"
#include "engine/image/fields.h"

namespace sockcr {

class RecordWriter {
 public:
  // `record`: a record's scope. `capacity`: bytes of attributes, headers and padding included, at
  // least what will be put.
  RecordWriter(Scope record, std::size_t capacity);

  // Writes a field (for_each_field calls this). Throws ImageError for a value that has no form: a
  // string or byte array longer than its row in the attribute table allows.
  template <class Value>
  void operator()(Attribute attribute, const Value& value);
  template <class Value>
  void operator()(Attribute attribute, const std::vector<Value>& values);
  void operator()(Attribute attribute, const Address& address) { nest(attribute, address); }
  void operator()(Attribute attribute, const Bytes& bytes) { put_bytes(attribute, bytes); }
  void operator()(Attribute attribute, std::span<const std::uint8_t> bytes) {
    put_bytes(attribute, bytes);
  }
  void operator()(Attribute attribute, const std::string& text);

  // The record and its CRC-32C. Throws ImageError for one longer than max_record.
  void append_to(Bytes& file) const;

 private:
  void put_bytes(Attribute attribute, std::span<const std::uint8_t> bytes);
  void put(Attribute attribute, const void* value, std::size_t length);
  template <class Value>
  void nest(Attribute attribute, const Value& value);
  nlattr* open_nest(Attribute attribute);
  void close_nest(nlattr* nest);

  struct Free {
    void operator()(nl_msg* message) const { ::nlmsg_free(message); }
  };
  std::string_view record_;
  std::unique_ptr<nl_msg, Free> message_;
};

template <class Value>
void RecordWriter::operator()(Attribute attribute, const Value& value) {
  if (rule_of(attribute).occurs == Occurs::optional && value == Value{}) return;
  if constexpr (std::is_same_v<Value, bool>) {
    const auto byte = static_cast<std::uint8_t>(value);
    put(attribute, &byte, sizeof byte);
  } else {
    static_assert(std::is_arithmetic_v<Value> || std::is_enum_v<Value> ||
                  std::is_same_v<Value, decltype(Address::bytes)>);
    put(attribute, &value, sizeof value);
  }
}

template <class Value>
void RecordWriter::operator()(Attribute attribute, const std::vector<Value>& values) {
  for (const Value& value : values) nest(attribute, value);
}

template <class Value>
void RecordWriter::nest(Attribute attribute, const Value& value) {
  nlattr* const start = open_nest(attribute);
  for_each_field(value, *this);
  close_nest(start);
}

}  // namespace sockcr
