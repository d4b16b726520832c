// What the words about unix sockets have in common.
#pragma once

#include <sys/types.h>
#include <functional>
#include <string>

#include "scenarios/language/world.h"

namespace sockcr::scenario {

UnixActor& unix_actor(World& world, const std::string& name);

// What `act` makes at a descriptor of this process stays when the process that did it is gone; its
// number is returned.
pid_t by_another(const std::function<void()>& act);
std::string who_text(pid_t pid);  // "pid 7, uid 0", of one like this process

UnixName bytes_of(const std::string& name);  // "@x" is abstract

// What it has sent is kept with it until then.
bool waits_to_be_accepted(World& world, const UnixActor& who);

// Throws Violation where the two differ.
void expect_text(const std::string& what, const std::string& wanted, const std::string& actual);

}  // namespace sockcr::scenario
