#include "engine/tool/checkpoint_command.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>

#include "engine/checkpoint.h"
#include "engine/gate/iptables_gate.h"
#include "engine/image/encode.h"
#include "engine/image/listen_only.h"
#include "engine/tool/checkpoint_report.h"
#include "engine/tool/datagrams.h"
#include "engine/tool/held_signals.h"
#include "engine/tool/image_stream.h"
#include "engine/tool/md5_key_file.h"
#include "engine/tool/network_namespaces.h"
#include "engine/tool/open_files.h"
#include "engine/tool/own_ssh.h"
#include "engine/tool/processes.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

void refuse_what_is_not_built(const CheckpointOptions& options) {
  if (!options.descriptors.empty()) throw WrongUse("--fd is not built yet");
}

std::string namespace_of_targets(const CheckpointOptions& options) {
  if (options.netns.empty()) return common_namespace(options.pids);
  if (namespace_at(options.netns) != own_namespace()) return options.netns;
  throw WrongUse(fmt::format(
      "--netns {}: sockcr runs there itself, and would stop the shell that waits for it",
      options.netns));
}

std::vector<pid_t> targets_of(const CheckpointOptions& options, const NamespaceId& netns) {
  if (!options.netns.empty()) return processes_in(netns);
  return options.tree ? with_descendants(options.pids, every_process()) : options.pids;
}

struct Targets {
  std::string path;  // of their network namespace
  NamespaceId netns;
  std::vector<pid_t> pids;
  std::vector<Md5Key> md5_keys;
};

Targets find_targets(const CheckpointOptions& options) {
  Targets targets;
  targets.md5_keys = read_md5_key_file(options.md5_key);
  targets.path = namespace_of_targets(options);
  targets.netns = namespace_at(targets.path);
  targets.pids = targets_of(options, targets.netns);
  if (std::count(targets.pids.begin(), targets.pids.end(), ::getpid()) > 0) {
    throw WrongUse("sockcr itself is among the processes");
  }
  if (!targets.pids.empty()) common_namespace(targets.pids);
  return targets;
}

// Once all of them stand still nobody can be born who was not there when they were counted.
void refuse_newcomers(const CheckpointOptions& options, const Targets& targets) {
  for (const pid_t pid : targets_of(options, targets.netns)) {
    const auto& known = targets.pids;
    if (std::find(known.begin(), known.end(), pid) != known.end()) continue;
    throw Refused(
        fmt::format("process {} began while the others were being stopped; try again", pid));
  }
}

void refuse_nothing(const Image& image) {
  if (!image.sockets.empty()) return;
  throw Refused("there is no socket to checkpoint");
}

// All of a namespace is also what no program of it holds any more.
CheckpointRequest request_for(const CheckpointOptions& options, const Targets& targets,
                              std::uint64_t image_id, Gate& gate) {
  return {.pids = targets.pids,
          .image_id = image_id,
          .gate = &gate,
          .ownerless = !options.netns.empty(),
          .leave_running = options.leave_running,
          .md5_keys = targets.md5_keys,
          .guarded = true,
          .open_gate = [image_id] { IptablesGate::adopt(image_id).open(); }};
}

// Everything that can be undone; what it throws, or a signal, undoes it.
Image take(Checkpoint& checkpoint, Gate& gate, const CheckpointOptions& options,
           const Targets& targets, HeldSignals& signals) {
  signals.check();
  gate.close();
  checkpoint.freeze();
  refuse_newcomers(options, targets);
  Image image = checkpoint.read();
  refuse_nothing(image);
  if (options.listen_only) image = listen_only(std::move(image));
  write_named_image(options.output, encode(image), signals);
  signals.check();
  return image;
}

// When it returns the programs are gone, or run on: who reads the report may take his time.
Image take_and_end(const CheckpointOptions& options, const Targets& targets, HeldSignals& signals) {
  const MoreOpenFiles more_files;
  const std::uint64_t id = choose_image_id();
  IptablesGate gate({.image_id = id,
                     .datagrams = hold_datagram_sockets(targets.pids),
                     .raw = raw_protocols_of(targets.pids),
                     .tap = tap_group(id)});
  Checkpoint checkpoint(request_for(options, targets, id, gate));
  Image image = take(checkpoint, gate, options, targets, signals);
  if (options.leave_running) {
    gate.open();  // before the programs go on, or they would write into it
  } else {
    gate.leave_closed();
    checkpoint.kill();
  }
  return image;
}

}  // namespace

ExitCode checkpoint(const CheckpointOptions& options) {
  refuse_what_is_not_built(options);
  refuse_terminal(options.output);
  const Targets targets = find_targets(options);
  const NamespaceId own = own_namespace();
  const Inside inside(targets.path);
  refuse_shared_sockets(targets.pids);
  if (!options.leave_running) refuse_own_ssh();
  HeldSignals signals;
  const Image image = take_and_end(options, targets, signals);
  if (options.leave_running) {
    report_left_running(image, options.output);
  } else {
    report_killed(image, options.output, targets.pids,
                  {lasting_path(targets.netns, own), options.md5_key});
  }
  signals.forget();
  return ExitCode::success;
}

}  // namespace sockcr
