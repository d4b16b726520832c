#include <fmt/format.h>
#include <algorithm>

#include "engine/process/diag.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Every socket of the laboratory that is still at work; TIME_WAIT is how TCP ends.
std::string still_open(World& world) {
  std::string text;
  for (const netns::End end : {netns::End::ours, netns::End::peer}) {
    const NetworkNamespace::Scope inside(world.laboratory.inside(end));
    for (const TcpDiag& diag : dump_tcp()) {
      if (diag.state == TcpState::time_wait) continue;
      text += fmt::format("{}{} {} in {}", text.empty() ? "" : ", ", to_text(end),
                          to_text(diag.local), to_text(diag.state));
    }
  }
  return text;
}

}  // namespace

Step conversation_ends(At at) {
  return {"the conversation ends in order",
          [](World& world) {
            std::string left;
            await(
                world, "sockets that are left", "none but TIME_WAIT",
                [&] {
                  left = still_open(world);
                  return left.empty();
                },
                [&] { return left; });
            world.conversations_ended = true;
          },
          at};
}

}  // namespace sockcr::scenario
