#include "scenarios/runner/process_crew.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>

#include "engine/sys/call.h"
#include "engine/sys/kernel_release.h"
#include "engine/sys/program.h"
#include "scenarios/runner/answer.h"

namespace sockcr::runner {
namespace {

// Whoever floods a pipe must not fill our memory: of an answer the beginning counts (a cut one is
// no JSON any more), of diagnostics the end.
constexpr std::size_t answer_limit = 16U << 20;
constexpr std::size_t diagnostics_limit = 4U << 10;

class Ear {
 public:
  Ear(FileDescriptor descriptor, std::size_t limit, bool keep_end)
      : descriptor_(std::move(descriptor)), limit_(limit), keep_end_(keep_end) {
    ::fcntl(descriptor_.get(), F_SETFL, O_NONBLOCK);
  }

  int get() const { return descriptor_.get(); }  // -1 after the end of file
  std::string take_text() { return std::move(text_); }

  // Reads what is there now; at most a pipe's fill, so that a flood starves nobody.
  void listen() {
    char buffer[16384];
    for (int round = 0; round < 8 && descriptor_; ++round) {
      const ssize_t n = ::read(descriptor_.get(), buffer, sizeof buffer);
      if (n > 0) append({buffer, static_cast<std::size_t>(n)});
      if (n == 0) descriptor_.reset();
      if (n < 0 && errno != EINTR) return;
    }
  }

 private:
  void append(std::string_view more) {
    if (keep_end_) {
      text_.append(more);
      if (text_.size() > limit_) text_.erase(0, text_.size() - limit_);
    } else {
      text_.append(more.substr(0, limit_ - text_.size()));
    }
  }

  FileDescriptor descriptor_;
  std::size_t limit_;
  bool keep_end_;
  std::string text_;
};

}  // namespace

struct ProcessCrew::Member {
  std::uint64_t ticket;
  Clock::time_point started, deadline;
  ChildProcess process;
  Ear answer, diagnostics;
  bool timed_out = false;
  bool has_ended = false;

  // The order of `poll_entries`: the end is looked at first, then what was written before it.
  std::array<pollfd, 3> poll_entries() const {
    return {pollfd{process.pidfd().get(), POLLIN, 0}, pollfd{answer.get(), POLLIN, 0},
            pollfd{diagnostics.get(), POLLIN, 0}};
  }

  void hear(const pollfd* entries) {
    has_ended = entries[0].revents != 0;
    if (has_ended || entries[1].revents != 0) answer.listen();
    if (has_ended || entries[2].revents != 0) diagnostics.listen();
  }
};

ProcessCrew::ProcessCrew()
    : nothing_(call(
          "open", [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); },
          [] { return "/dev/null, O_RDONLY"; })) {}

ProcessCrew::~ProcessCrew() { send_kill(); }

std::string ProcessCrew::kernel() const { return kernel_release(); }

void ProcessCrew::start(const Order& order) {
  Pipe answer = Pipe::make();
  Pipe diagnostics = Pipe::make();
  const bool apart = order.answer_descriptor > 2;
  Program program(order.arguments);
  program.inherit(0, nothing_.get())
      .inherit(1, apart ? diagnostics.write_end.get() : answer.write_end.get())
      .inherit(2, diagnostics.write_end.get());
  if (apart) program.inherit(order.answer_descriptor, answer.write_end.get());

  const auto now = Clock::now();
  members_.push_back(std::make_unique<Member>(
      Member{order.ticket, now, now + order.limit, program.start(),
             Ear(std::move(answer.read_end), answer_limit, false),
             Ear(std::move(diagnostics.read_end), diagnostics_limit, true)}));
}

std::vector<Ended> ProcessCrew::wait(Clock::duration limit, int wake) {
  std::vector<pollfd> entries{{wake, POLLIN, 0}};
  for (const auto& member : members_) {
    const auto more = member->poll_entries();
    entries.insert(entries.end(), more.begin(), more.end());
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(until_next_deadline(limit)).count();
  const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(ms));
  if (ready < 0 && errno != EINTR) throw SystemError("poll", "the running cases", errno);
  if (ready > 0) {
    const pollfd* entry = &entries[1];
    for (const auto& member : members_) {
      member->hear(entry);
      entry += 3;
    }
  }
  auto ended = collect_ended();
  kill_late();
  return ended;
}

Clock::duration ProcessCrew::until_next_deadline(Clock::duration limit) const {
  const auto now = Clock::now();
  for (const auto& member : members_) {
    if (!member->timed_out) limit = std::min(limit, member->deadline - now);
  }
  return std::max(limit, Clock::duration::zero());
}

std::vector<Ended> ProcessCrew::collect_ended() {
  std::vector<Ended> ended;
  for (const auto& member : members_) {
    if (!member->has_ended) continue;
    ended.push_back({member->ticket, member->process.wait(), member->timed_out,
                     member->answer.take_text(), member->diagnostics.take_text(),
                     Clock::now() - member->started});
  }
  std::erase_if(members_, [](const auto& member) { return member->has_ended; });
  return ended;
}

void ProcessCrew::kill_late() {
  const auto now = Clock::now();
  for (const auto& member : members_) {
    if (member->timed_out || now < member->deadline) continue;
    member->timed_out = true;
    member->process.pidfd().send(SIGKILL);
  }
}

void ProcessCrew::kill_all() { send_kill(); }

// All signals first: the ends then overlap, where one after the other would add up.
void ProcessCrew::send_kill() {
  for (const auto& member : members_) member->process.pidfd().send(SIGKILL);
}

}  // namespace sockcr::runner
