// Why values are refused, before it is known whether they came from a file.
#pragma once

#include <string>

#include "engine/image/attributes.h"

namespace sockcr {

struct Fault {
  Scope scope;  // the record, or the nested attribute, that the attribute stands in
  Attribute attribute;
  std::string reason;
};

}  // namespace sockcr
