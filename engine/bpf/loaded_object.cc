#include "engine/bpf/loaded_object.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "engine/bpf/kernel_linker.h"
#include "engine/bpf/opened_object.h"
#include "engine/sys/call.h"

namespace sockcr {
namespace {

thread_local std::string* words = nullptr;

int keep_words(libbpf_print_level level, const char* format, va_list arguments) {
  if (words == nullptr || level != LIBBPF_WARN) return 0;
  std::array<char, 1024> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  *words += line.data();
  return 0;
}

// libbpf says why only in words, and to one listener in the whole process.
class Listening {
 public:
  Listening() : before_(libbpf_set_print(keep_words)) { words = &heard_; }
  ~Listening() {
    words = nullptr;
    libbpf_set_print(before_);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  // What it said first, or of which field the kernel knows nothing.
  std::string reason() const {
    const std::size_t field = heard_.find("failed to resolve CO-RE relocation");
    std::string line = heard_.substr(field == std::string::npos ? 0 : field);
    line.resize(std::min(line.find('\n'), line.size()));
    return line.starts_with("libbpf: ") ? line.substr(8) : line;
  }

 private:
  libbpf_print_fn_t before_;
  std::string heard_;
};

[[noreturn]] void refuse(const Listening& listening) {
  const int error_number = errno;
  const std::string reason = listening.reason();
  throw Unsupported("the BPF backend", reason.empty() ? errno_name(error_number) : reason);
}

Bytes read_all(int descriptor) {
  Bytes all;
  std::size_t length = 0;
  for (;;) {
    constexpr std::size_t step = 65536;
    all.resize(length + step);
    const ssize_t n = ::read(descriptor, all.data() + length, step);
    if (n == 0) break;
    // The kernel pauses after a million sockets that had nothing to write.
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) throw SystemError("read", "a BPF iterator", errno);
    length += static_cast<std::size_t>(n);
  }
  all.resize(length);
  return all;
}

// The object closes its descriptors with itself.
LoadedObject::Loaded loaded_by_libbpf(const bpf_object& object) {
  LoadedObject::Loaded loaded;
  for (const bpf_map* map : maps_of(object)) {
    loaded.maps.emplace(bpf_map__name(map), FileDescriptor::duplicate_of(bpf_map__fd(map)));
  }
  for (const bpf_program* program : programs_to_load(object)) {
    loaded.programs.emplace(bpf_program__name(program),
                            FileDescriptor::duplicate_of(bpf_program__fd(program)));
  }
  return loaded;
}

}  // namespace

LoadedObject::LoadedObject(std::span<const std::uint8_t> elf,
                           const std::vector<std::string>& programs, Linker linker) {
  const Listening listening;
  if (linker != Linker::libbpf) {
    const OpenedObject object = open_object(elf, programs);
    auto loaded = object ? load_by_kernel(*object) : std::nullopt;
    if (!loaded && linker == Linker::kernel) refuse(listening);
    if (loaded) {
      loaded_ = std::move(*loaded);
      return;
    }
  }
  const OpenedObject object = open_object(elf, programs);
  if (!object || bpf_object__load(object.get()) != 0) refuse(listening);
  loaded_ = loaded_by_libbpf(*object);
}

Bytes LoadedObject::pass(const std::string& program) const { return pass(program, false); }

Bytes LoadedObject::pass_over_own_files(const std::string& program) const {
  return pass(program, true);
}

Bytes LoadedObject::pass(const std::string& program, bool over_own_files) const {
  bpf_iter_link_info over{};
  LIBBPF_OPTS(bpf_link_create_opts, options);
  if (over_own_files) {
    over.task.pid = static_cast<__u32>(::getpid());
    options.iter_info = &over;
    options.iter_info_len = sizeof over;
  }
  const FileDescriptor link(call(
      "bpf",
      [&] {
        return ::bpf_link_create(loaded_.programs.at(program).get(), 0, BPF_TRACE_ITER, &options);
      },
      [&] { return fmt::format("BPF_LINK_CREATE, {}", program); }));
  const FileDescriptor pass(call(
      "bpf", [&] { return ::bpf_iter_create(link.get()); },
      [&] { return fmt::format("BPF_ITER_CREATE, {}", program); }));
  return read_all(pass.get());
}

void LoadedObject::run(const std::string& program, void* context, std::uint32_t size) const {
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context, .ctx_size_in = size);
  const int descriptor = loaded_.programs.at(program).get();
  call(
      "bpf", [&] { return ::bpf_prog_test_run_opts(descriptor, &options); },
      [&] { return fmt::format("BPF_PROG_TEST_RUN, {}", program); });
}

}  // namespace sockcr
