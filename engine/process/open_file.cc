#include "engine/process/open_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

static_assert(static_cast<int>(StatusFlags::all) == (O_APPEND | O_NONBLOCK | O_ASYNC | O_NOATIME),
              "an image has the numbers of asm-generic/fcntl.h; others need a translation");

int read_flags(int socket) {
  return call(
      "fcntl", [&] { return ::fcntl(socket, F_GETFL); },
      [&] { return fmt::format("{}, F_GETFL", socket); });
}

void write_flags(int socket, int flags) {
  call(
      "fcntl", [&] { return ::fcntl(socket, F_SETFL, flags); },
      [&] { return fmt::format("{}, F_SETFL, {:#o}", socket, flags); });
}

int read_signal(int socket) {
  return call(
      "fcntl", [&] { return ::fcntl(socket, F_GETSIG); },
      [&] { return fmt::format("{}, F_GETSIG", socket); });
}

void write_signal(int socket, int signal) {
  call(
      "fcntl", [&] { return ::fcntl(socket, F_SETSIG, signal); },
      [&] { return fmt::format("{}, F_SETSIG, {}", socket, signal); });
}

f_owner_ex read_owner(int socket) {
  f_owner_ex owner{};
  call(
      "fcntl", [&] { return ::fcntl(socket, F_GETOWN_EX, &owner); },
      [&] { return fmt::format("{}, F_GETOWN_EX, {{{}}}", socket, owner.pid); });
  return owner;
}

// Without a number the kind means nothing: what it is of a file that nobody owns depends on the
// kernel's version.
SignalOwner kind_of(const f_owner_ex& owner) {
  if (owner.pid == 0) return SignalOwner::nobody;
  switch (owner.type) {
    case F_OWNER_TID:
      return SignalOwner::thread;
    case F_OWNER_PID:
      return SignalOwner::process;
    case F_OWNER_PGRP:
      return SignalOwner::group;
  }
  return SignalOwner::nobody;
}

auto type_of(SignalOwner kind) {
  switch (kind) {
    case SignalOwner::thread:
      return F_OWNER_TID;
    case SignalOwner::group:
      return F_OWNER_PGRP;
    case SignalOwner::process:
    case SignalOwner::nobody:
      return F_OWNER_PID;
  }
  return F_OWNER_PID;
}

}  // namespace

OwnedFile read_open_file(int socket) {
  const f_owner_ex owner = read_owner(socket);
  return {.file = {.flags = static_cast<StatusFlags>(read_flags(socket)) & StatusFlags::all,
                   .signal = static_cast<std::uint8_t>(read_signal(socket)),
                   .owner = kind_of(owner)},
          .owner = owner.pid};
}

void write_open_file(int socket, const OpenFile& file) {
  if (file.signal != 0) write_signal(socket, file.signal);
  if (file.flags != StatusFlags::none) write_flags(socket, static_cast<int>(file.flags));
}

void write_owner(int socket, SignalOwner kind, pid_t owner) {
  f_owner_ex wanted{};
  wanted.type = type_of(kind);
  wanted.pid = owner;
  call(
      "fcntl", [&] { return ::fcntl(socket, F_SETOWN_EX, &wanted); },
      [&] { return fmt::format("{}, F_SETOWN_EX, {{{} {}}}", socket, to_text(kind), owner); });
}

void tell_of_signals_by(int descriptor) {
  const int flags = read_flags(descriptor);
  if ((flags & O_ASYNC) == 0) return;
  write_flags(descriptor, flags & ~O_ASYNC);
  write_flags(descriptor, flags);
}

}  // namespace sockcr
