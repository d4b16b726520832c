// What the host tells a guest, in words that end with a zero byte, in this order.
#pragma once

#include <string>
#include <vector>

namespace sockcr::guest {

struct Settings {
  std::string files;    // how the host's files are had: "hostfs" (User-mode Linux) or "9p"
  std::string modules;  // the host's folder of this kernel's modules; "": none
  std::string working_directory;
  std::string output;  // where cases leave what they find; "": nowhere
  std::string left;    // hostfs: the host's folder for that
  std::string agent;
  std::vector<std::string> environment;  // NAME=VALUE
};

Settings settings_in(const std::string& bytes);

// All of a file.
std::string contents(const std::string& path);

}  // namespace sockcr::guest
