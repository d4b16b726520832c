#include "engine/sys/iptables.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <sstream>

#include "engine/sys/call.h"
#include "engine/sys/poll.h"
#include "engine/sys/program.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

// iptables-restore --verbose echoes remarks, and it reads a line only after the one before has been
// carried out: the echo of this one means that the COMMIT above it is done.
constexpr std::string_view committed = "# committed\n";

// A build that buffers its echo says nothing before its input ends; then the end is given to it.
constexpr auto echo_limit = 250ms;

std::string installed(const std::string& program) {
  std::string path = find_program(program);
  if (!path.empty()) return path;
  throw SystemError("execve", program, ENOENT)
      .advise("install iptables (Debian's package is called iptables)");
}

struct SocketPair {
  FileDescriptor ours, theirs;
};

// A socket pair rather than two pipes: a program that ended early must answer with EPIPE, not kill
// us with SIGPIPE.
SocketPair make_conversation() {
  int ends[2] = {-1, -1};
  call(
      "socketpair", [&] { return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); },
      [] { return std::string("AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0"); });
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return text;
  }
}

// Appends what there is; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t n = ::read(descriptor, buffer, sizeof buffer);
  if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

// ":INPUT ACCEPT [3:228]" without what the chain has counted.
std::string without_counters(const std::string& line) {
  return line.starts_with(':') ? line.substr(0, line.rfind(" [")) : line;
}

}  // namespace

std::string iptables_program(int family, std::string_view action, IptablesVariant variant) {
  const char* name = family == AF_INET6 ? "ip6tables" : "iptables";
  switch (variant) {
    case IptablesVariant::standard:
      return fmt::format("{}-{}", name, action);
    case IptablesVariant::nft:
      return fmt::format("{}-nft-{}", name, action);
    case IptablesVariant::legacy:
      return fmt::format("{}-legacy-{}", name, action);
  }
  return name;
}

bool iptables_is_installed(int family, IptablesVariant variant) {
  return !find_program(iptables_program(family, "restore", variant)).empty();
}

IptablesRestore::Run IptablesRestore::start(int family, IptablesVariant variant) {
  const std::string program = iptables_program(family, "restore", variant);
  SocketPair conversation = make_conversation();
  Pipe complaints = Pipe::make();
  Program restore({installed(program), "--noflush", "--verbose", "--wait", "10"});
  restore.inherit(0, conversation.theirs.get())
      .inherit(1, conversation.theirs.get())
      .inherit(2, complaints.write_end.get());
  return {family, program, std::move(conversation.ours), std::move(complaints.read_end),
          restore.start()};
}

void IptablesRestore::feed(const Run& run, const std::string& text) {
  const std::string input = fmt::format("{}{}", text, committed);
  if (::send(run.conversation.get(), input.data(), input.size(), MSG_NOSIGNAL) < 0 &&
      errno != EPIPE) {
    throw SystemError("send", "standard input of " + run.program, errno);
  }
}

void IptablesRestore::await(Run& run) {
  const auto echoed = [&] { return run.said.find(committed) != std::string::npos; };
  bool ended = false;
  while (!echoed() && !ended && readable_within(run.conversation.get(), echo_limit)) {
    ended = !read_some(run.conversation.get(), run.said);
  }
  if (echoed()) return;
  ::shutdown(run.conversation.get(), SHUT_WR);
  while (read_some(run.conversation.get(), run.said)) continue;
  if (echoed()) return;
  const std::string complaint = one_line(read_all(run.complaints.get()));
  run.process.wait();
  throw SystemError(run.program, complaint, 0);
}

IptablesRestore::IptablesRestore(std::span<const int> families, IptablesVariant variant) {
  for (const int family : families) runs_.push_back(start(family, variant));
}

IptablesRestore::IptablesRestore(std::span<const IptablesText> texts, IptablesVariant variant) {
  for (const IptablesText& text : texts) runs_.push_back(start(text.family, variant));
  apply(texts);
}

// Every program's input stays open until all have committed: the one that exits first would hold
// nftables' commit mutex for its grace period, and the other would wait behind it.
void IptablesRestore::apply(std::span<const IptablesText> texts) {
  for (const IptablesText& text : texts) {
    for (const Run& run : runs_) {
      if (run.family == text.family) feed(run, text.text);
    }
  }
  for (Run& run : runs_) await(run);
  for (Run& run : runs_) run.conversation.reset();
}

std::vector<std::string> saved_rules(int family, IptablesVariant variant) {
  const std::string program = iptables_program(family, "save", variant);
  const Program::Output output = Program({installed(program), "-t", "filter"}).run();
  if (output.exit.code != 0) throw SystemError(program, one_line(output.err), 0);
  std::vector<std::string> lines;
  std::istringstream text(output.out);
  for (std::string line; std::getline(text, line);) {
    if (!line.empty() && line.front() != '#') lines.push_back(without_counters(line));
  }
  return lines;
}

}  // namespace sockcr
