#include "engine/options/filter.h"

#include <optional>

#include "engine/sys/error.h"
#include "engine/sys/kernel_program.h"
#include "engine/sys/socket.h"

namespace sockcr {
namespace {

FileDescriptor open_program_of(const SocketFilter& filter) {
  std::optional<FileDescriptor> program = open_program(filter.program);
  if (!program || program_tag(program->get()) != filter.program_tag) {
    throw Unsupported("a socket filter, " + to_text(filter),
                      program ? "under this id the kernel has another program"
                              : "the kernel has unloaded it: load and pin it before a checkpoint");
  }
  return std::move(*program);
}

}  // namespace

SocketFilter capture_filter(int socket) {
  SocketFilter filter;
  if (has_program(socket)) {
    filter.program = unread_program;
  } else {
    filter.code = read_filter(socket);
  }
  return filter;
}

void attach(int socket, const SocketFilter& filter) {
  if (filter.program == 0) return attach_filter(socket, filter.code);
  attach_program(socket, open_program_of(filter).get());
}

void require_program_of(const SocketFilter& filter) {
  if (filter.program != 0) static_cast<void>(open_program_of(filter));
}

}  // namespace sockcr
