// One edit of a good image, of which every kind has one, and the refusal that follows.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "tests/image/sample.h"

namespace sockcr {

struct Edit {
  void (*edit)(Image& image);
  const char* message;
};

template <class Kind>
Kind& at(Image& image, all_kinds::Place place) {
  return std::get<Kind>(image.sockets[place]);
}
inline TcpListener& listener(Image& i) { return at<TcpListener>(i, all_kinds::listener); }
inline TcpRequest& request(Image& i) { return at<TcpRequest>(i, all_kinds::request); }
inline TcpSynSent& syn_sent(Image& i) { return at<TcpSynSent>(i, all_kinds::syn_sent); }
inline TcpTimeWait& time_wait(Image& i) { return at<TcpTimeWait>(i, all_kinds::time_wait); }
inline TcpUnconnected& unconnected(Image& i) {
  return at<TcpUnconnected>(i, all_kinds::unconnected);
}
inline UdpSocket& udp(Image& i) { return at<UdpSocket>(i, all_kinds::udp); }
inline UdpSocket& udp_lite(Image& i) { return at<UdpSocket>(i, all_kinds::udp_lite); }
inline UdpSocket& member(Image& i) { return at<UdpSocket>(i, all_kinds::member); }
inline RawSocket& raw(Image& i) { return at<RawSocket>(i, all_kinds::raw); }
inline RawSocket& raw_v6(Image& i) { return at<RawSocket>(i, all_kinds::raw_v6); }
inline TcpConnection& established(Image& i) { return at<TcpConnection>(i, all_kinds::established); }
inline TcpConnection& child(Image& i) { return at<TcpConnection>(i, all_kinds::child); }
inline TcpConnection& orphan(Image& i) { return at<TcpConnection>(i, all_kinds::orphan); }
inline TcpConnection& reset(Image& i) { return at<TcpConnection>(i, all_kinds::reset); }

inline void repeat_first(std::vector<OptionValue>& options) { options.push_back(options.front()); }

inline void hold(Image& image, all_kinds::Place place) {
  image.where[place].holders = {{.pid = 9, .descriptor = 3, .close_on_exec = false}};
}

// Those of sockets that receive datagrams, and of filters.
std::vector<std::span<const Edit>> edits_of_datagrams();
std::vector<std::span<const Edit>> edits_of_unix_sockets();

}  // namespace sockcr
