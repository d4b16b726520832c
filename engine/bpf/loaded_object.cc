#include "engine/bpf/loaded_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

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

}  // namespace

LoadedObject::LoadedObject(std::span<const std::uint8_t> elf,
                           const std::vector<std::string>& programs)
    : object_(nullptr, bpf_object__close) {
  const Listening listening;
  LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "sockcr");
  object_.reset(bpf_object__open_mem(elf.data(), elf.size(), &options));
  if (!object_) refuse(listening);
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object_.get()) {
    const bool wanted = std::count(programs.begin(), programs.end(), bpf_program__name(program));
    bpf_program__set_autoload(program, wanted);
  }
  if (bpf_object__load(object_.get()) != 0) refuse(listening);
}

Bytes LoadedObject::pass(const std::string& program) const {
  const std::unique_ptr<bpf_link, int (*)(bpf_link*)> link(
      bpf_program__attach_iter(find(program), nullptr), bpf_link__destroy);
  if (!link) throw SystemError("bpf", fmt::format("BPF_LINK_CREATE, {}", program), errno);
  const FileDescriptor pass(call(
      "bpf", [&] { return ::bpf_iter_create(bpf_link__fd(link.get())); },
      [&] { return fmt::format("BPF_ITER_CREATE, {}", program); }));
  return read_all(pass.get());
}

int LoadedObject::map(const std::string& name) const {
  return bpf_object__find_map_fd_by_name(object_.get(), name.c_str());
}

void LoadedObject::run(const std::string& program, void* context, std::uint32_t size) const {
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context, .ctx_size_in = size);
  call(
      "bpf", [&] { return ::bpf_prog_test_run_opts(bpf_program__fd(find(program)), &options); },
      [&] { return fmt::format("BPF_PROG_TEST_RUN, {}", program); });
}

bpf_program* LoadedObject::find(const std::string& program) const {
  return bpf_object__find_program_by_name(object_.get(), program.c_str());
}

}  // namespace sockcr
