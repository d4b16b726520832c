// Variants: the axes of a scenario, their product, and the name that is computed from them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockcr::scenario {

enum class Family { v4, v6, mapped };  // mapped: ours is an AF_INET6 socket on ::ffff:a.b.c.d
enum class Side { active, passive };   // ours connected, or ours accepted

// What the queues of ours hold at the cut.
enum class Queues {
  empty,
  unread,   // the peer's bytes, received and not read
  unsent,   // written behind the closed gate
  unacked,  // delivered, and the ACK lost
  lost,     // sent, and never delivered
  all,      // these, and bytes of the peer written behind the closed gate
};
enum class Options { ts, nots };  // time stamps negotiated, or not

std::string_view to_text(Family family);
std::string_view to_text(Side side);
std::string_view to_text(Queues queues);
std::string_view to_text(Options options);

struct Variant {
  Family family = Family::v4;
  Side side = Side::active;
  Queues queues = Queues::empty;
  Options options = Options::ts;
  std::string detail{};  // what is particular to the scenario, in one word; "" is its usual course

  std::string name() const;  // v6_passive_all_ts, v6_passive_all_ts_DETAIL

  friend bool operator==(const Variant&, const Variant&) = default;
};

// The values a scenario takes on each axis. Where it takes fewer than all, `narrowed` says why.
struct Axes {
  std::vector<Family> families{Family::v4, Family::v6, Family::mapped};
  std::vector<Side> sides{Side::active, Side::passive};
  std::vector<Queues> queues{Queues::empty,   Queues::unread, Queues::unsent,
                             Queues::unacked, Queues::lost,   Queues::all};
  std::vector<Options> options{Options::ts, Options::nots};
  std::vector<std::string> details{""};
  std::vector<std::string> long_details{};  // those that wait for real seconds, many of them
  // Combinations that mean nothing.
  std::function<bool(const Variant&)> without{};
  std::string narrowed{};
};

std::vector<Variant> product(const Axes& axes);
bool is_long(const Axes& axes, const Variant& v);

// A part of the product, half of it or less, in which every three values of three axes still occur
// together; those in which every two do come first. What is long has a cover of its own behind it.
std::vector<Variant> default_cover(const Axes& axes);

// The variant of that name, if the product has it.
std::optional<Variant> find_variant(const Axes& axes, std::string_view name);

}  // namespace sockcr::scenario
