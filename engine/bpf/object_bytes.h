#pragma once

#include <cstdint>
#include <span>

namespace sockcr {

// Our BPF programs as clang has compiled them: an ELF object, carried in this library.
std::span<const std::uint8_t> bpf_object_bytes();

}  // namespace sockcr
