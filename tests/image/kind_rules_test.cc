// Values that no kernel could have produced, of the kinds that are not an ordinary connection: one
// edit of a good image, one message. Each goes through a file, as it would come from a stranger.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cerrno>

#include "engine/image/encode.h"
#include "engine/image/image_error.h"
#include "engine/image/tcp_rules.h"
#include "engine/image/validate.h"
#include "tests/image/file_bytes.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::EndsWith;

struct Edit {
  void (*edit)(Image& image);
  const char* message;
};

template <class Kind>
Kind& at(Image& image, all_kinds::Place place) {
  return std::get<Kind>(image.sockets[place]);
}
TcpListener& listener(Image& i) { return at<TcpListener>(i, all_kinds::listener); }
TcpRequest& request(Image& i) { return at<TcpRequest>(i, all_kinds::request); }
TcpSynSent& syn_sent(Image& i) { return at<TcpSynSent>(i, all_kinds::syn_sent); }
TcpTimeWait& time_wait(Image& i) { return at<TcpTimeWait>(i, all_kinds::time_wait); }
TcpUnconnected& unconnected(Image& i) { return at<TcpUnconnected>(i, all_kinds::unconnected); }
UdpSocket& udp(Image& i) { return at<UdpSocket>(i, all_kinds::udp); }
UdpSocket& udp_lite(Image& i) { return at<UdpSocket>(i, all_kinds::udp_lite); }
UdpSocket& member(Image& i) { return at<UdpSocket>(i, all_kinds::member); }
RawSocket& raw(Image& i) { return at<RawSocket>(i, all_kinds::raw); }
RawSocket& raw_v6(Image& i) { return at<RawSocket>(i, all_kinds::raw_v6); }
template <all_kinds::Place place>
UnixSocket& un(Image& i) {
  return at<UnixSocket>(i, place);
}
constexpr auto unix_listener = un<all_kinds::unix_listener>,
               unix_client = un<all_kinds::unix_client>;
constexpr auto unix_child = un<all_kinds::unix_child>, unix_waiting = un<all_kinds::unix_waiting>;
constexpr auto unix_packets = un<all_kinds::unix_packets>, unix_dgram = un<all_kinds::unix_dgram>;
constexpr auto unix_named = un<all_kinds::unix_named>;
TcpConnection& established(Image& i) { return at<TcpConnection>(i, all_kinds::established); }
TcpConnection& child(Image& i) { return at<TcpConnection>(i, all_kinds::child); }
TcpConnection& orphan(Image& i) { return at<TcpConnection>(i, all_kinds::orphan); }
TcpConnection& reset(Image& i) { return at<TcpConnection>(i, all_kinds::reset); }

void repeat_first(std::vector<OptionValue>& options) { options.push_back(options.front()); }

constexpr Edit listeners[] = {
    {[](Image& i) { listener(i).domain = AF_UNIX; },
     "tcp_listener.domain: 1 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { listener(i).domain = AF_INET6; },
     "tcp_listener.local: family 2 on a socket of domain 10"},
    {[](Image& i) { listener(i).local.port = 0; }, "tcp_listener.local: 192.0.2.1:0 has no port"},
    {[](Image& i) { listener(i).backlog = 1u << 31; },
     "tcp_listener.backlog: 2147483648 is above 2147483647 (listen(2) takes an int)"},
    {[](Image& i) { repeat_first(listener(i).options); },
     "tcp_listener.option: level 1 number 15 stands here twice"},
    {[](Image& i) {
       listener(i).signed_peers = {{end_at(AF_INET, "192.0.2.2", 0), 33}};
     },
     "tcp_listener.signed_peer: 33 bits"},
};

constexpr Edit unconnected_ones[] = {
    {[](Image& i) { unconnected(i).domain = 0; },
     "tcp_unconnected.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { unconnected(i).local = end_at(AF_INET6, "ff02::1", 1); },
     "tcp_unconnected.local: [ff02::1]:1 is multicast (bind: EINVAL)"},
    {[](Image& i) { repeat_first(unconnected(i).options); },
     "tcp_unconnected.option: level 41 number 26 stands here twice"},
};

