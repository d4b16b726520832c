#include "engine/bpf/kernel_reader.h"
#include "engine/bpf/probe.h"
#include "engine/probe/questions.h"

namespace sockcr::ask {

Finding bpf_backend() {
  std::string why_not;
  const auto reader = KernelReader::open(KernelReader::Orphans::leave_out, why_not);
  return {reader ? Answer::yes : Answer::no, why_not};
}

Finding bpf_load() {
  const BpfProbe probe = probe_bpf();
  return {probe.usable ? Answer::yes : Answer::no, probe.why_not};
}

}  // namespace sockcr::ask
