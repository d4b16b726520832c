// What a guest has besides files.
#pragma once

#include <string>

#include "scenarios/guest_init/settings.h"

namespace sockcr::guest {

void make_devices();

// A guest of User-mode Linux has no source of entropy, an emulated one has it late.
void feed_entropy(const std::string& seed);

void raise_loopback();

// The line to the host becomes descriptor `number`.
void open_channel(const Settings& settings, int number);

}  // namespace sockcr::guest
