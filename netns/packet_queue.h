// What waits in an NFQUEUE until a thread of ours lets it go: late, or in another order. For
// kernels without netem.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

namespace sockcr::netns {

enum class Disorder : std::uint8_t {
  late,     // each packet waits for a few milliseconds
  swapped,  // of two packets in a row the second goes first
};

// Of the calling thread's network namespace. What waits when it is destroyed is dropped, and so is
// what comes later. Throws SystemError; needs CAP_NET_ADMIN and NFQUEUE.
class PacketQueue {
 public:
  PacketQueue(std::uint16_t number, Disorder disorder);
  ~PacketQueue();
  PacketQueue(const PacketQueue&) = delete;
  PacketQueue& operator=(const PacketQueue&) = delete;

 private:
  class Clerk;
  std::unique_ptr<Clerk> clerk_;
};

}  // namespace sockcr::netns
