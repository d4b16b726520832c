#include "scenarios/runner/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace sockcr::runner {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// The first that is set decides, as setlocale(3) does it.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale = environment(name);
    if (locale.empty()) continue;
    std::transform(locale.begin(), locale.end(), locale.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return locale.find("utf-8") != locale.npos || locale.find("utf8") != locale.npos;
  }
  return false;
}

bool is_smart_terminal(std::FILE* stream) {
  return ::isatty(::fileno(stream)) == 1 && environment("TERM") != "dumb";
}

}  // namespace

Screen::Screen(std::FILE* stream) : stream_(stream), terminal_(is_smart_terminal(stream)) {
  if (!terminal_) return;
  palette_ = Palette::coloured(speaks_utf8());
  if (environment("NO_COLOR").empty()) return;
  palette_.good = palette_.bad = palette_.warn = palette_.dim = palette_.bold = palette_.reset = "";
  palette_.bar_left = " ";
}

Screen::~Screen() { clear_status(); }

std::size_t Screen::width() const {
  winsize size{};
  const bool known = ::ioctl(::fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1U : 79U;  // the last column would wrap
}

void Screen::print(std::string_view text) {
  clear_status();
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

void Screen::status(const std::string& line) {
  if (!terminal_) return;
  std::fprintf(stream_, "\r%s\033[K", line.c_str());
  std::fflush(stream_);
  status_shown_ = true;
  last_status_ = Clock::now();
}

bool Screen::status_is_due() const {
  const auto age = Clock::now() - last_status_;
  return terminal_ && (!status_shown_ || age >= std::chrono::milliseconds(80));
}

void Screen::clear_status() {
  if (!status_shown_) return;
  std::fputs("\r\033[K", stream_);
  std::fflush(stream_);
  status_shown_ = false;
}

}  // namespace sockcr::runner
