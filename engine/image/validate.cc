#include "engine/image/validate.h"
namespace sockcr {
std::optional<Fault> find_fault(const Socket&) { return {}; }
std::optional<Fault> find_fault(const SocketCircumstance&) { return {}; }
}  // namespace sockcr
