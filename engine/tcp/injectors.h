#pragma once

#include <map>

#include "engine/tcp/segment.h"

namespace sockcr {

// One raw socket for each family, made when first needed and shared.
class Injectors {
 public:
  Injector& of(int family) { return injectors_.try_emplace(family, family).first->second; }

 private:
  std::map<int, Injector> injectors_;
};

}  // namespace sockcr
