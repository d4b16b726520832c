// What a guest has of the host's files for itself: one private folder, gone with this object, and
// with this process, however that ends.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/runner/guest/guest_image.h"
#include "scenarios/runner/guest/remover.h"

namespace sockcr::runner {

// Who the guest's process is: nobody where we are root, so that a broken kernel that writes to the
// host's files meets the host's permissions; otherwise ourselves.
struct GuestUser {
  uid_t uid;
  gid_t gid;
  bool is_other;                        // than we are
  std::optional<gid_t> device_group{};  // whose member it must be
};
GuestUser guest_user();

class GuestFolder {
 public:
  // With what the guest's kernel begins with: User-mode Linux calls `init`, which finds its
  // settings beside it; a virtual machine has both in `initrd`. Cases leave things in `left`, and
  // think that they leave them in `output`. Throws SystemError.
  GuestFolder(const GuestPrograms& programs, const std::filesystem::path& output);
  ~GuestFolder();
  GuestFolder(const GuestFolder&) = delete;
  GuestFolder& operator=(const GuestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Moves what the guest left for `directory`, which is inside the output folder, there. Only
  // files and folders: a link could lead anywhere.
  void hand_over(const std::filesystem::path& directory) const;

 private:
  void fill(const GuestPrograms& programs);
  void fill_for_user_mode(const GuestPrograms& programs, const std::string& settings);
  void fill_for_machine(const GuestPrograms& programs, const std::string& settings);

  std::filesystem::path path_, output_;
  std::optional<Remover> remover_;
};

}  // namespace sockcr::runner
