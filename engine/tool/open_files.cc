#include "engine/tool/open_files.h"

#include <algorithm>

namespace sockcr {

MoreOpenFiles::MoreOpenFiles() {
  ::getrlimit(RLIMIT_NOFILE, &before_);
  const rlimit most{before_.rlim_max, before_.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &most);
}

MoreOpenFiles::~MoreOpenFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

void leave_room_above(int highest) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto taken = static_cast<rlim_t>(highest) + 1;
  if (taken <= limit.rlim_cur) return;
  limit.rlim_cur = std::min(limit.rlim_max, taken + limit.rlim_cur);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace sockcr
