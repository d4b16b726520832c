#pragma once

namespace sockcr {

// Throws Refused when the ssh connection that this shell came by ($SSH_CONNECTION) runs through the
// calling thread's network namespace: a gate that stays closed would block it, and with it the one
// who could open the gate.
void refuse_own_ssh();

}  // namespace sockcr
