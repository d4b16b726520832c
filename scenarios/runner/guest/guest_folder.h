// What a guest has of the host's files for itself: one private folder, gone with this object.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <string>
#include <string_view>

namespace sockcr::runner {

// Who the guest's process is: nobody where we are root, so that a broken kernel that writes to the
// host's files meets the host's permissions; otherwise ourselves.
struct GuestUser {
  uid_t uid;
  gid_t gid;
  bool is_other;  // than we are
};
GuestUser guest_user();

class GuestFolder {
 public:
  // With the guest's first program (`init`), its settings, and `left` for what cases leave.
  // `program` is guest_init, `agent` what it shall run; `output` is where cases think they leave
  // it. Throws SystemError.
  GuestFolder(const std::filesystem::path& program, const std::filesystem::path& agent,
              const std::filesystem::path& output);
  ~GuestFolder();
  GuestFolder(const GuestFolder&) = delete;
  GuestFolder& operator=(const GuestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Moves what the guest left for `directory`, which is inside the output folder, there. Only
  // files and folders: a link could lead anywhere.
  void hand_over(const std::filesystem::path& directory) const;

 private:
  std::filesystem::path path_, output_;
};

}  // namespace sockcr::runner
