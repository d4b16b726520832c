#include "engine/probe/rights.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <fstream>
#include <optional>

#include "engine/probe/questions.h"
#include "engine/sys/process.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

std::optional<long> number_in(const char* path) {
  std::ifstream file(path);
  long number = 0;
  file >> number;
  return file ? std::optional(number) : std::nullopt;
}

Finding permitted(bool yes) {
  return yes ? Finding{Answer::yes, ""} : Finding{Answer::no, "not permitted"};
}

}  // namespace

bool has_capability(int number) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  return (data[number / 32].effective & (1U << (number % 32))) != 0;
}

namespace ask {

// A socket that was never connected has nothing to repair, and nobody notices.
Finding net_admin() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  return permitted(set_option_if_permitted(socket.get(), option::repair, 1));
}

Finding net_raw() {
  const int socket = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
  return permitted(bool(FileDescriptor(socket)));
}

Finding ptrace() {
  if (has_capability(CAP_SYS_PTRACE)) return {Answer::yes, ""};
  const long scope = number_in("/proc/sys/kernel/yama/ptrace_scope").value_or(0);
  if (scope > 0) return {Answer::no, fmt::format("kernel.yama.ptrace_scope is {}", scope)};
  return {Answer::yes, "only of your own programs"};
}

Finding pidfd_getfd() {
  const Pipe pipe = Pipe::make();
  const ChildProcess child = ChildProcess::run([] { return ::pause(); });
  const FileDescriptor taken = child.pidfd().take(pipe.read_end.get());
  return {Answer::yes, ""};
}

Finding buffer_force() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  return permitted(set_option_if_permitted(socket.get(), option::receive_buffer_force, 1 << 20));
}

// What restores a request goes through a TIME_WAIT socket (net/ipv4/tcp_minisocks.c).
Finding time_wait_buckets() {
  const auto limit = number_in("/proc/sys/net/ipv4/tcp_max_tw_buckets");
  if (!limit) return {Answer::unknown, "no /proc/sys/net/ipv4/tcp_max_tw_buckets to read"};
  return {*limit > 0 ? Answer::yes : Answer::no, fmt::format("{} sockets", *limit)};
}

}  // namespace ask
}  // namespace sockcr
