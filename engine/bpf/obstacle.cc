#include "engine/bpf/obstacle.h"

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "engine/bpf/probe.h"

namespace sockcr {
namespace {

bool is_switched_off() {
  const char* const switched = ::getenv("SOCKCR_BPF");
  return switched != nullptr && std::string_view(switched) == "off";
}

// The kernel's clocks run without the offset that a time namespace gives to CLOCK_MONOTONIC, which
// is what images count from.
bool has_clock_of_its_own() {
  std::ifstream offsets("/proc/self/timens_offsets");
  std::string clock;
  long long seconds = 0, nanoseconds = 0;
  while (offsets >> clock >> seconds >> nanoseconds) {
    if (clock == "monotonic" && (seconds != 0 || nanoseconds != 0)) return true;
  }
  return false;
}

}  // namespace

std::string bpf_obstacle() {
  if (is_switched_off()) return "SOCKCR_BPF=off";
  if (sizeof(void*) != 8) return "written for machines of 64 bits";
  if (const BpfProbe probe = probe_bpf(); !probe.usable) return probe.why_not;
  if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return "no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)";
  }
  if (has_clock_of_its_own()) return "in a time namespace, whose clock is not the kernel's";
  return "";
}

}  // namespace sockcr
