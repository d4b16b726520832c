// Every option that the kernel tells of a socket, asked for by number: the engine's own table is
// what is judged by this, so it has no part in it.
#pragma once

#include <map>
#include <string>

namespace sockcr::scenario {

// "SO_KEEPALIVE", or "level 6, number 44" for what has no name here -> its value, as text.
using OptionSweep = std::map<std::string, std::string>;

// What getsockopt(2) answers without an error. Left out is what belongs to the moment, what is no
// program's choice, and what reading takes away. Destroys nothing, and needs no privilege.
OptionSweep sweep_options(int socket);

// "TCP_MAXSEG 1448 > 1460, ..."; empty when they are equal.
std::string differences_between(const OptionSweep& before, const OptionSweep& after);

}  // namespace sockcr::scenario
