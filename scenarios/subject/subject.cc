// The process that holds ours' sockets: it inherits them and does nothing else, until somebody
// kills it. Static and without a library's start-up threads, so that any engine can take it apart.
#include <unistd.h>

int main() {
  for (;;) ::pause();
}
