// Of steps that wait for the kernel's timers.
#include "scenarios/language/reasons.h"

namespace sockcr::scenario {

using When = Reason::When;

const std::vector<Reason>& reasons_of_timers() {
  static const std::vector<Reason> reasons{
      {"from here on time is counted", When::always,
       "the kernel has just begun to count, and what follows is due by this"},
      {"[0-9]+ s pass", When::always,
       "the cut comes into the middle of the timer's time, so that one that goes on can be told "
       "from one that begins anew"},
      {"(nothing is left of $|$ gives up|$ says its next segment) after .*, which a cut begins "
       "anew",
       When::always,
       "no system call sets the kernel's count. That it begins anew is declared; that it does just "
       "so, and is neither lost nor doubled, is looked at"},
      {"(nothing is left of $|$ gives up|$ says its next segment) after .*", When::always,
       "the timer fires when it would have fired without a cut: no sooner, and no later than the "
       "kernel's timer wheel makes it"},
      {"$ has sent .* segments since, or since the cut", When::always,
       "a timer that fires is a segment on the wire: counted, so that none is missing and none is "
       "too much"},
  };
  return reasons;
}

}  // namespace sockcr::scenario
