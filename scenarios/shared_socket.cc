#include <sys/socket.h>
#include <csignal>

#include "scenarios/language/shared.h"
#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Step shares(const SharedSocket& socket, const Variant& v) {
  if (v.detail == "fork" || v.detail == "thread") return socket.is_inherited();
  if (v.detail == "rights") return socket.is_sent_to_another_program();
  return socket.is_duplicated();
}

FileSetup setup_of(const Variant& v) {
  constexpr auto told = StatusFlags::nonblock | StatusFlags::async;
  if (v.detail == "fork") return {.flags = StatusFlags::nonblock | StatusFlags::append};
  if (v.detail == "async") return {told, SIGUSR1, SignalOwner::process, OwnedBy::its_program};
  if (v.detail == "unix") return {told, 0, SignalOwner::process, OwnedBy::its_program};
  if (v.detail == "thread") {
    return {StatusFlags::async, 0, SignalOwner::thread, OwnedBy::its_other_program};
  }
  return {};
}

Steps connection(const Variant& v) {
  const FileSetup setup = setup_of(v);
  return {
      establish(v),
      shares(shared_ours, v),
      unread_bytes(v),
      undelivered_bytes(v),
      shared_ours.sets_up(setup),

      gate.closes(),
      unsent_bytes(v),
      late_bytes(v),
      shared_ours.is_one_file(),
      cut(),
      shared_ours.is_one_file(),
      shared_ours.is_set_up(setup),
      gate.opens(),

      ours.reads_all(),
      peer.reads_all(),
      peer.writes(some_bytes),
      shared_ours.tells_its_owner(setup),
      shared_ours.goes_on_by_the_other_descriptor(),
      ours.reads_all(),
      ours.writes(some_bytes),
      peer.reads_all(),
      part(ours, peer),
      conversation_ends(),
  };
}

Steps unix_pair(const Variant& v) {
  const FileSetup setup = setup_of(v);
  const SharedSocket one = shared_unix("one");
  return {
      local::one.pairs_with(local::other, SOCK_STREAM),
      shares(one, v),
      local::other.sends({5, 6}),
      one.sets_up(setup),

      gate.closes(),
      one.is_one_file(),
      local::one.is_as_it_was_told(),
      cut(),
      one.is_one_file(),
      one.is_set_up(setup),
      gate.opens(),

      local::one.is_as_it_was_told(),
      local::one.reads_all(),
      local::other.sends({7}),
      one.tells_its_owner(setup),
      one.goes_on_by_the_other_descriptor(),
      local::one.reads_all(),
      local::one.sends({8}),
      local::other.reads_all(),
      local::one.closes(),
      local::other.closes(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "shared_socket",
    .about =
        "one socket at two descriptors: of one program, one of them close-on-exec (dup), of two "
        "(fork, non-blocking), one of which got it by SCM_RIGHTS at another number (rights); with "
        "O_ASYNC, a signal and its program as owner (async), or the other program (thread); a "
        "unix socket (unix). Behind the cut it is one open file with the same flags, and the "
        "owner's successor is told what comes",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::active},
             .queues = {Queues::unread, Queues::all},
             .options = {Options::ts},
             .details = {"dup", "fork", "rights", "async", "thread", "unix"},
             .without =
                 [](const Variant& v) {
                   return v.detail == "unix" &&
                          (v.family != Family::v4 || v.queues != Queues::unread);
                 },
             .narrowed = "an open file knows nothing of sides and time stamps; unix sockets have "
                         "no family, and no queue but that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      return v.detail == "unix" ? unix_pair(v) : connection(v);
    },
};

}  // namespace sockcr::scenario
