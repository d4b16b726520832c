#include <fmt/format.h>

#include "pcap/decode.h"

namespace sockcr::pcap {
namespace {

enum Kind : std::uint8_t {
  end_of_list = 0,
  no_operation = 1,
  max_segment = 2,
  window_scale = 3,
  sack_permitted = 4,
  sack = 5,
  timestamps = 8,
};

option::Sack sack_blocks(Reader reader) {
  option::Sack sack;
  while (reader.rest().size() >= 8) {
    const std::uint32_t begin = reader.u32();
    sack.blocks.push_back({begin, reader.u32()});
  }
  return sack;
}

TcpOption with_value(std::uint8_t kind, Bytes value) {
  Reader reader(value);
  const std::size_t size = value.size();
  if (kind == max_segment && size == 2) return option::MaxSegment{reader.u16()};
  if (kind == window_scale && size == 1) return option::WindowScale{reader.u8()};
  if (kind == sack_permitted && size == 0) return option::SackPermitted{};
  if (kind == sack && size > 0 && size % 8 == 0) return sack_blocks(reader);
  if (kind == timestamps && size == 8) {
    const std::uint32_t clock = reader.u32();
    return option::Timestamps{clock, reader.u32()};
  }
  return option::Raw{kind, {value.begin(), value.end()}};
}

}  // namespace

std::vector<TcpOption> decode_options(Bytes area, std::string& trouble) {
  std::vector<TcpOption> options;
  Reader reader(area);
  while (!reader.rest().empty()) {
    const std::uint8_t kind = reader.u8();
    if (kind == end_of_list) {
      options.emplace_back(option::EndOfList{});
      break;
    }
    if (kind == no_operation) {
      options.emplace_back(option::NoOperation{});
      continue;
    }
    const std::size_t length = reader.u8();
    if (reader.failed() || length < 2 || length - 2 > reader.rest().size()) {
      trouble =
          fmt::format("TCP option {} of length {} passes the end of the header", kind, length);
      break;
    }
    options.push_back(with_value(kind, reader.take(length - 2)));
  }
  return options;
}

}  // namespace sockcr::pcap
