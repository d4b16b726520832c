// What the command answers. `git bisect run` reads 1..124 as bad, 125 as skip and above 127 as
// stop: a wrong option must never look like a bad kernel.
#pragma once

namespace sockcr {

enum class ExitCode : int {
  success = 0,
  failure = 1,        // the sockets differ; image, socket or kind is refused; check: not possible
  trouble = 125,      // this machine could not do it
  wrong_use = 129,    // wrong usage, or not built yet
  interrupted = 130,  // Ctrl-C, and all is as before
  terminated = 143,   // SIGTERM, and all is as before
};

}  // namespace sockcr