constexpr Edit clients[] = {
    {[](Image& i) { syn_sent(i).domain = 0; },
     "tcp_syn_sent.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { syn_sent(i).local.port = 0; },
     "tcp_syn_sent.local: [2001:db8::1]:0 has no port"},
    {[](Image& i) { syn_sent(i).remote.bytes = {}; },
     "tcp_syn_sent.remote: [::]:80 is unspecified"},
    {[](Image& i) { syn_sent(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 80); },
     "tcp_syn_sent.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { syn_sent(i).isn = 0; }, "tcp_syn_sent.isn: 0 means that none was chosen"},
    {[](Image& i) { syn_sent(i).last_syn = syn_sent(i).first_syn - 1; },
     "tcp_syn_sent.last_syn: -1 ticks from first_syn, not 0..600000"},
    {[](Image& i) { syn_sent(i).last_syn = syn_sent(i).first_syn + 600'001; },
     "tcp_syn_sent.last_syn: 600001 ticks from first_syn, not 0..600000"},
    {[](Image& i) {
       syn_sent(i).clock.microseconds = true;
       syn_sent(i).last_syn = syn_sent(i).first_syn + 600'000'001;
     },
     "tcp_syn_sent.last_syn: 600000001 ticks from first_syn, not 0..600000000"},
    {[](Image& i) { repeat_first(syn_sent(i).options); },
     "tcp_syn_sent.option: level 6 number 7 stands here twice"},
};

constexpr Edit requests[] = {
    {[](Image& i) { request(i).domain = 0; },
     "tcp_request.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { request(i).local.bytes = {}; },
     "tcp_request.local: 0.0.0.0:7001 is unspecified"},
    {[](Image& i) { request(i).remote.port = 0; }, "tcp_request.remote: 192.0.2.2:0 has no port"},
    {[](Image& i) {
       request(i).domain = AF_INET6;
       request(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       request(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7004);
     },
     "tcp_request.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { request(i).snt_isn = 0; }, "tcp_request.snt_isn: 0 means that none was chosen"},
    {[](Image& i) { request(i).negotiated.window_scaling = false; },
     "tcp_request.window_scaling: not agreed on, yet a shift is not 0"},
    {[](Image& i) { request(i).negotiated.rcv_wscale = 15; },
     "tcp_request.rcv_wscale: 15 is above 14 (RFC 7323 2.3)"},
};

constexpr Edit time_waits[] = {
    {[](Image& i) { time_wait(i).state = TcpState::fin_wait1; },
     "tcp_time_wait.state: FIN_WAIT1 is neither TIME_WAIT nor FIN_WAIT2"},
    {[](Image& i) { time_wait(i).domain = 0; },
     "tcp_time_wait.domain: 0 is neither AF_INET nor AF_INET6"},
    {[](Image& i) { time_wait(i).local.port = 0; }, "tcp_time_wait.local: 192.0.2.1:0 has no port"},
    {[](Image& i) { time_wait(i).remote.bytes = {}; },
     "tcp_time_wait.remote: 0.0.0.0:7006 is unspecified"},
    {[](Image& i) {
       time_wait(i).domain = AF_INET6;
       time_wait(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       time_wait(i).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7006);
     },
     "tcp_time_wait.remote: one end is IPv4-mapped and the other is not"},
    {[](Image& i) { time_wait(i).window = 65536u << 10; },
     "tcp_time_wait.window: 67108864 is above 65535 << rcv_wscale 10 (RFC 7323 2.3)"},
    {[](Image& i) { ++time_wait(i).window; },
     "tcp_time_wait.window: 65537 is not a multiple of 1 << rcv_wscale 10"},
    {[](Image& i) { time_wait(i).remaining_ms = 86'400'001; },
     "tcp_time_wait.remaining_ms: 86400001 is above 86400000 (no tcp_fin_timeout is as long)"},
};

constexpr Edit resets[] = {
    {[](Image& i) { reset(i).error = -1; }, "tcp_connection.error: -1 is below 0 (MAX_ERRNO)"},
    {[](Image& i) { established(i).error = ECONNRESET; },
     "tcp_connection.error: 104 in CLOSE_WAIT: it would have ended the connection"},
    {[](Image& i) { ++reset(i).write_seq; },
     "tcp_connection.write_seq: 1 from snd_una, but error 32 has emptied the send queue"},
    {[](Image& i) { reset(i).send_queue.push_back(0); },
     "tcp_connection.write_seq: 0 bytes lie between snd_una and write_seq, the send queue holds 1"},
    {[](Image& i) { reset(i).error = ECONNRESET; },  // no FIN came before, a number is left over
     "tcp_connection.rcv_nxt: 14 bytes lie between copied_seq and rcv_nxt, the receive queue holds "
     "13"},
};

constexpr Edit owners[] = {
    {[](Image& i) { child(i).owner = static_cast<Owner>(3); },
     "tcp_connection.owner: 3 is above 2"},
    {[](Image& i) { established(i).listener = 1; },
     "tcp_connection.listener: 1, but the connection belongs to a program"},
    {[](Image& i) { orphan(i).listener = 1; },
     "tcp_connection.listener: 1, but the connection belongs to nobody"},
    {[](Image& i) {
       child(i).state = TcpState::last_ack;
       ++child(i).write_seq;
     },
     "tcp_connection.owner: a connection in LAST_ACK has been accepted"},
    {[](Image& i) { child(i).state = TcpState::close; },
     "tcp_connection.owner: a connection in CLOSE has been accepted"},
    {[](Image& i) { orphan(i).state = TcpState::close_wait; },
     "tcp_connection.owner: no orphan is in CLOSE_WAIT"},
    {[](Image& i) { orphan(i).state = TcpState::close; },
     "tcp_connection.owner: no orphan is in CLOSE"},
    {[](Image& i) {
       child(i).send_queue = {1};
       ++child(i).write_seq;
     },
     "tcp_connection.owner: bytes were written before anybody accepted the connection"},
    {[](Image& i) {
       orphan(i).receive_queue = {1};
       orphan(i).copied_seq = orphan(i).rcv_nxt - 2;
     },
     "tcp_connection.owner: an orphan has 1 bytes unread, its program would have reset it"},
};

constexpr Edit queues[] = {
    {[](Image& i) { request(i).listener = 0; },
     "tcp_request.listener: 0, but the image has sockets 1..21"},
    {[](Image& i) { request(i).listener = 22; },
     "tcp_request.listener: 22, but the image has sockets 1..21"},
    {[](Image& i) { request(i).listener = 2; },
     "tcp_request.listener: socket 2 is a tcp_connection"},
    {[](Image& i) { child(i).listener = 0; },
     "tcp_connection.listener: 0, but the image has sockets 1..21"},
    {[](Image& i) { ++child(i).local.port; },
     "tcp_connection.listener: socket 1, tcp 192.0.2.1:7001 LISTEN, does not take what comes to "
     "192.0.2.1:7002"},
    {[](Image& i) { request(i).local.bytes[3] = 9; },
     "tcp_request.listener: socket 1, tcp 192.0.2.1:7001 LISTEN, does not take what comes to "
     "192.0.2.9:7001"},
    {[](Image& i) {
       listener(i).domain = AF_INET6;
       listener(i).local = end_at(AF_INET6, "::", 7001);
     },
     "tcp_connection.listener: socket 1, tcp [::]:7001 LISTEN, does not take what comes to "
     "192.0.2.1:7001"},
    {[](Image& i) {
       listener(i).domain = request(i).domain = AF_INET6;
       listener(i).local = end_at(AF_INET6, "::ffff:0.0.0.0", 7001);
       request(i).local = end_at(AF_INET6, "2001:db8::1", 7001);
       request(i).remote = end_at(AF_INET6, "2001:db8::2", 7004);
       i.sockets[all_kinds::child] = i.sockets[all_kinds::established];
     },
     "tcp_request.listener: socket 1, tcp [::ffff:0.0.0.0]:7001 LISTEN, does not take what comes "
     "to [2001:db8::1]:7001"},
};

void hold(Image& image, all_kinds::Place place) {
  image.where[place].holders = {{.pid = 9, .descriptor = 3, .close_on_exec = false}};
}

constexpr Edit holders[] = {
    {[](Image& i) { hold(i, all_kinds::request); },
     "socket_circumstance.holder: a request has no descriptor, yet descriptor 3 of process 9 is "
     "one"},
    {[](Image& i) { hold(i, all_kinds::time_wait); },
     "socket_circumstance.holder: a time-wait socket has no descriptor, yet descriptor 3 of "
     "process 9 is one"},
    {[](Image& i) { hold(i, all_kinds::child); },
     "socket_circumstance.holder: nobody has accepted the connection, yet descriptor 3 of process "
     "9 is one"},
    {[](Image& i) { hold(i, all_kinds::orphan); },
     "socket_circumstance.holder: the connection is an orphan, yet descriptor 3 of process 9 is "
     "one"},
};

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
     "udp_socket.corked: 2 are begun"},
    {[](Image& i) { member(i).corked[0].destination = end_at(AF_INET, "0.0.0.0", 1); },
     "udp_socket.corked: 0.0.0.0:1 is unspecified"},
    {[](Image& i) { member(i).corked[0].destination.port = 0; },
     "udp_socket.corked: 198.51.100.2:0 has no port"},
    {[](Image& i) { member(i).corked[0].source = end_at(AF_INET6, "::1", 1); },
     "udp_socket.corked: its ends are of two families"},
    {[](Image& i) { member(i).corked[0].payload.resize(65'001); },
     "udp_socket.corked: 65001 bytes"},
    {[](Image& i) { udp_lite(i).corked = {udp(i).queue[1]}; },
     "udp_socket.corked: of another family"},
};

constexpr Edit filters[] = {
    {[](Image& i) { member(i).filter.pop_back(); },
     "udp_socket.filter: 7 bytes are no whole instructions"},
    {[](Image& i) { member(i).filter[0] = 0; },
     "udp_socket.filter: its last instruction is no return"},
    {[](Image& i) { listener(i).filter = {6}; },
     "tcp_listener.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { syn_sent(i).filter = {6}; },
     "tcp_syn_sent.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { unconnected(i).filter = {6}; },
     "tcp_unconnected.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { established(i).filter = {6}; },
     "tcp_connection.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { child(i).filter = member(i).filter; },
     "tcp_connection.filter: no program holds the connection"},
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
    {[](Image& i) { raw(i).filter = {6}; }, "raw_socket.filter: 1 bytes are no whole instructions"},
    {[](Image& i) { raw_v6(i).memberships[0].sources = {end_at(AF_INET6, "::", 0)}; },
     "raw_socket.membership: ff15::1 on eth0: [::]:0 is unspecified"},
    {[](Image& i) { raw_v6(i).memberships[0].group = end_at(AF_INET, "239.1.0.1", 0); },
     "raw_socket.membership: 239.1.0.1 on eth0 is of another family"},
    {[](Image& i) { raw(i).in_kernel_order = true; },
     "raw_socket.in_kernel_order: it is member of no group"},
    {[](Image& i) { raw_v6(i).queue[0].device = "eth0"; },
     "raw_socket.device: datagram 1: it was sent to no group"},
};

constexpr Edit unix_ones[] = {
    {[](Image& i) { unix_dgram(i).type = static_cast<UnixType>(3); },
     "unix_socket.type: 3 is no type of unix socket"},
    {[](Image& i) {
       unix_dgram(i).name = {'a', 0, 'b'};
     },
     "unix_socket.name: a\\x00b: a path ends at a zero"},
    {[](Image& i) { unix_named(i).node.directory = {'/'}; },
     "unix_socket.node.directory: its name is not relative"},
    {[](Image& i) {
       unix_listener(i).node.directory = {'s', 'r', 'v'};
     },
     "unix_socket.node.directory: srv is no absolute path"},
    {[](Image& i) { unix_client(i).node.unlinked = true; },
     "unix_socket.node.mode: its name is no path"},
    {[](Image& i) { unix_listener(i).node.mode = 010000; },
     "unix_socket.node.mode: 4096 is above 4095"},
    {[](Image& i) { unix_named(i).listening = true; },
     "unix_socket.listening: a socket of datagrams neither listens nor waits to be accepted"},
    {[](Image& i) {
       unix_waiting(i).listener = 0;
       unix_waiting(i).listening = true;
     },
     "unix_socket.listening: it listens, and is connected"},
    {[](Image& i) { unix_child(i).backlog = 1; }, "unix_socket.backlog: it does not listen"},
    {[](Image& i) { unix_packets(i).peer = all_kinds::unix_client + 1; },
     "unix_socket.peer: it is there, and has gone"},
    {[](Image& i) { unix_child(i).peer_name = {'x'}; },
     "unix_socket.peer_name: there is no peer that has gone"},
    {[](Image& i) {
       unix_packets(i).peer_name = {'x', 0};
     },
     "unix_socket.peer_name: x\\x00: a path ends at a zero"},
    {[](Image& i) { unix_packets(i).shut_down_send = false; },
     "unix_socket.peer_gone: its peer has gone, yet it is open"},
    {[](Image& i) { unix_waiting(i).peer_gone = false; },
     "unix_socket.listener: it waits, and is not connected"},
    {[](Image& i) { unix_child(i).error = EPIPE; },
     "unix_socket.error: 32 is no error of a unix socket"},
    {[](Image& i) { repeat_first(unix_listener(i).options); },
     "unix_socket.option: level 1 number 16 stands here twice"},
    {[](Image& i) { unix_listener(i).queue.push_back({.payload = {'x'}}); },
     "unix_socket.peer: not connected, yet it has received"},
    {[](Image& i) { unix_client(i).queue[1].sender = {'x'}; },
     "unix_socket.sender: message 2: it tells who sent it"},
    {[](Image& i) { unix_named(i).queue[0].sender.push_back(0); },
     "unix_socket.sender: message 1: /run/client\\x00: a path ends at a zero"},
    {[](Image& i) { unix_packets(i).queue[0].out_of_band = true; },
     "unix_socket.out_of_band: message 1: only streams have such bytes"},
    {[](Image& i) { unix_client(i).queue[2].out_of_band = true; },
     "unix_socket.out_of_band: message 3: 40 bytes"},
    {[](Image& i) { unix_client(i).queue[0] = unix_client(i).queue[1]; },
     "unix_socket.out_of_band: message 2: the second one"},
    {[](Image& i) { unix_client(i).queue[0].payload.clear(); },
     "unix_socket.payload: message 1: it is empty"},
    {[](Image& i) { unix_client(i).queue[2].rights.resize(254, {1}); },
     "unix_socket.right: message 3: 254 of them, a message has at most 253"},
    {[](Image& i) { unix_client(i).queue[0].credentials.pid = 1; },
     "unix_socket.credentials: message 1: they are not there, and are told"},
};

constexpr Edit unix_links[] = {
    {[](Image& i) { unix_dgram(i).peer = 100; }, "unix_socket.peer: socket 100 is no unix socket"},
    {[](Image& i) { unix_dgram(i).peer = 1; }, "unix_socket.peer: socket 1 is no unix socket"},
    {[](Image& i) { unix_dgram(i).peer = all_kinds::unix_packets + 1; },
     "unix_socket.peer: socket 16, unix seqpacket without a name, cannot be it"},
    {[](Image& i) { unix_child(i).peer = all_kinds::unix_waiting + 1; },
     "unix_socket.peer: socket 14 is connected to 15"},
    {[](Image& i) { unix_waiting(i).listener = 2; },
     "unix_socket.listener: socket 2 is no unix socket"},
    {[](Image& i) { unix_waiting(i).name = {'x'}; },
     "unix_socket.listener: socket 12, unix stream run/app.sock LISTEN, does not take it"},
    {[](Image& i) { unix_client(i).queue[2].rights[0].socket = 0; },
     "unix_message.right: 0, but the image has sockets 1..21"},
    {[](Image& i) { unix_client(i).queue[2].rights[1].socket = all_kinds::time_wait + 1; },
     "unix_message.right: socket 7: a time-wait socket has no descriptor"},
    {[](Image& i) { hold(i, all_kinds::unix_waiting); },
     "socket_circumstance.holder: nobody has accepted the connection, yet descriptor 3 of process "
     "9 is one"},
};

const std::span<const Edit> all_edits[] = {
    listeners, unconnected_ones, clients, requests, time_waits, resets,  owners,    queues,
    holders,   datagrams,        groups,  corks,    filters,    raw_ones, unix_ones, unix_links};

TEST(KindRules, RefuseWhatNoKernelCouldHaveProduced) {
  ASSERT_EQ(verdict(encode(all_kinds_image())), "accepted");
  for (const auto& edits : all_edits) {
    for (const Edit& edit : edits) {
      Image image = all_kinds_image();
      edit.edit(image);
      EXPECT_THAT(verdict(encode(image)), EndsWith(edit.message));
      EXPECT_THROW(validate(image), ImageError) << edit.message;
    }
  }
}

template <class Kind>
bool some_edit_breaks(const Rule<Kind>& rule) {
  for (const auto& edits : all_edits) {
    for (const Edit& edit : edits) {
      Image image = all_kinds_image();
      edit.edit(image);
      for (const Socket& socket : image.sockets) {
        const auto* const kind = std::get_if<Kind>(&socket);
        if (kind != nullptr && !rule.broken(*kind).empty()) return true;
      }
    }
  }
  return false;
}

template <class Kind>
class RulesOf : public testing::Test {};
using Kinds = testing::Types<TcpListener, TcpSynSent, TcpRequest, TcpTimeWait, TcpUnconnected,
                             UdpSocket, RawSocket, UnixSocket>;
TYPED_TEST_SUITE(RulesOf, Kinds);

// A rule that no edit above breaks is a rule that nobody has seen fail.
TYPED_TEST(RulesOf, EachHasBeenSeenToFail) {
  ASSERT_FALSE(rules<TypeParam>().empty());
  for (const Rule<TypeParam>& rule : rules<TypeParam>()) {
    EXPECT_TRUE(some_edit_breaks(rule))
        << "rule " << &rule - rules<TypeParam>().data() << " on " << rule_of(rule.attribute).name;
  }
}

TEST(KindRules, AWildcardListenerTakesWhatComesToItsPort) {
  Image image = all_kinds_image();
  listener(image).local.bytes = {};
  EXPECT_EQ(verdict(encode(image)), "accepted");
  ++listener(image).local.port;
  EXPECT_THAT(verdict(encode(image)), EndsWith("tcp 0.0.0.0:7002 LISTEN, does not take what comes "
                                               "to 192.0.2.1:7001"));
}

TEST(KindRules, AListenerOfBothFamiliesTakesMappedClients) {
  Image image = all_kinds_image();
  listener(image).domain = child(image).domain = request(image).domain = AF_INET6;
  child(image).local = request(image).local = end_at(AF_INET6, "::ffff:192.0.2.1", 7001);
  child(image).remote = request(image).remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7004);
  for (const char* const wildcard : {"::", "::ffff:0.0.0.0"}) {
    listener(image).local = end_at(AF_INET6, wildcard, 7001);
    EXPECT_EQ(verdict(encode(image)), "accepted") << wildcard;
  }
}

TEST(KindRules, AListenerMayStandBehindWhatWaitsInItsQueue) {
  Image image = all_kinds_image();
  std::swap(image.sockets[all_kinds::listener], image.sockets[all_kinds::unconnected]);
  child(image).listener = request(image).listener = all_kinds::unconnected + 1;
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

// bind(2) takes them; a program may have done it.
TEST(KindRules, AnIPv4SocketMayBeBoundToMulticast) {
  Image image = all_kinds_image();
  unconnected(image) = {.domain = AF_INET, .local = end_at(AF_INET, "224.0.0.1", 0), .options = {}};
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

TEST(KindRules, AClientMayBeResetBeforeAnybodyAcceptsIt) {
  Image image = all_kinds_image();
  child(image).state = TcpState::close;
  child(image).error = EPIPE;
  child(image).remote = {};
  EXPECT_EQ(verdict(encode(image)), "accepted");
}

TEST(KindRules, OffsetsInAQueueAreThoseOfTheListenersNumber) {
  Image image = all_kinds_image();
  child(image).listener = 2;
  const Bytes file = encode(image);
  EXPECT_EQ(verdict(file), "image refused at offset " +
                               std::to_string(find_attribute(file, Attribute::listener)) +
                               ": tcp_connection.listener: socket 2 is a tcp_connection");
}

TEST(KindRules, InMemoryTheSocketIsNamed) {
  Image image = all_kinds_image();
  request(image).listener = 2;
  try {
    validate(image);
    FAIL() << "accepted";
  } catch (const ImageError& refusal) {
    EXPECT_STREQ(refusal.what(),
                 "image refused: socket 4: tcp_request.listener: socket 2 is a tcp_connection");
  }
}

// Reset connections of every error that SO_ERROR can tell.
TEST(KindRules, AResetMayHaveComeBeforeAFin) {
  for (const int error : {ECONNRESET, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ECONNABORTED}) {
    Image image = all_kinds_image();
    reset(image).error = error;
    --reset(image).rcv_nxt;
    EXPECT_EQ(verdict(encode(image)), "accepted") << error;
  }
}

}  // namespace
}  // namespace sockcr
