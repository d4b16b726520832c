#include "engine/bpf/object_bytes.h"

// SOCKCR_BPF_OBJECT is the path of the object. The assembler embeds it as it is: no tool that a
// distribution might not have, and no table of bytes to compile.
asm(".pushsection .rodata\n"
    ".balign 8\n"
    "sockcr_bpf_object:\n"
    ".incbin \"" SOCKCR_BPF_OBJECT
    "\"\n"
    "sockcr_bpf_object_end:\n"
    ".popsection\n");

extern "C" {
extern const std::uint8_t sockcr_bpf_object[];
extern const std::uint8_t sockcr_bpf_object_end[];
}

namespace sockcr {

std::span<const std::uint8_t> bpf_object_bytes() {
  return {sockcr_bpf_object, sockcr_bpf_object_end};
}

}  // namespace sockcr
