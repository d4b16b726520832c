#include "engine/tool/image_commands.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/file.h"
#include "engine/image/image_error.h"
#include "engine/image/json.h"
#include "engine/image/show.h"
#include "engine/options/table.h"
#include "engine/tool/terminal.h"

namespace sockcr {
namespace {

Image read(const std::string& path) {
  const Bytes file =
      path == "-" ? read_image(STDIN_FILENO, "standard input") : read_image_file(path);
  return decode(file);
}

// A refusal with the name of the file, which the bytes do not know.
Image read_by_name(const std::string& path) {
  try {
    return read(path);
  } catch (const ImageError& refusal) {
    throw std::runtime_error(fmt::format("{}: {}", path, refusal.what()));
  }
}

// Headings are the lines that are not indented.
std::string with_headings(const std::string& text) {
  std::istringstream lines(text);
  std::string inked_text;
  for (std::string line; std::getline(lines, line);) {
    const bool heading = !line.empty() && line[0] != ' ';
    inked_text += (heading ? inked(Ink::bold, line) : line) + "\n";
  }
  return inked_text;
}

void print_difference(const Difference& difference) {
  fmt::print("  {}\n", difference.name);
  fmt::print("{}\n", inked(Ink::red, "    - " + abbreviated(difference.a)));
  fmt::print("{}\n", inked(Ink::green, "    + " + abbreviated(difference.b)));
}

bool print_differences(const Socket& a, const Socket& b, std::size_t number) {
  const std::vector<Difference> found = differences(a, b);
  if (found.empty()) return false;
  const std::string name = std::visit([](const auto& kind) { return to_text(kind); }, a);
  fmt::print("{}\n", inked(Ink::bold, fmt::format("socket {}: {}", number, name)));
  for (const Difference& difference : found) print_difference(difference);
  return true;
}

}  // namespace

ExitCode show_image(const std::string& path, bool json) {
  const Image image = read_by_name(path);
  if (json) {
    fmt::print("{}\n", to_json(image).dump(2));
  } else {
    fmt::print("{}", with_headings(show(image, [](const OptionValue& o) { return to_text(o); })));
  }
  return ExitCode::success;
}

ExitCode diff_images(const std::string& path_a, const std::string& path_b) {
  const Image a = read_by_name(path_a), b = read_by_name(path_b);
  bool differ = a.sockets.size() != b.sockets.size();
  if (differ) fmt::print("sockets: {} -> {}\n", a.sockets.size(), b.sockets.size());
  for (std::size_t i = 0; i < std::min(a.sockets.size(), b.sockets.size()); ++i) {
    differ |= print_differences(a.sockets[i], b.sockets[i], i + 1);
  }
  return differ ? ExitCode::failure : ExitCode::success;
}

ExitCode validate_image(const std::string& path) {
  try {
    const Image image = read(path);
    fmt::print("{}: valid, {} socket{}\n", path, image.sockets.size(),
               image.sockets.size() == 1 ? "" : "s");
    return ExitCode::success;
  } catch (const ImageError& refusal) {
    fmt::print(stderr, "sockcr: {}: {}\n", path, refusal.what());
    return ExitCode::failure;
  }
}

}  // namespace sockcr
