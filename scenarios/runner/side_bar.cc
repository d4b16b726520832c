#include "scenarios/runner/side_bar.h"

#include <unistd.h>

namespace sockcr::runner {

SideBar::SideBar(std::FILE* stream, std::FILE* side)
    : side_(side), shown_(::isatty(::fileno(stream)) == 0) {}

void SideBar::begin(const RunFacts& facts) {
  started_ = facts.started;
  total_ = facts.total;
}

void SideBar::tick(const Tally& so_far) {
  if (!shown_ || !side_.status_is_due()) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  const Progress progress{so_far.cases(), total_, so_far.failures(),
                          so_far.of(scenario::Verdict::trouble), seconds};
  side_.status(progress_line(progress, side_.width(), side_.palette()));
}

}  // namespace sockcr::runner
