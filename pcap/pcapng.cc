#include "pcap/pcapng.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <string_view>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"

namespace sockcr::pcap {
namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint16_t link_ethernet = 1;

enum Option : std::uint16_t {
  end_of_options = 0,
  comment = 1,
  application = 4,      // in a section header
  interface_name = 2,   // in an interface description
  time_resolution = 9,  // likewise; 9 means 10^-9 s
};

using Block = std::vector<std::uint8_t>;

void put(Block& block, std::uint64_t value, int bytes) {
  for (int shift = 0; shift < 8 * bytes; shift += 8) {
    block.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

template <class Range>
void put_padded(Block& block, const Range& range) {
  block.insert(block.end(), range.begin(), range.end());
  block.resize((block.size() + 3) / 4 * 4);
}

void put_option(Block& block, std::uint16_t code, std::string_view value) {
  constexpr std::size_t longest = 0xffff;
  value = value.substr(0, longest);
  put(block, code, 2);
  put(block, value.size(), 2);
  put_padded(block, value);
}

// | type | length | body | length |
void append(Block& file, std::uint32_t type, const Block& body) {
  constexpr std::size_t frame = 12;
  put(file, type, 4);
  put(file, body.size() + frame, 4);
  file.insert(file.end(), body.begin(), body.end());
  put(file, body.size() + frame, 4);
}

Block section() {
  Block body;
  put(body, 0x1a2b3c4d, 4);  // byte order
  put(body, 1, 2);           // version 1.0
  put(body, 0, 2);
  put(body, UINT64_MAX, 8);  // section length: not given
  put_option(body, application, "sockcr");
  put_option(body, end_of_options, "");
  return body;
}

Block interface(const std::string& name) {
  Block body;
  put(body, link_ethernet, 2);
  put(body, 0, 2);
  put(body, 0, 4);  // snap length: no limit
  put_option(body, interface_name, name);
  put_option(body, time_resolution, "\x09");
  put_option(body, end_of_options, "");
  return body;
}

Block packet_block(const Packet& packet, const std::vector<std::string>& comments) {
  Block body;
  const auto stamp = static_cast<std::uint64_t>(packet.at.count());
  put(body, 0, 4);  // interface
  put(body, stamp >> 32, 4);
  put(body, stamp & 0xffffffff, 4);
  put(body, packet.bytes.size(), 4);
  put(body, packet.original_length, 4);
  put_padded(body, packet.bytes);
  for (const std::string& text : comments) put_option(body, comment, text);
  if (!comments.empty()) put_option(body, end_of_options, "");
  return body;
}

FileDescriptor create(const std::string& path) {
  constexpr mode_t mode = 0666;  // less the umask
  return FileDescriptor(call(
      "open", [&] { return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode); },
      [&] { return path; }));
}

}  // namespace

Comments comments_of(const Recording& recording, std::span<const Breach> breaches) {
  Comments comments;
  for (const Packet& packet : recording.packets) {
    if (const auto mark = mark_in(packet)) {
      comments[packet.number].push_back("mark: " + to_text(*mark));
    }
  }
  for (const Breach& breach : breaches) {
    const std::size_t place =
        breach.finding.packet ? breach.finding.packet : recording.packets.size();
    comments[place].push_back(fmt::format("violation: {}: expected {}, but {}", breach.rule,
                                          breach.finding.expected, breach.finding.actual));
  }
  return comments;
}

std::vector<std::uint8_t> pcapng(const Recording& recording, const std::string& name,
                                 const Comments& comments) {
  Block file;
  append(file, section_header, section());
  append(file, interface_description, interface(name));
  for (const Packet& packet : recording.packets) {
    const auto found = comments.find(packet.number);
    append(
        file, enhanced_packet,
        packet_block(packet, found == comments.end() ? std::vector<std::string>{} : found->second));
  }
  return file;
}

void write_pcapng(const std::string& path, const Recording& recording, const std::string& name,
                  const Comments& comments) {
  const Block bytes = pcapng(recording, name, comments);
  const FileDescriptor file = create(path);
  std::span<const std::uint8_t> rest(bytes);
  while (!rest.empty()) {
    const auto written = call(
        "write", [&] { return write(file.get(), rest.data(), rest.size()); },
        [&] { return fmt::format("{}, {} bytes", path, rest.size()); });
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace sockcr::pcap
