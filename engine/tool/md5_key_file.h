// The file of --md5-key.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/process/md5_key.h"

namespace sockcr {

// One key a line, "ADDRESS[/PREFIX] KEY": up to 80 bytes of text, or of hexadecimal digits behind
// 0x. Empty lines and those that begin with # count for nothing. Throws WrongUse, which names the
// line and never shows a key. `name` is the file's, for that.
std::vector<Md5Key> parse_md5_key_file(std::string_view text, const std::string& name);

// No path: no keys. Throws SystemError where it cannot be read.
std::vector<Md5Key> read_md5_key_file(const std::string& path);

}  // namespace sockcr
