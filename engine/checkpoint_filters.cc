// What a checkpoint asks about the filters of sockets, and what it refuses of them.
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "engine/checkpoint.h"
#include "engine/options/filter.h"
#include "engine/sys/error.h"
#include "engine/sys/kernel_program.h"

namespace sockcr {
namespace {

SocketFilter* filter_of(Socket& socket) {
  return std::visit(
      [](auto& kind) -> SocketFilter* {
        if constexpr (requires { kind.filter; }) return &kind.filter;
        return nullptr;
      },
      socket);
}

bool leads_to(const std::filesystem::path& fdinfo, std::uint32_t program) {
  std::ifstream info(fdinfo);
  for (std::string word; info >> word;) {
    if (word == "prog_id:") return info >> word && word == fmt::format("{}", program);
  }
  return false;
}

// Descriptors of such a program, not of sockets that it filters for. Some may be of one open file:
// then it looks held less often from elsewhere than it is.
std::int64_t descriptors_of(std::uint32_t program, pid_t pid) {
  const std::filesystem::directory_iterator all(fmt::format("/proc/{}/fdinfo", pid));
  return std::count_if(begin(all), end(all),
                       [&](const auto& one) { return leads_to(one.path(), program); });
}

}  // namespace

// What waits behind a filter would be forged through it, or be born without it.
void Checkpoint::refuse_filtered(const Pieces& pieces) {
  for (const auto& [listener, requests] : pieces.queues) {
    if (is_none(listener.listener.filter)) continue;
    if (requests.empty() && !has_unaccepted(listener.socket)) continue;
    throw Unsupported("a socket filter of what waits in the queue of " + to_text(listener.listener),
                      "not restored by this release");
  }
}

// Which eBPF program it is.
void Checkpoint::name_program(int socket, Socket& read) {
  SocketFilter* const filter = filter_of(read);
  if (filter == nullptr || filter->program != unread_program) return;
  const std::string what = "an eBPF program as socket filter of " + to_text(read);
  const auto all = reader_ ? reader_->filter_programs() : std::nullopt;
  if (!all) {
    throw Unsupported(what, fmt::format("only BPF tells which it is ({})",
                                        reader_ ? "before Linux 6.1" : without_reader_));
  }
  const auto found =
      std::find_if(all->begin(), all->end(), [&](const auto& one) { return one.socket == socket; });
  if (found == all->end()) throw Unsupported(what, "BPF does not see it");
  const std::optional<FileDescriptor> program = open_program(found->id);
  if (!program) throw Unsupported(what, "the kernel does not find it by its id");
  filter->program = found->id;
  filter->program_tag = program_tag(program->get());
  programs_.push_back(*found);
}

// The kernel unloads a program that nothing refers to any more, and nobody could attach it again.
void Checkpoint::refuse_dying_programs() const {
  if (request_.leave_running) return;
  for (const KernelReader::FilterProgram& program : programs_) {
    std::set<std::uint64_t> filters;
    for (const auto& other : programs_) {
      if (other.id == program.id) filters.insert(other.filter);
    }
    auto dying = static_cast<std::int64_t>(filters.size());
    for (const pid_t pid : request_.pids) dying += descriptors_of(program.id, pid);
    if (program.references > dying) continue;
    throw Unsupported(fmt::format("a socket filter, eBPF program {}", program.id),
                      "the kernel would unload it with those that are killed: pin it "
                      "(bpftool prog pin), or hold it open elsewhere");
  }
}

}  // namespace sockcr
