// What the command answers. `git bisect run` reads 1..124 as bad, 125 as skip and above 127 as
// stop: a wrong option must never look like a bad kernel.
#pragma once

namespace sockcr {

enum class ExitCode : int {
  success = 0,
  failure = 1,      // the sockets differ, the image is refused
  trouble = 125,    // this machine could not do it
  wrong_use = 129,  // wrong usage, or not built yet
};

}  // namespace sockcr
