// Which keys of MD5 signatures (RFC 2385) a checkpoint and a restore must have been given.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/image/image.h"
#include "engine/process/diag.h"

namespace sockcr {

// Whose signatures the image has to know of. `where` is whose socket `found` is. Throws
// Unsupported, which names the peer and the option: a key that was not given, or is not the
// socket's, could not be given back.
std::vector<SignedPeer> signed_peers_of(const TcpDiag& found, std::span<const Md5Key> given,
                                        const std::string& where);

// The keys of a socket that is to be restored, for just its peers. Throws Unsupported likewise.
std::vector<Md5Key> keys_of(const Socket& socket, std::span<const Md5Key> given);

}  // namespace sockcr
