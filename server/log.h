// The server's log: a line of JSON each, with time, level and message. Nothing of who asked, or what.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace vsm {

/// {"time":"2026-11-26T05:40:00.123Z","level":"info","message":"..."}; a message that is an object of JSON
/// itself stands in it as it is, under "event".
std::unique_ptr<spdlog::formatter> log_formatter();

}  // namespace vsm
