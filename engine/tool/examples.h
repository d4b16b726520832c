// The ends of the --help texts.
#pragma once

namespace sockcr {

inline constexpr const char* checkpoint_examples =
    "All TCP of the network namespace is blocked from now until restore or release, so that no\n"
    "peer is told that the program is gone. Whatever fails, or Ctrl-C, leaves all as it was.\n"
    "\n"
    "Of --md5-key FILE each line is ADDRESS[/PREFIX] KEY, of the peers whose segments are signed:\n"
    "text, or hexadecimal digits behind 0x. A line that begins with # is a comment. The keys are\n"
    "compared with the kernel's, and are in no image: restore needs them once more.\n"
    "\n"
    "  sockcr checkpoint --pid 1234 -o server.image      one program\n"
    "  sockcr checkpoint --pid 1234 --tree -o all.image  with its children\n"
    "  sockcr checkpoint --netns /run/netns/blue -o blue.image\n"
    "  sockcr checkpoint --pid 1234 -o - | ssh there sockcr restore -i - -- server --resume\n"
    "  sockcr checkpoint --pid 1234 -o now.image --leave-running\n"
    "\n"
    "Exit: 0 done; 1 refused by name; 125 trouble; 129 wrong usage; 130, 143 interrupted";

inline constexpr const char* restore_examples =
    "The command runs as this very process: its pid, signals and exit code are the command's. It\n"
    "has every socket at the descriptor number that it had, not close-on-exec. A failure before\n"
    "the gate opens leaves nothing behind, and a gate that stood still stands: try again.\n"
    "\n"
    "Flags such as O_NONBLOCK are kept. Signals of O_ASYNC that went to an old program go to the\n"
    "command, which inherits that they are ignored: it has to say what it does with them, and\n"
    "then to look once what has come meanwhile.\n"
    "\n"
    "  sockcr restore -i server.image -- server --resume --listen-fd 3\n"
    "  sockcr restore -i server.image --netns /run/netns/blue -- server --resume\n"
    "  sockcr restore -i bgpd.image --md5-key bgpd.keys -- bgpd --resume\n"
    "  ssh there cat server.image | sockcr restore -i - -- server --resume\n"
    "\n"
    "Exit: the command's; before it runs 1 refused by name; 125 trouble; 129 wrong usage;\n"
    "130, 143 interrupted";

inline constexpr const char* release_examples =
    "What was not restored is reset when its peer sends next. Without a gate there is nothing to\n"
    "do, and that is no error.\n"
    "\n"
    "  sockcr release -i server.image";

inline constexpr const char* rescue_examples =
    "Without an ID: lists the gates that stand. Not built yet: sockets in repair mode, and\n"
    "programs that are stopped.\n"
    "\n"
    "  sockcr rescue\n"
    "  sockcr rescue 5f1c0e6a9d2b4a77\n"
    "  sockcr rescue --all --netns /run/netns/blue";

inline constexpr const char* readdress_examples =
    "For sockets that cannot take their address along. Both ends must be told: the image of the\n"
    "one that moves, and an image of its peer, whose remote address it is. Ports stay.\n"
    "\n"
    "  sockcr readdress server.image --from 192.0.2.1 --to 192.0.2.3 -o there.image\n"
    "  sockcr readdress client.image --from 192.0.2.1 --to 192.0.2.3 -o told.image\n"
    "\n"
    "Exit: 0 done; 1 refused, or no socket has the address; 125 trouble; 129 wrong usage";

}  // namespace sockcr
