#include "scenarios/runner/guest/qemu.h"

#include <fmt/format.h>
#include <unistd.h>
#include <chrono>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <utility>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

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

#if defined(__x86_64__)
struct Reading {
  std::chrono::steady_clock::time_point at;
  std::uint64_t tsc;
};

// The one of many in which nothing came between the two clocks.
Reading read_both_clocks() {
  Reading best{};
  std::uint64_t narrowest = std::numeric_limits<std::uint64_t>::max();
  for (int tries = 0; tries < 100; ++tries) {
    const std::uint64_t before = __rdtsc();
    const auto at = std::chrono::steady_clock::now();
    const std::uint64_t width = __rdtsc() - before;
    if (width < narrowest) best = {at, before + (narrowest = width) / 2};
  }
  return best;
}

// What an emulated program reads as TSC is that of the host. A guest would find out how fast it
// runs by a timer that a busy host delays, and its clock would run three times too fast.
std::string tsc_rate() {
  const Reading begin = read_both_clocks();
  Reading end{};
  const auto is_long_enough = [&] {
    end = read_both_clocks();
    return end.at - begin.at >= std::chrono::milliseconds(20);
  };
  while (!is_long_enough()) continue;
  const double ms = std::chrono::duration<double, std::milli>(end.at - begin.at).count();
  return fmt::format(" tsc_early_khz={:.0f}", static_cast<double>(end.tsc - begin.tsc) / ms);
}
#else
std::string tsc_rate() { return ""; }
#endif

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
  add("-append", std::string(kernel_words) + (is_kvm ? "" : words_for_emulation + tsc_rate()));
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
