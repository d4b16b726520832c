#include <sys/socket.h>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "unix_seqpacket",
    .about =
        "a pair of unix sockets of packets, made by a process that is gone, with unread packets "
        "both "
        "ways, empty ones among them: in one program, in two of one image (two), with names "
        "(named), "
        "one end shut (shut) or gone (gone)",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "gone", "named", "shut", "two"},
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps { return pair_around_a_cut(v, SOCK_SEQPACKET); },
};

}  // namespace sockcr::scenario
