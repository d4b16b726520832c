// A BPF object of ours, loaded into the kernel for as long as this lives.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

class LoadedObject {
 public:
  // Who looks in the kernel's BTF (megabytes) for where the fields lie that a program reads. The
  // kernel needs a tenth of the time, from Linux 5.17 on; libbpf can say of which field it knows
  // nothing.
  enum class Linker { kernel_or_libbpf, kernel, libbpf };

  // Loads `programs` out of `elf`, and none of its others. Throws Unsupported with the reason.
  LoadedObject(std::span<const std::uint8_t> elf, const std::vector<std::string>& programs,
               Linker linker = Linker::kernel_or_libbpf);

  // All that an iterator program writes in one pass over the calling thread's network namespace, or
  // over the files of the calling process (Linux 6.1).
  Bytes pass(const std::string& program) const;
  Bytes pass_over_own_files(const std::string& program) const;

  // Runs a program of type syscall on `context`, in this process.
  template <class Context>
  void run(const std::string& program, Context& context) const {
    run(program, &context, sizeof context);
  }

  // Of a map of ours.
  int map(const std::string& name) const { return loaded_.maps.at(name).get(); }

  struct Loaded {
    std::map<std::string, FileDescriptor> programs, maps;
  };

 private:
  Bytes pass(const std::string& program, bool over_own_files) const;
  void run(const std::string& program, void* context, std::uint32_t size) const;

  Loaded loaded_;
};

}  // namespace sockcr
