#include "engine/tool/md5_key_file.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include "engine/sys/call.h"
#include "engine/sys/descriptor.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

constexpr std::size_t longest_key = 80;  // TCP_MD5SIG_MAXKEYLEN
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<Address> host_in(const std::string& text) {
  Address host{.family = AF_INET, .bytes = {}, .port = 0, .scope_id = 0};
  if (::inet_pton(AF_INET, text.c_str(), host.bytes.data()) == 1) return host;
  host.family = AF_INET6;
  if (::inet_pton(AF_INET6, text.c_str(), host.bytes.data()) == 1) return unmapped(host);
  return std::nullopt;
}

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<SignedPeer> peer_in(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto host = host_in(std::string(text.substr(0, slash)));
  if (!host) return std::nullopt;
  SignedPeer peer = signed_peer(*host);
  if (slash == std::string_view::npos) return peer;
  const auto prefix = number_in<std::uint8_t>(text.substr(slash + 1), 10);
  if (!prefix || *prefix > peer.prefix) return std::nullopt;
  peer.prefix = *prefix;
  return peer;
}

std::optional<std::vector<std::uint8_t>> secret_in(std::string_view text) {
  if (!text.starts_with("0x")) return std::vector<std::uint8_t>(text.begin(), text.end());
  std::vector<std::uint8_t> secret;
  for (std::size_t at = 2; at < text.size(); at += 2) {
    const auto byte = number_in<std::uint8_t>(text.substr(at, 2), 16);
    if (!byte || at + 2 > text.size()) return std::nullopt;
    secret.push_back(*byte);
  }
  return secret;
}

// What is wrong with it is told without the line itself, which may hold a key.
Md5Key key_in(std::string_view line, const std::string& where) {
  const std::size_t blank = line.find_first_of(blanks);
  const auto peer = peer_in(line.substr(0, blank));
  if (!peer) throw WrongUse(where + ": does not begin with ADDRESS[/PREFIX]");
  const std::string_view rest = blank == std::string_view::npos ? "" : trimmed(line.substr(blank));
  const auto secret = secret_in(rest);
  if (!secret) throw WrongUse(where + ": behind 0x come pairs of hexadecimal digits");
  if (secret->empty()) throw WrongUse(where + ": there is no key behind the address");
  if (secret->size() > longest_key) {
    throw WrongUse(fmt::format("{}: a key has at most {} bytes", where, longest_key));
  }
  return {*peer, *secret};
}

std::string contents_of(const std::string& path) {
  const FileDescriptor file(call(
      "open", [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); },
      [&] { return fmt::format("\"{}\", O_RDONLY|O_CLOEXEC", path); }));
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const auto length = call(
        "read", [&] { return ::read(file.get(), part.data(), part.size()); },
        [&] { return fmt::format("{}, \"{}\"", file.get(), path); });
    if (length == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(length));
  }
}

}  // namespace

std::vector<Md5Key> parse_md5_key_file(std::string_view text, const std::string& name) {
  std::vector<Md5Key> keys;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    keys.push_back(key_in(line, fmt::format("{}, line {}", name, number)));
  }
  return keys;
}

std::vector<Md5Key> read_md5_key_file(const std::string& path) {
  if (path.empty()) return {};
  return parse_md5_key_file(contents_of(path), path);
}

}  // namespace sockcr
