// The firewall by way of iptables-restore: one text a family, each taken by the kernel as a whole
// or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"

namespace sockcr {

// Which of the two iptables the commands belong to. `standard` is what the machine calls iptables.
enum class IptablesVariant : std::uint8_t { standard, nft, legacy };

// The program that does `action` ("restore", "save") for AF_INET or AF_INET6:
// "ip6tables-legacy-save". Only a name; it need not be installed.
std::string iptables_program(int family, std::string_view action, IptablesVariant variant);
[[nodiscard]] bool iptables_is_installed(int family, IptablesVariant variant);

struct IptablesText {
  int family;        // AF_INET or AF_INET6
  std::string text;  // as for iptables-restore --noflush, "*filter" to "COMMIT"
};

// Programs that take rules, in the calling thread's network namespace (CAP_NET_ADMIN there).
//
// Starting one takes longer than the commit: whoever must be quick starts them in advance. The
// commit takes 1 to 2 ms; the program's exit up to 30 ms more with the nft variant, because closing
// its netlink socket waits until the removed rules are freed, one RCU grace period. So the exit is
// not awaited here but by settle(), or by the destructor.
class IptablesRestore {
 public:
  // Starts one program for each of `families` (AF_INET, AF_INET6); they wait for apply(), and end
  // without it when this object goes.
  explicit IptablesRestore(std::span<const int> families,
                           IptablesVariant variant = IptablesVariant::standard);
  // Starts, and applies.
  explicit IptablesRestore(std::span<const IptablesText> texts,
                           IptablesVariant variant = IptablesVariant::standard);
  IptablesRestore(IptablesRestore&&) noexcept = default;
  IptablesRestore& operator=(IptablesRestore&&) noexcept = default;

  // Once: each text to the program of its family. Returns when the kernel has taken them all.
  // Throws SystemError when one was refused: that family is then as before, the other may be
  // changed.
  void apply(std::span<const IptablesText> texts);

  void settle() { runs_.clear(); }

 private:
  struct Run {
    int family;
    std::string program;
    FileDescriptor conversation;  // its standard input and output
    FileDescriptor complaints;    // its standard error
    ChildProcess process;
    std::string said{};
  };

  static Run start(int family, IptablesVariant variant);
  static void feed(const Run& run, const std::string& text);
  static void await(Run& run);

  std::vector<Run> runs_;
};

// What iptables-save prints of the filter table, without remarks and without counters.
std::vector<std::string> saved_rules(int family,
                                     IptablesVariant variant = IptablesVariant::standard);

}  // namespace sockcr
