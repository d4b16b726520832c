// What fcntl(2) tells of the open file behind a socket, and takes. Any descriptor of it will do,
// one that was taken out of another process too.
#pragma once

#include <sys/types.h>

#include "engine/image/open_file.h"

namespace sockcr {

struct OwnedFile {
  OpenFile file;
  pid_t owner = 0;  // in the caller's pid namespace; 0: nobody, or nobody whom we see
};
OwnedFile read_open_file(int socket);

// Its flags and its signal. A new socket needs no right for it.
void write_open_file(int socket, const OpenFile& file);

// The kernel lets its signals go where the caller's credentials may send them, not the old owner's
// (F_GETOWNER_UIDS). Throws SystemError, ESRCH where nobody has that number.
void write_owner(int socket, SignalOwner kind, pid_t owner);

// A signal tells the descriptor by which O_ASYNC was switched on (si_fd): this one, from here on.
void tell_of_signals_by(int descriptor);

}  // namespace sockcr
