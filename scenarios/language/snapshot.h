// What can be seen of ours without an engine, to be the same before and after a cut.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace sockcr::scenario {

class World;

// What is looked at -> what is seen: each socket of a subject as its program sees it, and each
// socket of ours' namespace as sock_diag tells it, those without a descriptor too.
using Snapshot = std::map<std::string, std::string>;

Snapshot look_at_ours(World& world);

struct SnapshotDifference {
  std::string what, before, after;  // "nothing" where it is not there
};

std::vector<SnapshotDifference> differences_of(const Snapshot& before, const Snapshot& after);

// The cut has changed ours, and the conversation may go on: what the peer sees is judged first.
struct Changed {
  std::vector<SnapshotDifference> differences;
};

// Throws Violation with the first difference.
void expect_same(const Snapshot& before, const Snapshot& after);

}  // namespace sockcr::scenario
