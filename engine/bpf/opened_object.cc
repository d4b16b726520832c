#include "engine/bpf/opened_object.h"

#include <algorithm>

namespace sockcr {

OpenedObject open_object(std::span<const std::uint8_t> elf,
                         const std::vector<std::string>& programs) {
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "sockcr");
  OpenedObject object(bpf_object__open_mem(elf.data(), elf.size(), &options), bpf_object__close);
  if (!object) return object;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object.get()) {
    const bool wanted = std::count(programs.begin(), programs.end(), bpf_program__name(program));
    bpf_program__set_autoload(program, wanted);
  }
  return object;
}

std::vector<bpf_program*> programs_to_load(const bpf_object& object) {
  std::vector<bpf_program*> programs;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, &object) {
    if (bpf_program__autoload(program)) programs.push_back(program);
  }
  return programs;
}

std::vector<bpf_map*> maps_of(const bpf_object& object) {
  std::vector<bpf_map*> maps;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, &object) maps.push_back(map);
  return maps;
}

}  // namespace sockcr
