// Writing, and reading: compared with what the other side wrote.
#pragma once

#include <cstddef>

#include "scenarios/language/conversation.h"

namespace sockcr::scenario {

Who facing(Who who);  // the other end of the same conversation

// Its next bytes; how many of them the send queue took.
std::size_t write_some(Actor& writer, std::size_t bytes);

// Whatever is there, once; throws Violation when it is not what `writer` wrote.
void read_some(Actor& reader, const Actor& writer);

// SIOCATMARK: what it reads next is, or stands behind, the urgent byte.
bool is_at_mark(int socket);

}  // namespace sockcr::scenario
