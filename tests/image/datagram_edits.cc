#include "tests/image/kind_edits.h"

namespace sockcr {
namespace {

constexpr Edit datagrams[] = {
    {[](Image& i) { udp(i).domain = AF_UNIX; },
     "udp_socket.domain: 1 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { udp(i).local = end_at(AF_INET6, "ff02::1", 7008); },
     "udp_socket.local: [ff02::1]:7008 is multicast (bind: EINVAL)"},
    {[](Image& i) { udp_lite(i).remote.port = 0; }, "udp_socket.remote: 192.0.2.2:0 has no port"},
    {[](Image& i) { udp_lite(i).remote = end_at(AF_INET, "0.0.0.0", 7); },
     "udp_socket.remote: 0.0.0.0:7 is unspecified"},
    {[](Image& i) { udp_lite(i).local = {}; }, "udp_socket.remote: connected, yet it is not bound"},
    {[](Image& i) {
       udp(i).local = end_at(AF_INET6, "::ffff:192.0.2.1", 7008);
       udp(i).remote = end_at(AF_INET6, "2001:db8::2", 7002);
     },
     "udp_socket.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { repeat_first(udp(i).options); },
     "udp_socket.option: level 1 number 15 stands here twice"},
    {[](Image& i) { udp(i).local.port = 0; }, "udp_socket.local: not bound, yet it has received"},
    {[](Image& i) { udp(i).queue[1].source = end_at(AF_INET6, "ff02::1", 7002); },
     "udp_socket.source: datagram 2: [ff02::1]:7002 is multicast (bind: EINVAL)"},
    {[](Image& i) { udp(i).queue[2].source = end_at(AF_INET6, "::ffff:224.0.0.1", 7002); },
     "udp_socket.source: datagram 3: [::ffff:224.0.0.1]:7002 is multicast"},
    {[](Image& i) { udp(i).queue[0].destination.port = 9; },
     "udp_socket.destination: datagram 1: [2001:db8::1]:9 is not port 7008"},
    {[](Image& i) { udp(i).queue[0].destination = end_at(AF_INET6, "::", 7008); },
     "udp_socket.destination: datagram 1: [::]:7008 is unspecified"},
    {[](Image& i) { udp(i).queue[2].source = end_at(AF_INET6, "2001:db8::2", 7002); },
     "udp_socket.destination: datagram 3: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { udp(i).queue[1].flow_label = 1u << 20; },
     "datagram.flow_label: 1048576 is above 1048575 (RFC 8200 6)"},
};

constexpr Edit groups[] = {
    {[](Image& i) { member(i).memberships[0].group = end_at(AF_INET, "192.0.2.1", 0); },
     "udp_socket.membership: 192.0.2.1 on eth1: it is no group"},
    {[](Image& i) { member(i).memberships[2].group = end_at(AF_INET6, "::ffff:239.1.0.1", 0); },
     "on eth0: [::ffff:239.1.0.1]:0 is no host"},
    {[](Image& i) { member(i).memberships[0].group.port = 1; },
     "udp_socket.membership: 239.1.0.2 on eth1: 239.1.0.2:1 is no host"},
    {[](Image& i) { std::swap(member(i).memberships[0], member(i).memberships[2]); },
     "udp_socket.membership: those of IPv4 do not come first"},
    {[](Image& i) { member(i).memberships[0] = member(i).memberships[1]; },
     "udp_socket.membership: 239.1.0.1 on eth0 stands here twice"},
    {[](Image& i) { member(i).memberships[0].sources.clear(); },
     "udp_socket.membership: 239.1.0.2 on eth1: it hears nobody"},
    {[](Image& i) { member(i).memberships[0].sources.resize(513, end_at(AF_INET, "1.2.3.4", 0)); },
     "udp_socket.membership: 239.1.0.2 on eth1: 513 sources"},
    {[](Image& i) { member(i).memberships[0].sources.push_back(end_at(AF_INET, "239.1.0.9", 0)); },
     "udp_socket.membership: 239.1.0.2 on eth1: 239.1.0.9 is multicast"},
    {[](Image& i) {
       auto& sources = member(i).memberships[0].sources;
       sources.push_back(Address(sources[0]));
     },
     "udp_socket.membership: 239.1.0.2 on eth1: 198.51.100.2 stands here twice"},
    {[](Image& i) { member(i).memberships[2].chosen_by = end_at(AF_INET, "192.0.2.1", 0); },
     "udp_socket.membership: ff15::1 on eth0: an IPv4 address has chosen the device"},
    {[](Image& i) {
       const Membership last = member(i).memberships.back();
       member(i).memberships.resize(1025, last);
     },
     "udp_socket.membership: 1025 of them"},
    {[](Image& i) { udp(i).in_kernel_order = true; },
     "udp_socket.in_kernel_order: it is member of no group"},
    {[](Image& i) { member(i).queue[0].device = "eth1"; },
     "udp_socket.device: datagram 1: no member of ::ffff:239.1.0.1 on 'eth1'"},
    {[](Image& i) { udp(i).queue[1].device = "eth0"; },
     "udp_socket.device: datagram 2: it was sent to no group"},
};

constexpr Edit corks[] = {
    {[](Image& i) { member(i).corked.push_back(Datagram(member(i).corked[0])); },
     "udp_socket.corked_datagram: 2 are begun"},
    {[](Image& i) { member(i).corked[0].destination = end_at(AF_INET, "0.0.0.0", 1); },
     "udp_socket.corked_datagram: 0.0.0.0:1 is unspecified"},
    {[](Image& i) { member(i).corked[0].destination.port = 0; },
     "udp_socket.corked_datagram: 198.51.100.2:0 has no port"},
    {[](Image& i) { member(i).corked[0].source = end_at(AF_INET6, "::1", 1); },
     "udp_socket.corked_datagram: its ends are of two families"},
    {[](Image& i) { member(i).corked[0].payload.resize(65'001); },
     "udp_socket.corked_datagram: 65001 bytes"},
    {[](Image& i) { udp_lite(i).corked = {udp(i).queue[1]}; },
     "udp_socket.corked_datagram: of another family"},
};

constexpr Edit filters[] = {
    {[](Image& i) { member(i).filter.code.pop_back(); },
     "udp_socket.filter: 7 bytes are no whole instructions"},
    {[](Image& i) { member(i).filter.code[0] = 0; },
     "udp_socket.filter: its last instruction is no return"},
    {[](Image& i) { listener(i).filter.code = {6}; },
     "tcp_listener.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { syn_sent(i).filter.code = {6}; },
     "tcp_syn_sent.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { unconnected(i).filter.code = {6}; },
     "tcp_unconnected.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { established(i).filter.code = {6}; },
     "tcp_connection.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { child(i).filter = member(i).filter; },
     "tcp_connection.filter: no program holds the connection"},
    {[](Image& i) { member(i).filter.program = 7; },
     "udp_socket.filter: classic BPF and eBPF at once"},
    {[](Image& i) { listener(i).filter.program_tag = 7; },
     "tcp_listener.filter: a tag of no program"},
    {[](Image& i) { raw(i).filter.program = unread_program; },
     "raw_socket.program_id: 4294967295 is above 2147483647 (idr_alloc_cyclic gives an int)"},
};

constexpr Edit raw_ones[] = {
    {[](Image& i) { raw(i).domain = AF_UNIX; },
     "raw_socket.domain: 1 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { raw(i).protocol = 0; }, "raw_socket.protocol: 0 is below 1"},
    {[](Image& i) { raw(i).local.port = 253; }, "raw_socket.local: port 253"},
    {[](Image& i) { raw_v6(i).local = end_at(AF_INET6, "::ffff:192.0.2.1", 0); },
     "raw_socket.local: ::ffff:192.0.2.1 is IPv4-mapped"},
    {[](Image& i) { raw(i).remote = end_at(AF_INET6, "2001:db8::2", 0); },
     "raw_socket.remote: family 10 on a socket of domain 2"},
    {[](Image& i) { raw(i).options.push_back(OptionValue(raw(i).options[0])); },
     "raw_socket.option: level 0 number 5 stands here twice"},
    {[](Image& i) { raw_v6(i).queue[0].source.port = 1; },
     "raw_socket.source: datagram 1: [2001:db8::2]:1 has a port"},
    {[](Image& i) { raw_v6(i).queue[0].destination.port = 1; },
     "raw_socket.destination: datagram 1: [2001:db8::1]:1 has a port"},
    {[](Image& i) { raw(i).queue[0].payload.resize(19); },
     "raw_socket.payload: datagram 1: 19 bytes are no packet"},
    {[](Image& i) { raw(i).queue[0].payload[0] = 0x65; },
     "raw_socket.payload: datagram 1: its version is 6"},
    {[](Image& i) { raw(i).queue[0].payload[0] = 0x47; },
     "raw_socket.payload: datagram 1: its header has 28 bytes"},
    {[](Image& i) { raw(i).queue[0].payload.push_back(0); },
     "raw_socket.payload: datagram 1: 25 bytes long, and its header says 24"},
    {[](Image& i) { raw(i).queue[0].payload[9] = 1; },
     "raw_socket.payload: datagram 1: protocol 1 on a socket of 253"},
    {[](Image& i) { raw(i).queue[0].hop_limit = 1; },
     "raw_socket.payload: datagram 1: its header says otherwise"},
    {[](Image& i) { raw(i).filter.code = {6}; },
     "raw_socket.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { raw_v6(i).memberships[0].sources = {end_at(AF_INET6, "::", 0)}; },
     "raw_socket.membership: ff15::1 on eth0: [::]:0 is unspecified"},
    {[](Image& i) { raw_v6(i).memberships[0].group = end_at(AF_INET, "239.1.0.1", 0); },
     "raw_socket.membership: 239.1.0.1 on eth0 is of another family"},
    {[](Image& i) { raw(i).in_kernel_order = true; },
     "raw_socket.in_kernel_order: it is member of no group"},
    {[](Image& i) { raw_v6(i).queue[0].device = "eth0"; },
     "raw_socket.device: datagram 1: it was sent to no group"},
};

}  // namespace

std::vector<std::span<const Edit>> edits_of_datagrams() {
  return {datagrams, groups, corks, filters, raw_ones};
}

}  // namespace sockcr
