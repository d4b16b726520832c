#include "pcap/recording.h"

#include <algorithm>

namespace sockcr::pcap {
namespace {

void note(std::vector<MarkSpan>& marks, const Mark& mark, std::size_t number) {
  const auto known = std::find_if(marks.begin(), marks.end(), [&](const MarkSpan& span) {
    return span.mark.serial == mark.serial;
  });
  if (known == marks.end()) {
    marks.push_back({mark, number, number, 1});
  } else {
    *known = {mark, known->first, number, known->frames + 1};
  }
}

template <class Iterator>
const MarkSpan* named(Iterator begin, Iterator end, std::string_view name) {
  const auto found =
      std::find_if(begin, end, [&](const MarkSpan& span) { return span.mark.name == name; });
  return found == end ? nullptr : &*found;
}

}  // namespace

Recording Recording::of(std::vector<Packet> packets) {
  Recording recording{std::move(packets), {}};
  std::size_t number = 0;
  for (Packet& packet : recording.packets) {
    packet.number = ++number;
    if (const auto mark = mark_in(packet)) note(recording.marks, *mark, number);
  }
  return recording;
}

const MarkSpan* Recording::first_mark(std::string_view name) const {
  return named(marks.begin(), marks.end(), name);
}

const MarkSpan* Recording::last_mark(std::string_view name) const {
  return named(marks.rbegin(), marks.rend(), name);
}

}  // namespace sockcr::pcap
