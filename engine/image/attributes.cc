#include "engine/image/attributes.h"

namespace sockcr {

const AttributeRule* find_rule(std::uint16_t number) {
  if (number == 0 || number > table::attributes.size()) return nullptr;
  return &table::attributes[number - 1u];
}

}  // namespace sockcr
