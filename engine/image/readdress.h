// An image whose sockets have moved to another address: of a machine that could not take its own
// along, or of a peer that is told where the other end has gone.
#pragma once

#include "engine/image/image.h"

namespace sockcr {

// Wherever `from` stands, as the local or the remote end of a socket, `to` stands instead; ports,
// and all that is not an address, stay. The same call serves both ends of a connection: applied to
// the image of the one that moves it changes where its sockets are, applied to an image of the
// other end it changes to whom they are connected. Both images must be changed, or the two ends
// send past each other.
//
//   moved machine   192.0.2.1:7001 > 192.0.2.2:7002   becomes   192.0.2.3:7001 > 192.0.2.2:7002
//   its peer        192.0.2.2:7002 > 192.0.2.1:7001   becomes   192.0.2.2:7002 > 192.0.2.3:7001
//
// The ports of `from` and `to` mean nothing. An IPv4 address stands for its mapped form
// (::ffff:192.0.2.1) too. Wildcard addresses stay: they take what comes to any.
//
// Throws Unsupported for two addresses of different families, for one that is unspecified, and for
// what nobody has accepted yet and negotiated time stamps: its clock is the kernel's own, made from
// the two addresses, and would jump.
Image readdress(Image image, const Address& from, const Address& to);

}  // namespace sockcr
