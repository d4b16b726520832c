#include "engine/sys/setns.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <cstdio>
#include <cstdlib>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

// /proc/thread-self follows the thread's namespace; where /proc is another PID namespace's it does
// not exist, and that is an error worth its own words.
constexpr const char* own_namespace = "/proc/thread-self/ns/net";

FileDescriptor open_namespace(const std::string& path) {
  return FileDescriptor(call(
      "open", [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\", O_RDONLY|O_CLOEXEC", path); }));
}

void enter(int descriptor) {
  call(
      "setns", [&] { return ::setns(descriptor, CLONE_NEWNET); },
      [&] { return fmt::format("{}, CLONE_NEWNET", descriptor); });
}

}  // namespace

NetworkNamespace NetworkNamespace::current() {
  return NetworkNamespace(open_namespace(own_namespace));
}

NetworkNamespace NetworkNamespace::of_path(const std::string& path) {
  return NetworkNamespace(open_namespace(path));
}

NetworkNamespace NetworkNamespace::create() {
  const FileDescriptor outside = open_namespace(own_namespace);
  call(
      "unshare", [&] { return ::unshare(CLONE_NEWNET); },
      [&] { return std::string("CLONE_NEWNET"); });
  NetworkNamespace created = current();
  enter(outside.get());
  return created;
}

NetworkNamespace::Scope::Scope(const NetworkNamespace& inside)
    : outside_(open_namespace(own_namespace)) {
  enter(inside.get());
}

NetworkNamespace::Scope::~Scope() {
  // Going on in the wrong namespace would send traffic where it must not go.
  if (::setns(outside_.get(), CLONE_NEWNET) != 0) {
    std::perror("setns back to the namespace that was left");
    std::abort();
  }
}

}  // namespace sockcr
