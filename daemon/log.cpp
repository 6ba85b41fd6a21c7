#include "daemon/log.hpp"

#include "daemon/json/json.hpp"
#include "daemon/text/rfc3339.hpp"

#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

namespace grantlink {

namespace {

constexpr const char* textPattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

class JsonFormatter : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& entry, spdlog::memory_buf_t& out) override {
        const auto since = entry.time.time_since_epoch();
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
        const auto level = spdlog::level::to_string_view(entry.level);
        const std::string line = jsonLogLine(static_cast<TimeMs>(ms), {level.data(), level.size()},
                                             {entry.payload.data(), entry.payload.size()});
        out.append(line.data(), line.data() + line.size());
        out.push_back('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }
};

std::string withMilliseconds(TimeMs time) {
    std::string out = rfc3339(time);
    return out.insert(out.size() - 1, fmt::format(".{:03}", time % 1000));
}

// Takes "attempt ID: " off the message, if it begins so; of "notification ID (mail): " it leaves
// what is in brackets.
std::optional<Uuid> takeId(std::string_view& message, std::string_view name) {
    const std::size_t end = name.size() + 1 + Uuid::textLength;
    if (!message.starts_with(name) || message.size() < end + 2 || message[name.size()] != ' ')
        return std::nullopt;
    const std::string_view behind = message.substr(end, 2);
    if (behind != ": " && behind != " (")
        return std::nullopt;
    const auto id = Uuid::parse(message.substr(name.size() + 1, Uuid::textLength));
    if (id)
        message.remove_prefix(behind == ": " ? end + 2 : end + 1);
    return id;
}

} // namespace

std::string jsonLogLine(TimeMs time, std::string_view level, std::string_view message) {
    Json out = Json::object();
    out.set("time", withMilliseconds(time)).set("level", level);
    for (const std::string_view name : {"attempt", "connection", "notification"})
        if (const auto id = takeId(message, name))
            out.set(name, id->text());
    return out.set("message", message).dump();
}

void beginLog() {
    auto logger = spdlog::stderr_logger_st("grantlinkd");
    logger->set_pattern(textPattern, spdlog::pattern_time_type::utc);
    logger->set_level(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void setLog(const Config& config) {
    if (config.logFormat == LogFormat::json)
        spdlog::set_formatter(std::make_unique<JsonFormatter>());
    else
        spdlog::set_pattern(textPattern, spdlog::pattern_time_type::utc);
    spdlog::set_level(spdlog::level::from_str(config.logLevel));
}

} // namespace grantlink
