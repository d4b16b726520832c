#include "scenarios/language/abi_rights.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstdio>

#include "engine/sys/error.h"
#include "engine/sys/process.h"
#include "netns/veth.h"
#include "scenarios/language/abi_row.h"
#include "scenarios/language/loopback_pair.h"

namespace sockcr::scenario {
namespace {

constexpr int repair_on = 1;

int enter_repair_mode(int socket) {
  return ::setsockopt(socket, IPPROTO_TCP, TCP_REPAIR, &repair_on, sizeof repair_on);
}

// What `call` answers, an errno or 0, in a child with namespaces of its own.
int answer_in(unsigned long namespaces, const std::function<int()>& call) {
  constexpr int broken = 200;  // no errno
  const auto body = [&] {
    try {
      return call() < 0 ? errno : 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      return broken;
    }
  };
  try {
    const ChildProcess::Exit exit = ChildProcess::run(body, namespaces).wait();
    if (exit.signal == 0 && exit.code < broken) return exit.code;
  } catch (const SystemError& error) {
    throw Unsupported("user namespaces", error.what());
  }
  throw SystemError("setsockopt", "a child in a user namespace has ended", ECHILD);
}

}  // namespace

Step repair_works_in_a_user_namespace(At at) {
  return asked_apart("ESTABLISHED, in a user namespace of its own: TCP_REPAIR = 1 is accepted", at,
                     [](const std::string& text) {
                       const int answer = answer_in(CLONE_NEWUSER | CLONE_NEWNET, [] {
                         netns::set_up("lo");
                         const LoopbackPair pair = pair_in(TcpState::established);
                         return enter_repair_mode(pair.socket.get());
                       });
                       expect_equal(text, error_name(0), error_name(answer));
                     });
}

Step rights_in_another_user_namespace_are_none(At at) {
  return asked_apart("ESTABLISHED, by rights in another user namespace: TCP_REPAIR = 1 is EPERM",
                     at, [](const std::string& text) {
                       const LoopbackPair pair = pair_in(TcpState::established);
                       const int answer = answer_in(
                           CLONE_NEWUSER, [&] { return enter_repair_mode(pair.socket.get()); });
                       expect_equal(text, error_name(EPERM), error_name(answer));
                     });
}

}  // namespace sockcr::scenario
