#include "scenarios/runner/guest/guest_folder.h"

#include <sys/random.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "engine/sys/error.h"

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

// As guest_init.cc reads it: words that end with a zero byte.
std::string settings_for(const fs::path& agent, const fs::path& output, const fs::path& left) {
  std::string text;
  for (const std::string& word :
       {fs::current_path().string(), output.string(), left.string(), agent.string()}) {
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

GuestFolder::GuestFolder(const fs::path& program, const fs::path& agent, const fs::path& output)
    : path_(make_private_folder()), output_(output) {
  try {
    const GuestUser user = guest_user();
    const fs::path left = path_ / "left";
    fs::create_symlink(program, path_ / "init");
    fs::create_directory(left);
    write_file(path_ / "settings", settings_for(agent, output, left));
    write_file(path_ / "seed", random_bytes());
    for (const fs::path& each : {path_, left, path_ / "settings", path_ / "seed"}) own(each, user);
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

void GuestFolder::hand_over(const fs::path& directory) const {
  if (directory.empty()) return;
  const fs::path from = path_ / "left" / directory.lexically_relative(output_);
  if (fs::is_directory(fs::symlink_status(from))) move_tree(from, directory);
}

}  // namespace sockcr::runner
