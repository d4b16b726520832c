#include "scenarios/engines/criu.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <fstream>

#include "engine/process/diag.h"
#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/program.h"
#include "engine/sys/trace.h"
#include "scenarios/engines/criu_probe.h"

namespace sockcr::scenario {
namespace {

namespace fs = std::filesystem;

// CRIU starts it at every stage of a restore.
constexpr const char* script = R"sh(#!/bin/sh
[ "$CRTOOLS_SCRIPT_ACTION" = post-restore ] || exit 0
cd "$(dirname "$0")" && echo >restored && read -r word <go-on
exit 0
)sh";

[[noreturn]] void refuse(std::string_view what, std::string_view why) {
  throw Unsupported(fmt::format("criu: {}", what), why);
}

// TIME_WAIT and what the kernel still delivers for a program that is done.
bool is_left_behind(const TcpDiag& diag) {
  switch (diag.state) {
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::closing:
    case TcpState::last_ack:
    case TcpState::time_wait:
      return diag.inode == 0;
    case TcpState::established:
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::close:
    case TcpState::close_wait:
    case TcpState::listen:
    case TcpState::new_syn_recv:
      return false;
  }
  return false;
}

void refuse_what_criu_has_no_word_for(const CutRequest& cut) {
  if (cut.subjects.size() != 1) {
    refuse("several programs in one image", "it dumps one tree of processes, and these are none");
  }
  if (cut.as_written) refuse("an image that another machine has written", "its image is its own");
  for (const TcpDiag& diag : dump_tcp()) {
    if (!is_left_behind(diag)) continue;
    refuse(fmt::format("{} that nobody has a descriptor of", to_text(diag.state)),
           "it carries processes, and leaves this to its namespace");
  }
}

// CRIU makes it a child of this process, and kills it where it gives up: its number is to be free.
void reap(pid_t half_restored) {
  try {
    ChildProcess::adopt(PidFd::open(half_restored)).kill();
  } catch (const SystemError&) {
    // There is none.
  }
}

FileDescriptor make_fifo(const fs::path& path) {
  call(
      "mkfifo", [&] { return ::mkfifo(path.c_str(), 0600); },
      [&] { return fmt::format("\"{}\"", path.string()); });
  return FileDescriptor(call(
      "open", [&] { return ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\"", path.string()); }));
}

}  // namespace

Criu::~Criu() {
  if (!restoring_) return;
  try {
    Criu::resume();
  } catch (const std::exception&) {
    // Its subject is gone, and so will it be.
  }
}

void Criu::freeze(const CutRequest& cut) {
  cut_ = cut;
  const Trace::Scope quiet(nullptr);
  refuse_what_criu_has_no_word_for(cut);
  const pid_t subject = cut.subjects.front();
  const bool leads = poll_until(criu_patience, [&] { return ::getsid(subject) == subject; });
  if (!leads) throw SystemError("getsid", "a subject, to lead its session", ETIMEDOUT);
  subject_program_ = fs::read_symlink(fmt::format("/proc/{}/exe", subject));
  folder_ = fmt::format("/run/criu-{:016x}", cut.image_id);
  fs::create_directory(folder_);
}

void Criu::checkpoint() {
  std::vector<std::string> arguments{"--timeout", "100", "--tree",
                                     std::to_string(cut_.subjects.front())};
  if (cut_.leave_running) arguments.emplace_back("--leave-running");
  for (std::string& each : tcp_options(cut_.listen_only_at_checkpoint)) {
    arguments.push_back(std::move(each));
  }
  CriuRun run(program_, "dump", arguments, folder_);
  if (!run.succeeds_within(criu_patience)) explain(run, "dump");
}

void Criu::readdress(const Address&, const Address&) {
  refuse("another address", "it restores what it has dumped as it was");
}

void Criu::restore() {
  hold();
  std::vector<std::string> arguments{"--restore-detached", "--restore-sibling", "--action-script",
                                     folder_ / "script"};
  const bool closed = cut_.listen_only_at_checkpoint || cut_.listen_only_at_restore;
  for (std::string& each : tcp_options(closed)) arguments.push_back(std::move(each));
  restoring_.emplace(program_, "restore", arguments, folder_);
  await_held();
}

std::optional<ChildProcess> Criu::subject(pid_t then) {
  return ChildProcess::adopt(PidFd::open(then));
}

void Criu::resume() {
  if (!restoring_) return;
  if (Trace* trace = Trace::current()) trace->remark("criu restore goes on");
  const Trace::Scope quiet(nullptr);
  if (::write(go_on_.get(), "\n", 1) != 1) throw SystemError("write", "go-on", errno);
  CriuRun run = std::move(*restoring_);
  restoring_.reset();
  if (!run.succeeds_within(criu_patience)) throw SystemError("criu restore", run.last_words(), 0);
}

std::vector<std::string> Criu::tcp_options(bool connections_closed) const {
  return {connections_closed ? "--tcp-close" : "--tcp-established"};
}

void Criu::hold() {
  const Trace::Scope quiet(nullptr);
  std::ofstream(folder_ / "script") << script;
  fs::permissions(folder_ / "script", fs::perms::owner_all);
  for (const char* each : {"restored", "go-on"}) fs::remove(folder_ / each);
  restored_ = make_fifo(folder_ / "restored");
  go_on_ = make_fifo(folder_ / "go-on");
}

void Criu::await_held() {
  pollfd entries[] = {{restored_.get(), POLLIN, 0}, {restoring_->descriptor(), POLLIN, 0}};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(criu_patience).count();
  while (::poll(entries, 2, static_cast<int>(limit)) < 0 && errno == EINTR) {
  }
  if ((entries[0].revents & POLLIN) != 0) return;
  CriuRun run = std::move(*restoring_);
  restoring_.reset();
  run.succeeds_within(Clock::duration::zero());  // only to hear how it ended
  reap(cut_.subjects.front());
  explain(run, "restore");
}

void Criu::explain(const CriuRun& run, const std::string& action) const {
  if (action == "dump") {
    if (const auto refusal = refusal_in(run.errors())) refuse("refuses", *refusal);
  }
  const Trace::Scope quiet(nullptr);
  require_criu_at_work(program_, subject_program_, folder_);
  throw SystemError("criu " + action, run.last_words(), 0);
}

}  // namespace sockcr::scenario
