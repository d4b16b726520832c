#include "scenarios/runner/guest/guest_folder.h"

#include <sys/random.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "engine/sys/error.h"
#include "scenarios/runner/guest/initrd.h"

namespace sockcr::runner {
namespace {

namespace fs = std::filesystem;

constexpr uid_t nobody = 65534;
constexpr std::size_t seed_size = 512;

// The name of a unix socket, which a kernel makes inside, has 108 bytes.
constexpr std::size_t longest_parent = 64;

fs::path make_private_folder() {
  const char* chosen = std::getenv("TMPDIR");
  const std::string parent = chosen != nullptr && *chosen == '/' ? chosen : "/tmp";
  std::string name = (parent.size() <= longest_parent ? parent : "/tmp") + "/sockcr-guest-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw SystemError("mkdtemp", name, errno);
  return name;
}

void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw SystemError("write", path.string(), errno);
}

// A guest of User-mode Linux has no source of entropy: its getrandom would wait for ever.
std::string random_bytes() {
  std::string bytes(seed_size, '\0');
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw SystemError("getrandom", "", errno);
  }
  return bytes;
}

// The folder of the one release in it.
fs::path modules_of(const GuestImage& image) {
  if (image.modules.empty()) return {};
  const fs::directory_iterator releases(image.modules / "lib/modules");
  return releases == fs::directory_iterator() ? fs::path() : releases->path();
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (!file) throw SystemError("read", path.string(), errno);
  return bytes;
}

// As guest_init reads it: words that end with a zero byte.
std::string settings_for(const GuestPrograms& programs, const fs::path& output,
                         const fs::path& left) {
  const bool is_machine = programs.image.kind != ImageKind::user_mode;
  std::string text;
  for (const std::string& word :
       {std::string(is_machine ? "9p" : "hostfs"), modules_of(programs.image).string(),
        fs::current_path().string(), output.string(), left.string(), programs.agent.string()}) {
    text.append(word).push_back('\0');
  }
  for (char** variable = environ; *variable != nullptr; ++variable) {
    text.append(*variable).push_back('\0');
  }
  return text;
}

void own(const fs::path& path, const GuestUser& user) {
  if (!user.is_other) return;
  if (::lchown(path.c_str(), user.uid, user.gid) != 0) {
    throw SystemError("chown", path.string(), errno);
  }
}

void move_tree(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    const auto status = entry.symlink_status();
    if (fs::is_directory(status)) move_tree(entry.path(), target);
    if (fs::is_regular_file(status)) {
      fs::copy_file(entry.path(), target, fs::copy_options::overwrite_existing);
    }
  }
  fs::remove_all(from);
}

}  // namespace

GuestUser guest_user() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid(), false};
  return {nobody, nobody, true};
}

GuestFolder::GuestFolder(const GuestPrograms& programs, const fs::path& output)
    : path_(make_private_folder()), output_(output) {
  try {
    remover_.emplace(path_);
    fill(programs);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    throw;
  }
}

GuestFolder::~GuestFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void GuestFolder::fill(const GuestPrograms& programs) {
  const fs::path left = path_ / "left";
  fs::create_directory(left);
  const std::string settings = settings_for(programs, output_, left);
  programs.image.kind == ImageKind::user_mode ? fill_for_user_mode(programs, settings)
                                              : fill_for_machine(programs, settings);
  const GuestUser user = guest_user();
  own(path_, user);
  for (const auto& each : fs::directory_iterator(path_)) own(each.path(), user);
}

void GuestFolder::fill_for_user_mode(const GuestPrograms& programs, const std::string& settings) {
  fs::create_symlink(programs.init, path_ / "init");
  write_file(path_ / "settings", settings);
  write_file(path_ / "seed", random_bytes());
}

void GuestFolder::fill_for_machine(const GuestPrograms& programs, const std::string& settings) {
  Initrd initrd;
  initrd.add_folder("dev");
  initrd.add_device("dev/console", 5, 1);
  initrd.add_file("init", read_file(programs.init), 0755);
  initrd.add_file("settings", settings, 0600);
  initrd.add_file("seed", random_bytes(), 0600);
  std::string bytes = std::move(initrd).bytes();
  if (!programs.image.modules.empty()) bytes += read_file(programs.image.modules / "initrd");
  write_file(path_ / "initrd", bytes);
}

void GuestFolder::hand_over(const fs::path& directory) const {
  if (directory.empty()) return;
  const fs::path from = path_ / "left" / directory.lexically_relative(output_);
  if (fs::is_directory(fs::symlink_status(from))) move_tree(from, directory);
}

}  // namespace sockcr::runner
