// Clients of ours' listener: one in a few words, or many at once.
#include <fmt/format.h>

#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::size_t few_bytes = 100;

template <class Say>
std::function<void(World&)> each(int clients, Say say) {
  return [=](World& world) {
    for (int number = 1; number <= clients; ++number) {
      const Steps steps = say(child(number), client(number));
      for (const Step& step : steps.list()) step.run(world);
    }
  };
}

}  // namespace

Steps knocks(int number, std::size_t bytes, At at) {
  return {client(number).connects(at), client(number).comes_to(TcpState::established, at),
          client(number).writes(bytes, at), child(number).is_kept_with(bytes, 0, at)};
}

Steps is_served(int number, At at) {
  return {listener.accepts(client(number), at), child(number).reads_all(at),
          part(child(number), client(number), at)};
}

Step crowd_comes(int clients, At at) {
  return {fmt::format("{} clients connect, are accepted, and have written something", clients),
          each(clients,
               [](const End& one, const End& other) -> Steps {
                 return {other.connects(), listener.accepts(other), other.writes(few_bytes),
                         one.has_unread(few_bytes)};
               }),
          at};
}

Step crowd_leaves(int clients, At at) {
  return {fmt::format("{} clients are heard, and leave", clients),
          each(clients,
               [](const End& one, const End& other) -> Steps {
                 return {one.reads_all(), talk(one, other), part(one, other)};
               }),
          at};
}

}  // namespace sockcr::scenario
