#include "engine/process/find.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> socket_inode(const fs::path& link) {
  std::error_code error;
  const std::string target = fs::read_symlink(link, error).string();
  constexpr std::string_view prefix = "socket:[";
  if (error || !target.starts_with(prefix)) return std::nullopt;
  std::uint64_t inode = 0;
  const char* first = target.data() + prefix.size();
  if (std::from_chars(first, target.data() + target.size(), inode).ec != std::errc()) {
    return std::nullopt;
  }
  return inode;
}

// The line "flags:" of fdinfo is octal and has O_CLOEXEC among the file status flags.
bool close_on_exec(pid_t pid, int descriptor) {
  std::ifstream info(fmt::format("/proc/{}/fdinfo/{}", pid, descriptor));
  for (std::string key; info >> key;) {
    if (key != "flags:") continue;
    unsigned long flags = 0;
    info >> std::oct >> flags;
    return (flags & O_CLOEXEC) != 0;
  }
  return false;
}

std::vector<int> descriptors_of(pid_t pid) {
  std::error_code error;
  const fs::directory_iterator links(fmt::format("/proc/{}/fd", pid), error);
  if (error) {
    throw SystemError("open", fmt::format("/proc/{}/fd", pid), error.value())
        .advise("the process must be yours, or run as root");
  }
  std::vector<int> numbers;
  for (const fs::directory_entry& link : links) {
    numbers.push_back(std::stoi(link.path().filename().string()));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool holds(const fs::path& process, std::uint64_t inode) {
  std::error_code error;
  for (const fs::directory_entry& link : fs::directory_iterator(process / "fd", error)) {
    if (socket_inode(link.path()) == inode) return true;
  }
  return false;
}

}  // namespace

std::vector<FoundSocket> find_sockets(const std::vector<pid_t>& pids) {
  std::vector<FoundSocket> found;
  std::map<std::uint64_t, std::size_t> place;
  for (const pid_t pid : pids) {
    for (const int descriptor : descriptors_of(pid)) {
      const auto inode = socket_inode(fmt::format("/proc/{}/fd/{}", pid, descriptor));
      if (!inode) continue;
      const auto [entry, is_new] = place.try_emplace(*inode, found.size());
      if (is_new) found.push_back({*inode, {}});
      found[entry->second].holders.push_back({pid, descriptor, close_on_exec(pid, descriptor)});
    }
  }
  return found;
}

std::string holder_text(std::uint64_t inode) {
  for (const fs::directory_entry& process : fs::directory_iterator("/proc")) {
    const std::string pid = process.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!holds(process.path(), inode)) continue;
    std::string name;
    std::getline(std::ifstream(process.path() / "comm"), name);
    return fmt::format("process {} ({})", pid, name);
  }
  return "";
}

}  // namespace sockcr
