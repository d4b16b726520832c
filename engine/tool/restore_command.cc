#include "engine/tool/restore_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>

#include "engine/gate/iptables_gate.h"
#include "engine/image/listen_only.h"
#include "engine/process/guardian.h"
#include "engine/restore.h"
#include "engine/tool/datagrams.h"
#include "engine/tool/held_signals.h"
#include "engine/tool/image_stream.h"
#include "engine/tool/md5_key_file.h"
#include "engine/tool/network_namespaces.h"
#include "engine/tool/open_files.h"
#include "engine/tool/refusal.h"
#include "engine/tool/rehearsal.h"
#include "engine/tool/same_descriptors.h"

namespace sockcr {
namespace {

void refuse_what_is_not_built(const RestoreOptions& options) {
  if (options.handoff == "same-fd") return;
  throw WrongUse(fmt::format("--handoff {} is not built yet", options.handoff));
}

// The gate of an image that is being restored, closed. One that stood before stays closed when this
// object goes, so that one can try again; one that was closed for the restore does not, not even
// when this process is killed.
class RestoreGate {
 public:
  RestoreGate(std::uint64_t image_id, bool datagrams, std::vector<std::uint8_t> raw)
      : stood_(stands(image_id)),
        gate_(stood_ ? IptablesGate::adopt(image_id)
                     : IptablesGate(
                           {.image_id = image_id, .datagrams = datagrams, .raw = std::move(raw)})) {
    if (stood_) {
      gate_.leave_closed();
    } else {
      guardian_.emplace(
          Guardian::Duties{.undo = {[=] { IptablesGate::adopt(image_id).open(); }}, .finish = {}});
      gate_.close();
    }
  }

  void open() { gate_.open(); }

 private:
  static bool stands(std::uint64_t image_id) {
    const auto standing = standing_gates();
    return std::find(standing.begin(), standing.end(), image_id) != standing.end();
  }

  bool stood_;
  IptablesGate gate_;
  std::optional<Guardian> guardian_;
};

bool has_datagram_sockets(const Image& image) {
  return std::any_of(image.sockets.begin(), image.sockets.end(), [](const Socket& socket) {
    return std::holds_alternative<UdpSocket>(socket);
  });
}

// The sockets at their places, behind the closed gate; or, when it throws, none.
void build(Restoration& restoration, SameDescriptors& places, HeldSignals& signals) {
  restoration.build();
  try {
    places.place(restoration.sockets());
    signals.check();
  } catch (...) {
    restoration.undo();
    throw;
  }
}

std::set<int> close_on_exec_of(const Image& image) {
  std::set<int> numbers;
  for (const SocketCircumstance& where : image.where) {
    for (const Holder& holder : where.holders) {
      if (holder.close_on_exec) numbers.insert(holder.descriptor);
    }
  }
  return numbers;
}

void report(const Image& image, const std::vector<std::string>& losses) {
  const std::size_t count = image.sockets.size();
  fmt::print(stderr, "sockcr: image {}: {} socket{} restored, the gate is open\n",
             image_id_text(image.circumstance.image_id), count, count == 1 ? "" : "s");
  for (const std::string& loss : losses) fmt::print(stderr, "    lost: {}\n", loss);
  const std::set<int> kept = close_on_exec_of(image);
  if (kept.empty()) return;
  fmt::print(stderr, "    no longer close-on-exec: descriptor{} {}\n", kept.size() == 1 ? "" : "s",
             fmt::join(kept, ", "));
}

bool is_ignored_by_default(int signal) {
  return signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || signal == SIGCONT;
}

// This process becomes the command, which inherits that a signal is ignored, and would be ended by
// one that comes before it has said what it does with it.
void ignore_signals_of(const Image& image) {
  for (const Socket& socket : image.sockets) {
    const OpenFile* const file = open_file_of(socket);
    if (file == nullptr || file->owner == SignalOwner::nobody) continue;
    if ((file->flags & StatusFlags::async) == StatusFlags::none) continue;
    const int signal = file->signal == 0 ? SIGIO : file->signal;
    if (!is_ignored_by_default(signal)) ::signal(signal, SIG_IGN);
  }
}

// All that is made on the way is gone at its end, but for what was placed: the command shall meet
// nothing of ours.
void rebuild(Image image, std::span<const Md5Key> keys, SameDescriptors& places) {
  HeldSignals signals;
  RestoreGate gate(image.circumstance.image_id, has_datagram_sockets(image),
                   raw_protocols_of(image));
  Restoration restoration(std::move(image), keys);
  build(restoration, places, signals);
  gate.open();
  restoration.resume();
  ignore_signals_of(restoration.image());
  restoration.give_owners([](pid_t) { return ::getpid(); });
  report(restoration.image(), restoration.losses());
}

// Complains on the caller's standard error, which may be one of the restored sockets by now.
ExitCode execute(const std::vector<std::string>& command, const FileDescriptor& complaints) {
  const std::vector<char*> arguments = argument_vector(command);
  ::execvp(arguments[0], arguments.data());
  const int error_number = errno;
  ::dprintf(complaints.get(), "sockcr: execve(%s): %s; the sockets are lost\n", arguments[0],
            std::strerror(error_number));
  return ExitCode::trouble;
}

}  // namespace

ExitCode restore(const RestoreOptions& options) {
  refuse_what_is_not_built(options);
  const std::vector<Md5Key> keys = read_md5_key_file(options.md5_key);
  Image image = read_named_image(options.image);
  if (options.listen_only) image = listen_only(std::move(image));
  rehearse(options.command);
  std::optional<MoreOpenFiles> more_files(std::in_place);
  SameDescriptors places(same_descriptors(image));
  const Inside inside(options.netns);
  rebuild(std::move(image), keys, places);
  const FileDescriptor complaints(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  more_files.reset();
  places.hand_over();
  return execute(options.command, complaints);
}

}  // namespace sockcr
