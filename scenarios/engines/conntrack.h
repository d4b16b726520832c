#pragma once

namespace sockcr::scenario {

// What conntrack knows of every connection of the calling thread's network namespace.
void forget_every_connection();

}  // namespace sockcr::scenario
