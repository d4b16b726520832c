// The build that does without.
#include "engine/bpf/kernel_reader.h"

namespace sockcr {

std::unique_ptr<KernelReader> KernelReader::open(Orphans, std::string& why_not) {
  why_not = "not in this build, which does without";
  return nullptr;
}

}  // namespace sockcr
