// Resets on purpose, and what they leave behind.
#include <fmt/format.h>
#include <sys/socket.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Step allowance(const End& end, std::string reason, std::string_view after, std::string_view before,
               std::string_view when, At at) {
  const pcap::ResetAllowance one{
      end.who().speaker == Speaker::ours ? pcap::Side::ours : pcap::Side::peer, std::string(after),
      std::string(before), reason};
  return {fmt::format("{} may send one RST{}: {}", end.name(), when, reason),
          [one, number = end.who().conversation](World& world) {
            world.conversation(number).allowed_resets.push_back(one);
          },
          at};
}

}  // namespace

Step End::may_reset_before_the_gate_closes(std::string reason, At at) const {
  return allowance(*this, std::move(reason), "", pcap::phase::gate_closed,
                   " before the gate closes", at);
}

Step End::may_reset_behind_the_gate(std::string reason, At at) const {
  return allowance(*this, std::move(reason), pcap::phase::gate_open, "", " once the gate is open",
                   at);
}

Step End::resets(At at) const {
  return {fmt::format("{} resets", name_),
          [who = who_](World& world) {
            world.actor(who).reset();
            world.conversation(who.conversation).broken_off = true;
          },
          at};
}

Step End::has_error(At at) const {
  return {fmt::format("{} has an error pending", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            await(
                world, "error of " + actor.name(), "pending",
                [&] { return actor.observe().error_pending; },
                [&] { return to_text(actor.observe()); });
          },
          at};
}

Step End::is_told(int error_number, At at) const {
  return {fmt::format("SO_ERROR tells {} of {}", name_, errno_name(error_number)),
          [who = who_, error_number](World& world) {
            const Actor& actor = world.actor(who);
            const int told = get_option(actor.borrow().get(), option::error);
            world.conversation(who.conversation).broken_off = true;
            if (told == error_number) return;
            throw Violation("what SO_ERROR tells " + actor.name(), errno_name(error_number),
                            told == 0 ? "nothing" : errno_name(told));
          },
          at};
}

Step End::reads_error(int error_number, At at) const {
  return {fmt::format("{} reads {}", name_, errno_name(error_number)),
          [who = who_, error_number](World& world) {
            const Actor& actor = world.actor(who);
            const FileDescriptor socket = actor.borrow();
            int told = EAGAIN;
            await(
                world, fmt::format("what {} reads", actor.name()), errno_name(error_number),
                [&] {
                  std::uint8_t byte = 0;
                  const ssize_t n = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT);
                  told = n < 0 ? errno : 0;
                  return told != EAGAIN;
                },
                [] { return std::string("nothing"); });
            if (told == error_number) {
              world.conversation(who.conversation).broken_off = true;
              return;
            }
            throw Violation(fmt::format("what {} reads", actor.name()), errno_name(error_number),
                            told == 0 ? "a byte or end of file" : errno_name(told));
          },
          at};
}

// ENOTCONN and EPIPE are what a socket says that was never connected.
Step End::appears_closed(At at) const {
  return {fmt::format("{} appears closed to its program", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            const FileDescriptor socket = actor.borrow();
            std::uint8_t byte = 0;
            const ssize_t read = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT);
            const int why_not_read = read < 0 ? errno : 0;
            const ssize_t sent = ::send(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            const int why_not_sent = sent < 0 ? errno : 0;
            const bool over = read == 0 || why_not_read == ENOTCONN;
            const TcpState state = actor.observe().state;
            if (state == TcpState::close && over && why_not_sent == EPIPE) return;
            throw Violation(
                "what is left of " + actor.name(), "CLOSE, nothing to read, EPIPE",
                fmt::format("{}, recv: {}, send: {}", to_text(state),
                            read < 0 ? errno_name(why_not_read) : fmt::format("{}", read),
                            sent < 0 ? errno_name(why_not_sent) : fmt::format("{}", sent)));
          },
          at};
}

}  // namespace sockcr::scenario
