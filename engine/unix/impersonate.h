#pragma once

#include <functional>

#include "engine/image/unix_socket.h"

namespace sockcr {

// `act` done by somebody who has these numbers: a process that shares this one's descriptors and is
// born for it (clone3 with set_tid, Linux 5.5, CAP_CHECKPOINT_RESTORE; CAP_SETUID and CAP_SETGID
// for other ids). What `act` does to this process's memory is lost. False, and nothing is done,
// where the kernel does not let it: another process has that number, or rights are missing. Throws
// SystemError as `act` does.
[[nodiscard]] bool act_as(const Credentials& who, const std::function<void()>& act);

}  // namespace sockcr
