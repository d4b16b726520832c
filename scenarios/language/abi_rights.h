// Whose rights TCP_REPAIR goes by: CAP_NET_ADMIN where the socket's network namespace belongs to.
// Unsupported where this machine lets nobody make user namespaces.
#pragma once

#include "scenarios/language/step.h"

namespace sockcr::scenario {

Step repair_works_in_a_user_namespace(At at = At::here());
Step rights_in_another_user_namespace_are_none(At at = At::here());

}  // namespace sockcr::scenario
