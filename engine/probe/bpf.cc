#include "engine/bpf/probe.h"
#include "engine/probe/questions.h"

namespace sockcr::ask {

Finding bpf_backend() { return {Answer::no, "not in this build, which does without"}; }

Finding bpf_load() {
  const BpfProbe probe = probe_bpf();
  return {probe.usable ? Answer::yes : Answer::no, probe.why_not};
}

}  // namespace sockcr::ask
