#include <sys/socket.h>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "unix_stream",
    .about =
        "a pair of unix streams, made by a process that is gone, with unread bytes both ways that "
        "come "
        "back send by send: in one program, in two of one image (two), with names (named), one end "
        "shut (shut) or gone (gone), with a byte out of band (oob), peeked at from an offset "
        "(peek)",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "gone", "named", "oob", "peek", "shut", "two"},
             .without =
                 [](const Variant& v) {
                   return (v.detail == "oob" || v.detail == "peek") && v.queues == Queues::empty;
                 },
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps { return pair_around_a_cut(v, SOCK_STREAM); },
};

}  // namespace sockcr::scenario
