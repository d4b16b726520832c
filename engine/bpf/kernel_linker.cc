#include "engine/bpf/kernel_linker.h"

#include <bpf/bpf.h>
// Needs errno.h before it.
#include <cerrno>
// clang-format off
#include <bpf/skel_internal.h>
// clang-format on

namespace sockcr {
namespace {

// What the loading program is told and what it answers: this, then a word for each map, then one
// for each program that it has loaded (libbpf's bpf/skel_internal.h).
class Answer {
 public:
  Answer(std::size_t maps, std::size_t programs)
      : maps_(maps),
        bytes_((sizeof(bpf_loader_ctx) + maps * sizeof(bpf_map_desc) +
                programs * sizeof(bpf_prog_desc) + sizeof(Unit) - 1) /
               sizeof(Unit)) {
    context()->sz = static_cast<__u32>(bytes_.size() * sizeof(Unit));
  }

  bpf_loader_ctx* context() { return reinterpret_cast<bpf_loader_ctx*>(bytes_.data()); }
  int map(std::size_t i) { return maps()[i].map_fd; }
  int program(std::size_t i) { return reinterpret_cast<bpf_prog_desc*>(maps() + maps_)[i].prog_fd; }

 private:
  using Unit = std::uint64_t;
  bpf_map_desc* maps() { return reinterpret_cast<bpf_map_desc*>(context() + 1); }

  std::size_t maps_;
  std::vector<Unit> bytes_;
};

// Whatever it has loaded before an error, it closes again.
bool run(const gen_loader_opts& loader, Answer& answer) {
  bpf_load_and_run_opts options{};
  options.ctx = answer.context();
  options.data = loader.data;
  options.data_sz = loader.data_sz;
  options.insns = loader.insns;
  options.insns_sz = loader.insns_sz;
  return bpf_load_and_run(&options) == 0;
}

}  // namespace

std::optional<LoadedObject::Loaded> load_by_kernel(bpf_object& object) {
  LIBBPF_OPTS(gen_loader_opts, loader);
  if (bpf_object__gen_loader(&object, &loader) != 0) return std::nullopt;
  if (bpf_object__load(&object) != 0) return std::nullopt;  // writes the loader, loads nothing
  const auto maps = maps_of(object);
  const auto programs = programs_to_load(object);
  Answer answer(maps.size(), programs.size());
  if (!run(loader, answer)) return std::nullopt;
  LoadedObject::Loaded loaded;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    loaded.maps.emplace(bpf_map__name(maps[i]), FileDescriptor(answer.map(i)));
  }
  for (std::size_t i = 0; i < programs.size(); ++i) {
    loaded.programs.emplace(bpf_program__name(programs[i]), FileDescriptor(answer.program(i)));
  }
  return loaded;
}

}  // namespace sockcr
