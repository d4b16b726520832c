// Whether a kernel could have produced the values: what one field cannot tell alone. Every refusal
// names the field and the rule. Restore calls this before the first socket exists; decode has
// called it on all that it returns.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/image/attributes.h"
#include "engine/image/image.h"

namespace sockcr {

// The states that this version restores.
bool is_restorable(TcpState state);

struct Fault {
  Scope scope;  // the record, or the nested attribute, that the attribute stands in
  Attribute attribute;
  std::string reason;
};

// The first rule that does not hold.
std::optional<Fault> find_fault(const Socket& socket);

// The descriptors that the sockets of one image go back to: no two may share one.
class Descriptors {
 public:
  // Claims those of one more socket.
  std::optional<Fault> claim(const SocketCircumstance& where);

 private:
  std::set<std::pair<std::int32_t, std::int32_t>> taken_;  // pid, descriptor
};

// Throws ImageError, without an offset, for the first fault of the image.
void validate(const Image& image);

}  // namespace sockcr
