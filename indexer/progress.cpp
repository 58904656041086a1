#include "indexer/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace vsm {
namespace {

std::string time_left(double seconds) {
  if (seconds < 60) return std::to_string(static_cast<int>(seconds) + 1) + " s";
  return std::to_string(static_cast<int>(seconds / 60) + 1) + " min";
}

std::size_t columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

/// At most so many letters; never cuts within one.
std::string shortened(const std::string& text, std::size_t letters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && letters-- == 0) break;
  return text.substr(0, at);
}

}  // namespace

Progress::Progress()
    : terminal_(isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::show(std::size_t done, std::size_t total, const std::string& note) {
  const auto now = Clock::now();
  const auto pause = terminal_ ? std::chrono::milliseconds(80) : std::chrono::milliseconds(5'000);
  if (now - last_ < pause || total == 0) return;
  last_ = now;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string left = share > 0.02 ? ", noch etwa " + time_left(seconds / share - seconds) : "";
  const int percent = static_cast<int>(share * 100);
  if (!terminal_) {
    std::fprintf(stderr, "%3d %%%s: %s\n", percent, left.c_str(), note.c_str());
    return;
  }
  constexpr std::size_t width = 28;
  const auto filled = std::min(width, static_cast<std::size_t>(share * width));
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
  const std::size_t used = width + 8 + left.size();
  const std::string text = shortened(note, columns() > used + 4 ? columns() - used - 4 : 0);
  std::fprintf(stderr, "\r\033[K%s %3d %%%s  %s", bar.c_str(), percent, left.c_str(), text.c_str());
  drawn_ = true;
}

}  // namespace vsm
