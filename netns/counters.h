// The kernel's own counts of a network namespace: the second witness.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/sys/setns.h"

namespace sockcr::netns {

// By the names of nstat(8): "TcpOutRsts", "TcpExtPAWSActive", "Ip6InReceives".
using Counters = std::map<std::string, std::int64_t, std::less<>>;

// Of the calling thread's namespace, or of another. Throws SystemError.
Counters read_counters();
Counters read_counters(const NetworkNamespace& inside);

// What moved between two readings, without the zeros.
Counters difference(const Counters& before, const Counters& after);

// 0 for a name that is not there: a kernel leaves out what it cannot count.
std::int64_t value_of(const Counters& counters, std::string_view name);

// The two formats of /proc/net, added to `counters`: pairs of lines (snmp, netstat) and one name
// a line (snmp6).
void parse_line_pairs(std::string_view text, Counters& counters);
void parse_name_lines(std::string_view text, Counters& counters);

}  // namespace sockcr::netns
