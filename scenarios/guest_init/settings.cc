#include "scenarios/guest_init/settings.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

#include "scenarios/guest_init/giving_up.h"

namespace sockcr::guest {

std::string contents(const std::string& path) {
  std::string bytes;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(file >= 0, path);
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(file, buffer, sizeof buffer)) > 0;) {
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(file);
  return bytes;
}

Settings settings_in(const std::string& bytes) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < bytes.size(); at = bytes.find('\0', at) + 1) {
    words.emplace_back(bytes.c_str() + at);
  }
  errno = EINVAL;
  check(words.size() >= 6, "settings");
  return {
      words[0], words[1], words[2], words[3], words[4], words[5], {words.begin() + 6, words.end()}};
}

}  // namespace sockcr::guest
