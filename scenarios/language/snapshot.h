// What can be seen of ours without an engine, to be the same before and after a cut.
#pragma once

#include <map>
#include <string>

namespace sockcr::scenario {

class World;

// What is looked at -> what is seen: each socket of a subject as its program sees it, and each
// socket of ours' namespace as sock_diag tells it, those without a descriptor too.
using Snapshot = std::map<std::string, std::string>;

Snapshot look_at_ours(World& world);

// Throws Violation with the first difference.
void expect_same(const Snapshot& before, const Snapshot& after);

}  // namespace sockcr::scenario
