// The process that holds ours' sockets: it inherits them and does nothing else, until somebody
// kills it. Static and without a library's start-up threads, so that any engine can take it apart.
//
//   subject                       does nothing
//   subject close-on-exec NUMBER...   makes these descriptors so, and does nothing
//   subject CALL NUMBER   sleeps in this call (read, accept, epoll, edge) on this descriptor, and
//                         writes a Woken to its standard output whenever it returns
#include "scenarios/subject/woken.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace {

using sockcr::scenario::Woken;

void report(Woken woken) {
  if (woken.result < 0) woken.error = errno;
  if (::write(STDOUT_FILENO, &woken, sizeof woken) != sizeof woken) ::_exit(1);
}

Woken read_from(int socket) {
  Woken woken;
  woken.result = static_cast<std::int32_t>(::read(socket, woken.bytes, sizeof woken.bytes));
  return woken;
}

Woken accept_from(int socket) {
  Woken woken;
  woken.result = ::accept4(socket, nullptr, nullptr, 0);
  return woken;
}

// Whoever is stopped in epoll_wait(2) and continued is told EINTR, and begins again (signal(7)).
Woken wait_with(int epoll) {
  epoll_event event{};
  Woken woken;
  do {
    woken.result = ::epoll_pwait(epoll, &event, 1, -1, nullptr);
  } while (woken.result < 0 && errno == EINTR);
  woken.events = event.events;
  return woken;
}

// Readable is what a level-triggered one is until it is read.
Woken read_when_told(int epoll, int socket) {
  Woken woken = wait_with(epoll);
  if (woken.result < 0) return woken;
  const Woken bytes = read_from(socket);
  const std::uint32_t events = woken.events;
  woken = bytes;
  woken.events = events;
  return woken;
}

int epoll_of(int socket, std::uint32_t events) {
  const int epoll = ::epoll_create1(0);
  epoll_event wanted{};
  wanted.events = events;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &wanted) != 0) ::_exit(1);
  return epoll;
}

[[noreturn]] void sleep_in(std::string_view call, int socket) {
  ::fcntl(socket, F_SETFL, 0);  // to block
  const bool edge = call == "edge", level = call == "epoll";
  const int epoll = edge    ? epoll_of(socket, EPOLLIN | EPOLLRDHUP | EPOLLET)
                    : level ? epoll_of(socket, EPOLLIN)
                            : -1;
  for (;;) {
    if (call == "read") report(read_from(socket));
    if (call == "accept") report(accept_from(socket));
    if (level) report(read_when_told(epoll, socket));
    if (edge) report(wait_with(epoll));
  }
}

}  // namespace

int main(int argc, char** argv) {
  ::setsid();  // whose terminal it was started from is nothing to carry
  if (argc > 1 && argv[1] == std::string_view("close-on-exec")) {
    for (int i = 2; i < argc; ++i) ::fcntl(std::atoi(argv[i]), F_SETFD, FD_CLOEXEC);
    for (;;) ::pause();
  }
  if (argc == 3) sleep_in(argv[1], std::atoi(argv[2]));
  for (;;) ::pause();
}
