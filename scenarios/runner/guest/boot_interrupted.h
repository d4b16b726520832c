#pragma once

namespace sockcr::runner {

// Thrown for Ctrl-C while a guest boots, or what it boots from is fetched.
struct BootInterrupted {};

}  // namespace sockcr::runner
