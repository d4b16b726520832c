#include "engine/image/attribute_list.h"

#include <fmt/format.h>
#include <netlink/attr.h>
#include <algorithm>
#include <cstdint>

#include "engine/image/image_error.h"
#include "engine/image/value_rules.h"

namespace sockcr {
namespace {

constexpr std::uint16_t number_mask = critical_bit - 1;
constexpr std::uint16_t nested_bit = 1u << 15;      // NLA_F_NESTED
constexpr std::uint16_t byte_order_bit = 1u << 14;  // NLA_F_NET_BYTEORDER

template <class Integer>
std::string integer_fault(const AttributeRule& rule, std::span<const std::uint8_t> payload) {
  return range_fault(rule, load<Integer>(payload));
}

std::string value_fault(const AttributeRule& rule, std::span<const std::uint8_t> payload) {
  switch (rule.type) {
    case AttributeType::u8:
      return integer_fault<std::uint8_t>(rule, payload);
    case AttributeType::u16:
      return integer_fault<std::uint16_t>(rule, payload);
    case AttributeType::u32:
      return integer_fault<std::uint32_t>(rule, payload);
    case AttributeType::u64:
      return integer_fault<std::uint64_t>(rule, payload);
    case AttributeType::i32:
      return integer_fault<std::int32_t>(rule, payload);
    case AttributeType::i64:
      return integer_fault<std::int64_t>(rule, payload);
    case AttributeType::string:
      return text_fault(payload);
    case AttributeType::bytes:
    case AttributeType::nested:
      return "";
  }
  return "";
}

std::string type_fault(const AttributeRule& rule, std::uint16_t type) {
  const bool nested = rule.type == AttributeType::nested;
  if (((type & nested_bit) != 0) != nested) return "the nested bit contradicts the attribute table";
  if ((type & byte_order_bit) != 0) return "network byte order is not part of the format";
  const bool critical = (type & critical_bit) != 0;
  if (critical != rule.critical) return "the critical bit contradicts the attribute table";
  return "";
}

std::string fault_of(const AttributeRule& rule, std::uint16_t type,
                     std::span<const std::uint8_t> payload) {
  if (std::string fault = type_fault(rule, type); !fault.empty()) return fault;
  if (std::string fault = length_fault(rule, payload.size()); !fault.empty()) return fault;
  return value_fault(rule, payload);
}

std::size_t padding_of(std::size_t length) { return NLA_ALIGN(length) - length; }

bool all_zero(const std::uint8_t* from, const std::uint8_t* to) {
  return std::all_of(from, to, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

AttributeList::AttributeList(Scope scope, std::span<const std::uint8_t> bytes, std::size_t offset,
                             std::string path)
    : scope_(scope), path_(std::move(path)) {
  if (bytes.size() % NLA_ALIGNTO != 0) {
    throw ImageError(path_, "", offset, "its attributes do not fill whole words");
  }
  walk(bytes, offset);
  check_presence(offset);
}

void AttributeList::walk(std::span<const std::uint8_t> bytes, std::size_t offset) {
  // libnl's iterator is not const-correct in its C signature; nothing writes through it.
  auto* attribute = reinterpret_cast<nlattr*>(const_cast<std::uint8_t*>(bytes.data()));
  int remaining = static_cast<int>(bytes.size());
  while (remaining > 0) {
    const std::size_t here = offset + bytes.size() - static_cast<std::size_t>(remaining);
    if (::nla_ok(attribute, remaining) == 0) {
      throw ImageError(path_, "", here, "an attribute's length does not fit its surroundings");
    }
    const auto length = static_cast<std::size_t>(::nla_len(attribute));
    const auto* const data = static_cast<const std::uint8_t*>(::nla_data(attribute));
    take(attribute->nla_type, {data, length}, here);
    attribute = ::nla_next(attribute, &remaining);
  }
}

void AttributeList::take(std::uint16_t type, std::span<const std::uint8_t> payload,
                         std::size_t offset) {
  const std::uint16_t number = type & number_mask;
  const std::uint8_t* const end = payload.data() + payload.size();
  if (!all_zero(end, end + padding_of(payload.size()))) {
    throw ImageError(path_, fmt::format("{}", number), offset, "its padding is not zero");
  }
  const AttributeRule* const rule = find_rule(number);
  if (rule == nullptr) {
    if ((type & critical_bit) == 0) return;
    throw ImageError(path_, fmt::format("{}", number), offset,
                     "unknown, and marked critical: written by a later version");
  }
  if (!rule->scopes.contains(scope_))
    throw ImageError(path_, rule->name, offset, "does not belong here");
  if (std::string fault = fault_of(*rule, type, payload); !fault.empty()) {
    throw ImageError(path_, rule->name, offset, fault);
  }
  if (rule->occurs != Occurs::many && find(rule->number) != nullptr) {
    throw ImageError(path_, rule->name, offset, "stands here twice");
  }
  found_.push_back({rule, offset, payload});
}

void AttributeList::check_presence(std::size_t offset) const {
  for (const AttributeRule& rule : table::attributes) {
    if (!rule.scopes.contains(scope_) || rule.occurs != Occurs::once) continue;
    if (find(rule.number) == nullptr) throw ImageError(path_, rule.name, offset, "is missing");
  }
}

const FoundAttribute* AttributeList::find(Attribute attribute) const {
  const auto found = std::find_if(found_.begin(), found_.end(), [&](const FoundAttribute& one) {
    return one.rule->number == attribute;
  });
  return found == found_.end() ? nullptr : &*found;
}

AttributeList AttributeList::nested(const FoundAttribute& outer) const {
  return AttributeList(outer.rule->inside, outer.payload, outer.offset + NLA_HDRLEN,
                       fmt::format("{}.{}", path_, outer.rule->name));
}

void AttributeList::operator()(Attribute attribute, Address& address) const {
  if (const FoundAttribute* found = find(attribute)) for_each_field(address, nested(*found));
}

void AttributeList::operator()(Attribute attribute, std::span<const std::uint8_t>& bytes) const {
  if (const FoundAttribute* found = find(attribute)) bytes = found->payload;
}

void AttributeList::operator()(Attribute attribute, Bytes& bytes) const {
  if (const FoundAttribute* found = find(attribute)) {
    bytes.assign(found->payload.begin(), found->payload.end());
  }
}

void AttributeList::operator()(Attribute attribute, std::string& text) const {
  if (const FoundAttribute* found = find(attribute)) {
    text.assign(found->payload.begin(), found->payload.end());
  }
}

}  // namespace sockcr
