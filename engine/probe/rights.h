#pragma once

namespace sockcr {

// Whether capability `number` (CAP_SYS_ADMIN, ...) is effective in this process's user namespace.
bool has_capability(int number);

}  // namespace sockcr
