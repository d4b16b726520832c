// What of a socket belongs to its open file, and is therefore the same for all that share it (dup,
// fork, SCM_RIGHTS), as plain values. Close-on-exec belongs to each descriptor: Holder.
//
// What a kernel (6.1 to 6.18) does not tell, and what no restored socket has therefore: by which of
// several descriptors O_ASYNC was switched on, whose number a signal tells (si_fd); an owner that
// has ended, or that lives in another pid namespace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sockcr {

// What F_SETFL takes of a socket, in the numbers of asm-generic/fcntl.h. The rest of F_GETFL is the
// access mode, which is O_RDWR for every socket.
enum class StatusFlags : std::uint32_t {
  none = 0,
  append = 02000,
  nonblock = 04000,
  async = 020000,
  noatime = 01000000,
  all = 01026000,
};

constexpr StatusFlags operator|(StatusFlags a, StatusFlags b) {
  return static_cast<StatusFlags>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr StatusFlags operator&(StatusFlags a, StatusFlags b) {
  return static_cast<StatusFlags>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}

std::string to_text(StatusFlags flags);  // "O_NONBLOCK|O_ASYNC", "none"

// Whom the signals go to (F_SETOWN_EX): SIGURG, and with O_ASYNC that of input and output. Which
// one it is belongs to the moment: SocketCircumstance::owner_pid.
enum class SignalOwner : std::uint8_t { nobody = 0, thread = 1, process = 2, group = 3 };

std::string_view to_text(SignalOwner owner);  // "process group"

struct OpenFile {
  StatusFlags flags = StatusFlags::none;
  std::uint8_t signal = 0;  // of O_ASYNC (F_SETSIG); 0: SIGIO, without a word about its reason
  SignalOwner owner = SignalOwner::nobody;

  friend bool operator==(const OpenFile&, const OpenFile&) = default;
};

}  // namespace sockcr
