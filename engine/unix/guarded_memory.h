#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sockcr {

// Memory behind which there is none: a page that nobody may touch.
class GuardedMemory {
 public:
  explicit GuardedMemory(std::size_t size);  // of whole pages
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  std::span<std::uint8_t> last(std::size_t bytes) const {
    return {static_cast<std::uint8_t*>(start_) + size_ - bytes, bytes};
  }

 private:
  std::size_t size_, page_;
  void* start_;
};

}  // namespace sockcr
