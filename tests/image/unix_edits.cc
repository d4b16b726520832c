#include <cerrno>

#include "tests/image/kind_edits.h"

namespace sockcr {
namespace {

template <all_kinds::Place place>
UnixSocket& un(Image& i) {
  return at<UnixSocket>(i, place);
}
constexpr auto unix_listener = un<all_kinds::unix_listener>,
               unix_client = un<all_kinds::unix_client>;
constexpr auto unix_child = un<all_kinds::unix_child>, unix_waiting = un<all_kinds::unix_waiting>;
constexpr auto unix_packets = un<all_kinds::unix_packets>, unix_dgram = un<all_kinds::unix_dgram>;
constexpr auto unix_named = un<all_kinds::unix_named>;

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
    {[](Image& i) { unix_dgram(i).filter.code = {6}; },
     "unix_socket.filter: 1 bytes are no whole instructions"},
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

}  // namespace

std::vector<std::span<const Edit>> edits_of_unix_sockets() { return {unix_ones, unix_links}; }

}  // namespace sockcr
