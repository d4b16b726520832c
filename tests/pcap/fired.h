// What the rules say of a capture.
#pragma once

#include <set>
#include <string>

#include "pcap/rule.h"

namespace sockcr::pcap::test {

std::set<std::string> fired(const Evidence& evidence);  // the names of the rules that it breaks
std::string story(const Evidence& evidence);            // a line for each breach

}  // namespace sockcr::pcap::test
