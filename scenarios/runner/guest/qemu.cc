#include "scenarios/runner/guest/qemu.h"

#include <fmt/format.h>
#include <unistd.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include "scenarios/runner/guest/descriptors.h"

namespace sockcr::runner {
namespace {

// A warning is worth a line, and every character costs. A host that is busy makes a guest wait: its
// timer then seems dead, and its processor stuck for less than a minute, which nobody shall
// complain of.
//
constexpr const char* kernel_words =
    "console=ttyS0 loglevel=5 panic=-1 watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=60 "
    "no_timer_check";

// Speed where each instruction is emulated. QEMU keeps what it has translated by virtual address:
// with programs at ever new ones it would translate for ever, half of its time. A dump by sock_diag
// walks the whole hash table; a small one also limits orphans and time-wait sockets to 512 each,
// which no case comes near. A clock that is a device is a call into QEMU each time it is read. And
// what mends a processor's faults, or fills memory before it is used.
constexpr const char* words_for_emulation =
    " nokaslr norandmaps thash_entries=1024 uhash_entries=1024 tsc=reliable clocksource=tsc"
    " init_on_alloc=0 randomize_kstack_offset=off mitigations=off";

// One processor: a second costs seconds where it is emulated.
constexpr const char* machine_words =
    "-machine q35 -smp 1 -nodefaults -no-user-config -no-reboot -display none -nic none "
    "-serial stdio -device virtio-serial-pci "
    "-device virtserialport,chardev=channel,name=sockcr "
    "-device virtio-9p-pci,fsdev=host,mount_tag=host "
    "-device virtio-9p-pci,fsdev=left,mount_tag=left";

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// QEMU's way: a comma twice.
std::string quoted(const std::string& path) {
  std::string text;
  for (const char c : path) text.append(c == ',' ? 2 : 1, c);
  return text;
}

std::string shared_folder(const char* id, const std::string& path, const char* more) {
  return fmt::format("local,id={},path={},security_model=none,multidevs=remap{}", id, quoted(path),
                     more);
}

}  // namespace

std::vector<std::string> qemu_arguments(const QemuGuest& guest) {
  const bool is_kvm = guest.accelerator == Accelerator::kvm;
  std::vector<std::string> arguments{guest.qemu};
  const auto add = [&](const char* option, std::string value) {
    arguments.emplace_back(option);
    arguments.push_back(std::move(value));
  };
  add("-accel", is_kvm ? "kvm" : "tcg");
  add("-cpu", is_kvm ? "host" : "max,la57=off");  // a fifth level of page tables is walked by QEMU
  add("-m", std::to_string(guest.memory_mib));
  add("-kernel", guest.kernel);
  add("-initrd", guest.initrd);
  add("-append", std::string(kernel_words) + (is_kvm ? "" : words_for_emulation));
  add("-chardev", fmt::format("socket,id=channel,fd={}", channel_descriptor));
  add("-fsdev", shared_folder("host", "/", ",readonly=on"));
  add("-fsdev", shared_folder("left", guest.left, ""));
  const auto rest = words_of(machine_words);
  arguments.insert(arguments.end(), rest.begin(), rest.end());
  return arguments;
}

bool may_have_kvm() {
  if (::access("/dev/kvm", R_OK | W_OK) != 0) return false;
  std::ifstream file("/proc/cpuinfo");
  std::string word;
  while (file >> word) {
    if (word == "vmx" || word == "svm") return true;
  }
  return false;
}

}  // namespace sockcr::runner
