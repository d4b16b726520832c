// The cut as a word: what a timeline says once, and the run makes nothing, one round or two of.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/image/image.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

// Who is in ours' place when it comes back.
enum class Occupies { nothing, with_connection, with_listener, with_time_wait };

// Into how many images the subjects go, and what is left out of them.
struct CutPlan {
  // The subjects of each image; empty: all of them in one. Restored in this order, or backwards.
  std::vector<std::vector<int>> images{};
  bool backwards = false;
  // Connections are left out, at checkpoint or at restore: they appear closed to the program.
  bool listeners_only_at_checkpoint = false;
  bool listeners_only_at_restore = false;
  // So many seconds pass between the checkpoint and the restore.
  int gap_seconds = 0;
  // The first restore comes to nothing: its program is killed before the gate opens, and the image
  // is restored once more.
  bool restored_again = false;
  // Behind every system call of the engine a packet of the peer's arrives.
  bool with_arrivals = false;
  Occupies occupied = Occupies::nothing;
  // What another machine would have written in place of this one.
  std::string written_by{};  // "a machine whose ..."
  std::function<void(Image&)> as_written{};
  bool clock_is_unsure = false;  // which machine's time of day is right, nobody knows

  bool listeners_only() const { return listeners_only_at_checkpoint || listeners_only_at_restore; }
};

Step cut(const CutPlan& plan = {}, At at = At::here());

// A machine that has written the image in place of this one, by what its clocks show.
enum class OtherMachine { booted_later, up_for_longer, ahead, behind };
CutPlan written_by_another(OtherMachine machine);

// The program shall not be killed: ours goes on from here, and behind the gate's opening
// ours_goes_on() lets it.
Step checkpoint_in_passing(At at = At::here());
Step ours_goes_on(At at = At::here());
// The same checkpoint, but it fails, at its beginning, in its middle and at its end.
Step checkpoints_fail(At at = At::here());

// The engine refuses ours by a name that has `kind` in it, and ours runs on.
Step cut_is_refused(std::string kind, At at = At::here());

}  // namespace sockcr::scenario
