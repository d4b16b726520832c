#include "scenarios/runner/guest/initrd.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <iterator>
#include <utility>

namespace sockcr::runner {
namespace {

constexpr std::string_view trailer = "TRAILER!!!";

void pad(std::string& bytes) { bytes.resize((bytes.size() + 3) / 4 * 4); }

}  // namespace

void Initrd::add(const Entry& entry) {
  // ino, mode, uid, gid, nlink, mtime, size, device, special device, size of the name, no checksum
  fmt::format_to(std::back_inserter(bytes_),
                 "070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}"
                 "{:08X}",
                 ++entries_, entry.mode, 0, 0, 1, 0, entry.bytes.size(), 0, 0, entry.major,
                 entry.minor, entry.name.size() + 1, 0);
  bytes_.append(entry.name).push_back('\0');
  pad(bytes_);
  bytes_.append(entry.bytes);
  pad(bytes_);
}

void Initrd::add_folder(std::string_view name) { add({name, S_IFDIR | 0755U}); }

void Initrd::add_file(std::string_view name, std::string_view bytes, mode_t permissions) {
  add({name, S_IFREG | permissions, bytes});
}

void Initrd::add_device(std::string_view name, unsigned major, unsigned minor) {
  add({name, S_IFCHR | 0600U, {}, major, minor});
}

std::string Initrd::bytes() && {
  add({trailer});
  return std::move(bytes_);
}

}  // namespace sockcr::runner
