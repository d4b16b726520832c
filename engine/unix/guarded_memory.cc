#include "engine/unix/guarded_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cerrno>

#include "engine/sys/error.h"

namespace sockcr {

GuardedMemory::GuardedMemory(std::size_t size)
    : size_(size),
      page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))),
      start_(::mmap(nullptr, size_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                    0)) {
  if (start_ == MAP_FAILED) throw SystemError("mmap", fmt::format("{}", size_ + page_), errno);
  if (::mprotect(static_cast<std::uint8_t*>(start_) + size_, page_, PROT_NONE) != 0) {
    throw SystemError("mprotect", "PROT_NONE", errno);
  }
}

GuardedMemory::~GuardedMemory() { ::munmap(start_, size_ + page_); }

}  // namespace sockcr
