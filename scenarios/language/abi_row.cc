#include "scenarios/language/abi_row.h"

#include <cerrno>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/setns.h"
#include "netns/veth.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

Step asked_apart(const std::string& text, At at, std::function<void(const std::string&)> ask) {
  return {text,
          [ask = std::move(ask), text](World&) {
            const NetworkNamespace own = NetworkNamespace::create();
            const NetworkNamespace::Scope inside(own);
            netns::set_up("lo");
            ask(text);
          },
          at};
}

std::string error_name(int error) { return error == 0 ? "accepted" : strerrorname_np(error); }

void expect_equal(const std::string& what, const std::string& expected, const std::string& actual) {
  if (expected != actual) throw Violation(what, expected, actual);
}

void expect_answer(const std::string& what, int expected, int result) {
  const int actual = result < 0 ? errno : 0;
  expect_equal(what, error_name(expected), error_name(actual));
}

void expect_connected(const std::string& text, int socket, const sockaddr_in& remote) {
  const auto* address = reinterpret_cast<const sockaddr*>(&remote);
  expect_answer(text + ": connect", 0, ::connect(socket, address, sizeof remote));
}

}  // namespace sockcr::scenario
