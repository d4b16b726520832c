// An object file that libbpf has read, of which nothing is in the kernel yet.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sockcr {

using OpenedObject = std::unique_ptr<bpf_object, void (*)(bpf_object*)>;

// Only `programs` of it will be loaded. Empty where libbpf cannot read it.
OpenedObject open_object(std::span<const std::uint8_t> elf,
                         const std::vector<std::string>& programs);

// In the object's order.
std::vector<bpf_program*> programs_to_load(const bpf_object& object);
std::vector<bpf_map*> maps_of(const bpf_object& object);

}  // namespace sockcr
