// A BPF object of ours, loaded into the kernel for as long as this lives.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"

struct bpf_object;
struct bpf_program;

namespace sockcr {

class LoadedObject {
 public:
  // Loads `programs` out of `elf`, and none of its others. Throws Unsupported with libbpf's reason.
  LoadedObject(std::span<const std::uint8_t> elf, const std::vector<std::string>& programs);

  // All that an iterator program writes in one pass over the calling thread's network namespace.
  Bytes pass(const std::string& program) const;

  // Runs a program of type syscall on `context`, in this process.
  template <class Context>
  void run(const std::string& program, Context& context) const {
    run(program, &context, sizeof context);
  }

  // Of a map of ours.
  int map(const std::string& name) const;

 private:
  void run(const std::string& program, void* context, std::uint32_t size) const;
  bpf_program* find(const std::string& program) const;

  std::unique_ptr<bpf_object, void (*)(bpf_object*)> object_;
};

}  // namespace sockcr
