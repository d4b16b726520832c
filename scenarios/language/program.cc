// A program of ours that sleeps in a system call.
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <fstream>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/await.h"
#include "scenarios/language/process_state.h"
#include "scenarios/language/words.h"
#include "scenarios/subject/woken.h"

namespace sockcr::scenario {
namespace {

using namespace std::chrono_literals;

std::string call_text(const std::string& call) {
  if (call == "epoll") return "epoll_wait(2), level-triggered";
  if (call == "edge") return "epoll_wait(2), edge-triggered";
  return call + "(2)";
}

long number_of(const std::string& call) {
  if (call == "read") return SYS_read;
  return call == "accept" ? SYS_accept4 : SYS_epoll_pwait;
}

std::string first_line(const std::string& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

struct Now {
  char state = '?';  // as of process_state
  std::string call;  // its number, or "running"
};

// CONFIG_HAVE_ARCH_TRACEHOOK, which User-mode Linux has not.
void need_to_know_the_call() {
  if (::access("/proc/self/syscall", F_OK) == 0) return;
  throw Unsupported("the system call that a program sleeps in",
                    "this kernel does not have /proc/PID/syscall");
}

Now look_at(const Subject& subject) {
  const std::string call = first_line(fmt::format("/proc/{}/syscall", subject.pid()));
  return {process_state(subject.pid()), call.substr(0, call.find(' '))};
}

void await_asleep(World& world, const Subject& subject) {
  need_to_know_the_call();
  const std::string wanted = fmt::format("{}", number_of(subject.sleep().call));
  Now now;
  await(
      world, "the program of ours", "asleep in " + call_text(subject.sleep().call),
      [&] {
        now = look_at(subject);
        return now.state == 'S' && now.call == wanted;
      },
      [&] { return fmt::format("in state {}, system call {}", now.state, now.call); });
}

void expect_nothing_told(const Subject& subject) {
  if (!readable_within(subject.sleep().reports.get(), 0s)) return;
  throw Violation("the program's call", "has not returned", "it has");
}

void expect_untouched(const Subject& subject) {
  const FileDescriptor socket = subject.borrow(subject.sleep().descriptor);
  const BeforeRepair now = before_repair(socket.get());
  if (!now.in_repair && now.reuse_address == 0 && now.out_of_band_inline == 0 &&
      now.peek_offset.value_or(-1) == -1) {
    return;
  }
  throw Violation("the program's socket", "as it was before the checkpoint",
                  fmt::format("TCP_REPAIR {}, SO_REUSEADDR {}, SO_OOBINLINE {}, SO_PEEK_OFF {}",
                              now.in_repair ? 1 : 0, now.reuse_address, now.out_of_band_inline,
                              now.peek_offset.value_or(-1)));
}

Woken next_report(World& world, const Subject& subject) {
  const int reports = subject.sleep().reports.get();
  await(
      world, "the program's call", "returns", [&] { return readable_within(reports, 0s); },
      [] { return std::string("it does not"); });
  Woken woken;
  if (::read(reports, &woken, sizeof woken) != sizeof woken) {
    throw Violation("the program", "runs", "it has ended");
  }
  return woken;
}

void expect(bool holds, const std::string& expected, const Woken& woken) {
  if (holds) return;
  throw Violation("what the program's call returns", expected,
                  woken.result < 0 ? errno_name(woken.error)
                                   : fmt::format("{}, events {:#x}", woken.result, woken.events));
}

void expect_bytes(World& world, const Woken& woken) {
  Conversation& talk = world.conversation(1);
  const std::uint64_t due = talk.peer.written - talk.ours.read;
  const auto wanted = talk.peer.says(talk.ours.read, due);
  expect(woken.result >= 0 && static_cast<std::uint64_t>(woken.result) == due &&
             std::equal(wanted.begin(), wanted.end(), woken.bytes),
         fmt::format("the {} bytes that peer wrote", due), woken);
  talk.ours.read += due;
}

// The program that has accepted it makes room for one that does not accept any more.
void expect_client(World& world, Subject& subject, const Woken& woken) {
  expect(woken.result >= 0, "a connection", woken);
  Conversation& talk = world.conversation(1);
  const FileDescriptor socket = subject.borrow(woken.result);
  expect(unmapped(remote_end(socket.get())) == talk.peer_address, "the connection of client 1",
         woken);
  talk.ours.hold_in(subject, socket.get());
}

void wake_up(World& world) {
  Subject& subject = world.subjects[1];
  const std::string call = subject.sleep().call;
  const Woken woken = next_report(world, subject);
  if (call == "read" || call == "epoll") expect_bytes(world, woken);
  if (call == "epoll") expect(woken.events == EPOLLIN, "EPOLLIN", woken);
  if (call == "edge") expect(woken.result == 1 && woken.events == EPOLLIN, "EPOLLIN", woken);
  await_asleep(world, subject);
  expect_nothing_told(subject);
  expect_untouched(subject);
  if (call == "accept") expect_client(world, subject, woken);
}

}  // namespace

Step ProgramWords::sleeps_in(const std::string& call, At at) const {
  return {fmt::format("the program of ours sleeps in {}", call_text(call)),
          [call](World& world) {
            const Actor& actor =
                call == "accept" ? world.listeners.at(1).actor : world.conversation(1).ours;
            world.subjects[1].sleep_in(call, actor.descriptor());
            await_asleep(world, world.subjects[1]);
          },
          at};
}

Step ProgramWords::sleeps_on(At at) const {
  return {"the program sleeps on, and its socket is untouched",
          [](World& world) {
            const Subject& subject = world.subjects[1];
            await_asleep(world, subject);
            expect_nothing_told(subject);
            expect_untouched(subject);
          },
          at};
}

Step ProgramWords::wakes_up(At at) const {
  return {"the program's call returns, once", wake_up, at};
}

Step ProgramWords::idles(At at) const {
  return {"the program idles", [](World& world) { world.subjects[1].idle(); }, at};
}

}  // namespace sockcr::scenario
