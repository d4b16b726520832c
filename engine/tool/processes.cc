#include "engine/tool/processes.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "engine/process/find.h"
#include "engine/sys/error.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

namespace fs = std::filesystem;

std::optional<pid_t> number_of(const std::string& name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

// "1234 (name, which may hold anything) S 1 ...": state, then parent.
std::optional<ProcessEntry> entry_of(pid_t pid) {
  std::string line;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", pid)), line);
  const std::size_t end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(end_of_name + 1));
  char state = 0;
  ProcessEntry entry{.pid = pid};
  rest >> state >> entry.parent;
  if (state == 'Z' || state == 'X') return std::nullopt;
  return entry;
}

bool contains(const std::vector<pid_t>& pids, pid_t pid) {
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

std::vector<FoundSocket> sockets_of_stranger(pid_t pid) {
  try {
    return find_sockets({pid});
  } catch (const SystemError&) {
    return {};
  }
}

[[noreturn]] void refuse_shared(const Holder& ours, pid_t stranger) {
  throw Refused(fmt::format(
      "the socket at descriptor {} of process {} is held by process {} too; checkpoint both: "
      "--pid {} {}, or --tree",
      ours.descriptor, ours.pid, stranger, ours.pid, stranger));
}

}  // namespace

std::vector<ProcessEntry> every_process() {
  std::vector<ProcessEntry> all;
  std::error_code gone;
  for (const fs::directory_entry& folder : fs::directory_iterator("/proc", gone)) {
    const auto pid = number_of(folder.path().filename());
    if (!pid) continue;
    if (const auto entry = entry_of(*pid)) all.push_back(*entry);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return all;
}

std::vector<pid_t> with_descendants(const std::vector<pid_t>& roots,
                                    const std::vector<ProcessEntry>& all) {
  std::vector<pid_t> family = roots;
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (const ProcessEntry& entry : all) {
      if (entry.parent == family[i] && !contains(family, entry.pid)) family.push_back(entry.pid);
    }
  }
  return family;
}

std::vector<pid_t> processes_in(const NamespaceId& id) {
  const std::vector<ProcessEntry> all = every_process();
  const std::vector<pid_t> own = with_descendants({::getpid()}, all);
  std::vector<pid_t> inhabitants;
  for (const ProcessEntry& entry : all) {
    if (!contains(own, entry.pid) && namespace_of(entry.pid) == id) {
      inhabitants.push_back(entry.pid);
    }
  }
  return inhabitants;
}

void refuse_shared_sockets(const std::vector<pid_t>& pids) {
  std::map<std::uint64_t, Holder> chosen;
  for (const FoundSocket& socket : find_sockets(pids)) {
    chosen.emplace(socket.inode, socket.holders.front());
  }
  for (const ProcessEntry& entry : every_process()) {
    if (contains(pids, entry.pid)) continue;
    for (const FoundSocket& socket : sockets_of_stranger(entry.pid)) {
      const auto ours = chosen.find(socket.inode);
      if (ours != chosen.end()) refuse_shared(ours->second, entry.pid);
    }
  }
}

}  // namespace sockcr
