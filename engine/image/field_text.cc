#include "engine/image/field_text.h"

namespace sockcr {

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

void FieldTexts::operator()(Attribute, const std::vector<OptionValue>& options) {
  for (const OptionValue& option : options) {
    rows_.push_back(
        {fmt::format("option[{}:{}]", option.level, option.number), hexadecimal(option.value)});
  }
}

void FieldTexts::operator()(Attribute attribute, const std::vector<Membership>& memberships) {
  for (std::size_t i = 0; i < memberships.size(); ++i) {
    rows_.push_back(
        {fmt::format("{}[{}]", rule_of(attribute).name, i + 1), to_text(memberships[i])});
  }
}

void FieldTexts::operator()(Attribute attribute, const std::vector<Datagram>& datagrams) {
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    const Datagram& one = datagrams[i];
    rows_.push_back({fmt::format("{}[{}]", rule_of(attribute).name, i + 1),
                     fmt::format("{}, {} hops, class {}: {}", to_text(one), one.hop_limit,
                                 one.traffic_class, hexadecimal(one.payload))});
  }
}

void FieldTexts::operator()(Attribute attribute, const std::vector<SignedPeer>& peers) {
  for (const SignedPeer& peer : peers) {
    rows_.push_back({fmt::format("{}[{}]", rule_of(attribute).name, to_text(peer)), "a key"});
  }
}

void FieldTexts::operator()(Attribute attribute, const std::vector<UnixRight>& rights) {
  std::string text;
  for (const UnixRight& right : rights) text += fmt::format(" {}", right.socket);
  if (!rights.empty()) add(attribute, "of socket" + text);
}

}  // namespace sockcr
