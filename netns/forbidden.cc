#include "netns/forbidden.h"

#include <cerrno>
#include <fstream>

namespace sockcr::netns {
namespace {

// -1 when the file is not there.
long number_in(const char* path) {
  std::ifstream file(path);
  long number = -1;
  file >> number;
  return file ? number : -1;
}

}  // namespace

std::string why_forbidden(int error_number) {
  if (number_in("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
    return "user namespaces are reserved to root here: run as root, or set "
           "kernel.unprivileged_userns_clone=1";
  }
  if (number_in("/proc/sys/user/max_user_namespaces") == 0 || error_number == ENOSPC) {
    return "the limit of namespaces is reached: raise user.max_user_namespaces and "
           "user.max_net_namespaces";
  }
  if (number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
    return "AppArmor takes the rights out of user namespaces here: run as root, or set "
           "kernel.apparmor_restrict_unprivileged_userns=0";
  }
  if (error_number == EPERM || error_number == EACCES) {
    return "this process may not make namespaces: run as root outside a container, or in one "
           "started with --privileged (its seccomp filter and its masked /proc forbid it)";
  }
  return "";
}

}  // namespace sockcr::netns
