// One message of a unix socket, sent and heard: what the language does without the engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sys/descriptor.h"

namespace sockcr::scenario {

struct Letter {
  std::vector<std::uint8_t> payload;
  std::vector<int> carried;
  std::vector<std::uint8_t> to;  // as in sun_path; empty: whom it is connected to
  int flags = 0;
  bool tells_who = false;  // SCM_CREDENTIALS, those of the calling process
};
void send_letter(int socket, const Letter& letter);

inline constexpr std::string_view nothing_heard_yet = "nothing";

struct Heard {
  std::string text;  // as text_of
  std::vector<FileDescriptor> carried;
};
// Of a stream so many bytes at the most.
Heard hear_letter(int socket, std::size_t bytes, int type);

// "5 bytes 0a1b..., from @client, pid 7, uid 0, with 2 descriptors"
std::string text_of(const std::vector<std::uint8_t>& payload, const std::string& from,
                    const std::string& who, std::size_t carried);

}  // namespace sockcr::scenario
