#include "server/log.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <ctime>

namespace vsm {
namespace {

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    using std::chrono::milliseconds;
    const std::time_t seconds = std::chrono::system_clock::to_time_t(message.time);
    const auto fraction =
        std::chrono::duration_cast<milliseconds>(message.time.time_since_epoch()).count() % 1'000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char time[40];
    std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
    json.StartObject();
    json.Key("time");
    json.String(fmt::format("{}.{:03}Z", time, fraction).c_str());
    const auto level = spdlog::level::to_string_view(message.level);
    json.Key("level");
    json.String(level.data(), static_cast<rapidjson::SizeType>(level.size()));
    const bool is_event = message.payload.size() > 0 && message.payload.data()[0] == '{';
    json.Key(is_event ? "event" : "message");
    const auto size = static_cast<rapidjson::SizeType>(message.payload.size());
    if (is_event)
      json.RawValue(message.payload.data(), size, rapidjson::kObjectType);
    else
      json.String(message.payload.data(), size);
    json.EndObject();
    to.append(buffer.GetString(), buffer.GetString() + buffer.GetSize());
    to.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

std::unique_ptr<spdlog::formatter> log_formatter() { return std::make_unique<JsonFormatter>(); }

}  // namespace vsm
