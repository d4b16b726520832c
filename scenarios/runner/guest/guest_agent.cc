// Runs cases in a guest as its host orders: guest_init starts it, with the channel as descriptor 3.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <string>
#include <utility>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/guest/channel.h"
#include "scenarios/runner/guest/guest_clock.h"
#include "scenarios/runner/process_crew.h"

namespace sockcr::runner {
namespace {

// A minute of virtual time is nothing, and a message is something.
Clock::duration life_sign_every(bool virtual_time) {
  return virtual_time ? std::chrono::minutes(1) : std::chrono::seconds(1);
}

// A kernel takes a case's namespaces and sockets apart after its process has ended: what it
// complains of then is this case's still.
constexpr Clock::duration cooling_time = std::chrono::milliseconds(200);

class Agent {
 public:
  explicit Agent(FileDescriptor channel) : channel_(std::move(channel)) {}

  // Until the host closes the channel.
  void serve() {
    say(Hello{crew_.kernel(), virtual_time_ ? Pace{} : crew_.pace(), virtual_time_});
    while (is_open_) {
      if (is_idle() && virtual_time_) await_readable_at_once(channel_.get());
      for (Ended& ended : crew_.wait(until_something_is_due(), channel_.get())) {
        cooling_.push_back({std::move(ended), Clock::now() + cooling_time});
      }
      hear();
      tell_who_is_cool();
      if (crew_.size() > 0 && Clock::now() - last_said_ >= life_sign_every_) say(SignOfLife{});
    }
  }

 private:
  // Its process has ended, but what the kernel complains of is its own until then.
  struct Cooling {
    Ended ended;
    Clock::time_point until;
  };

  bool is_idle() const { return crew_.size() == 0 && cooling_.empty(); }

  Clock::duration until_something_is_due() const {
    if (cooling_.empty()) return life_sign_every_;
    return std::max(cooling_.front().until - Clock::now(), Clock::duration::zero());
  }

  void hear() {
    while (is_open_ && readable_within(channel_.get(), Clock::duration::zero())) {
      char buffer[4096];
      const ssize_t n = ::read(channel_.get(), buffer, sizeof buffer);
      is_open_ = n > 0 || (n < 0 && errno == EINTR);
      if (n > 0) lines_.append({buffer, static_cast<std::size_t>(n)});
    }
    while (const auto line = lines_.next()) carry_out(order_in(*line));
  }

  void tell_who_is_cool() {
    for (; !cooling_.empty() && cooling_.front().until <= Clock::now(); cooling_.pop_front()) {
      say(cooling_.front().ended);
    }
  }

  // Told before it is done: what the kernel does then is this case's.
  void carry_out(const Crew::Order& order) {
    say(Began{order.ticket});
    if (virtual_time_ && crew_.size() == 0) await_round_time();
    try {
      crew_.start(order);
    } catch (const SystemError& error) {
      say(Refused{order.ticket, one_line(error.what())});
    }
  }

  void say(const Message& message) {
    const std::string line = to_line(message);
    for (std::string_view rest = line; !rest.empty();) {
      const ssize_t n = ::write(channel_.get(), rest.data(), rest.size());
      if (n < 0 && errno != EINTR) throw SystemError("write", "the channel", errno);
      if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    }
    last_said_ = Clock::now();
  }

  FileDescriptor channel_;
  const bool virtual_time_ = time_is_virtual();
  const Clock::duration life_sign_every_ = life_sign_every(virtual_time_);
  ProcessCrew crew_;
  Lines lines_;
  bool is_open_ = true;
  Clock::time_point last_said_;
  std::deque<Cooling> cooling_;
};

// Before Linux 6.2 who signs while the kernel is getting ready for the first one that does sends
// segments that are not signed (tcp_alloc_md5sig_pool). Behind this no case is the first. A kernel
// that cannot sign says so again where it matters.
void sign_once() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, 0);
  tcp_md5sig key{};
  key.tcpm_addr.ss_family = AF_INET;
  key.tcpm_keylen = 1;
  (void)::setsockopt(socket.get(), IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key);
}

}  // namespace
}  // namespace sockcr::runner

int main() {
  constexpr int channel = 3;
  ::setenv("SOCKCR_GUEST_RUN", "/run", 1);  // for what its cases shall find out only once
  try {
    sockcr::FileDescriptor line = sockcr::FileDescriptor::duplicate_of(channel);
    ::close(channel);  // or every case would inherit it
    sockcr::runner::sign_once();
    sockcr::runner::Agent(std::move(line)).serve();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "guest_agent: %s\n", error.what());
    return 125;
  }
}
