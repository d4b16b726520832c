#include "scenarios/guest_init/modules.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace sockcr::guest {
namespace {

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  DIR* const listing = ::opendir(folder.c_str());
  if (listing == nullptr) return names;
  while (const dirent* entry = ::readdir(listing)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(listing);
  std::sort(names.begin(), names.end());
  return names;
}

void load(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool loaded = file >= 0 && ::syscall(SYS_finit_module, file, "", 0) == 0;
  if (!loaded && errno != EEXIST) {
    std::fprintf(stderr, "guest_init: left out: %s: %s\n", path.c_str(), std::strerror(errno));
  }
  if (file >= 0) ::close(file);
}

}  // namespace

void load_modules(const std::string& folder) {
  for (const std::string& name : names_in(folder)) {
    std::string path = folder;
    load(path.append("/").append(name));
  }
}

}  // namespace sockcr::guest
