// Aspects: what a peer could tell of a connection, told of one capture so that two captures of the
// same timeline can be held against each other. A rule says what must never happen; an aspect is
// nothing by itself, and only has to be the same with a cut and without.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pcap/rule.h"

namespace sockcr::pcap {

// How what the peer saw with a cut has to agree with what it saw without.
enum class Relation {
  equal,
  nothing_new,  // each value was there without the cut too; others may be missing
  not_more,     // one number, and it is not greater
  about,  // one number, a quarter more or less: a kernel reckons with the memory that segments take
};

struct Aspect {
  std::string_view name;
  std::string_view about;  // one clause
  Relation relation = Relation::equal;
  std::set<std::string> (*tell)(const Hearing& hearing, Side side) = nullptr;
};

// All aspects, in the order in which they are told.
std::span<const Aspect> all_aspects();

// What one aspect tells of one side of one conversation.
struct Trait {
  std::string aspect;  // its name; or that of a counter of the kernel's, of which more is worse
  std::string of;      // "ours", "peer", and which conversation where there are several
  std::set<std::string> values;

  bool operator==(const Trait&) const = default;
};

// Everything that the aspects tell of a conversation. `number` names it, 0 where there is one only.
std::vector<Trait> traits_of(const Evidence& evidence, std::size_t number = 0);

}  // namespace sockcr::pcap
