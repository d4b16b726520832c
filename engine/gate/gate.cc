#include "engine/gate/gate.h"

#include "engine/sys/error.h"

namespace sockcr {

void Gate::swallow(bool) {
  throw Unsupported("a hole that TCP believes", "this gate can only refuse what is sent");
}

}  // namespace sockcr
