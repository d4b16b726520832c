#pragma once

#include <string>
#include <string_view>

namespace sockcr::runner {

// `text` with a question mark for whatever XML 1.0 cannot hold, even escaped: control characters,
// bytes that are no UTF-8, U+FFFE and U+FFFF. A report may quote any byte.
std::string xml_text(std::string_view text);

}  // namespace sockcr::runner
