#include "scenarios/runner/guest/channel.h"

#include <nlohmann/json.hpp>

#include "scenarios/runner/case.h"

namespace sockcr::runner {
namespace {

using nlohmann::json;
using std::chrono::duration_cast;
using std::chrono::microseconds;

std::int64_t in_us(Clock::duration duration) {
  return duration_cast<microseconds>(duration).count();
}

Clock::duration from_us(const json& value) {
  return duration_cast<Clock::duration>(microseconds(value.get<std::int64_t>()));
}

json json_of(const Hello& hello) {
  return {{"hello", hello.kernel},
          {"work_ms", hello.pace.work_ms},
          {"round_us", hello.pace.round_us},
          {"virtual_time", hello.virtual_time}};
}

json json_of(const Began& began) { return {{"began", began.ticket}}; }

json json_of(const Refused& refused) {
  return {{"refused", refused.ticket}, {"reason", refused.reason}};
}

json json_of(const SignOfLife&) { return {{"alive", true}}; }

json json_of(const Ended& ended) {
  return {{"ended", ended.ticket},       {"code", ended.exit.code},
          {"signal", ended.exit.signal}, {"timed_out", ended.timed_out},
          {"answer", ended.answer},      {"diagnostics", ended.diagnostics},
          {"took_us", in_us(ended.took)}};
}

Ended ended_in(const json& line) {
  return {line.at("ended").get<std::uint64_t>(),
          {line.at("code").get<int>(), line.at("signal").get<int>()},
          line.at("timed_out").get<bool>(),
          line.at("answer").get<std::string>(),
          line.at("diagnostics").get<std::string>(),
          from_us(line.at("took_us"))};
}

}  // namespace

std::string to_line(const Message& message) {
  return scenario::to_line(std::visit([](const auto& each) { return json_of(each); }, message)) +
         "\n";
}

std::string to_line(const Crew::Order& order) {
  return scenario::to_line(json{{"ticket", order.ticket},
                                {"arguments", order.arguments},
                                {"answer_descriptor", order.answer_descriptor},
                                {"limit_us", in_us(order.limit)}}) +
         "\n";
}

Message message_in(std::string_view line) {
  const json message = json::parse(line);
  if (message.contains("ended")) return ended_in(message);
  if (message.contains("began")) return Began{message.at("began").get<std::uint64_t>()};
  if (message.contains("refused")) {
    return Refused{message.at("refused").get<std::uint64_t>(),
                   message.at("reason").get<std::string>()};
  }
  if (message.contains("hello")) {
    return Hello{message.at("hello").get<std::string>(),
                 {message.at("work_ms").get<double>(), message.at("round_us").get<double>()},
                 message.at("virtual_time").get<bool>()};
  }
  static_cast<void>(message.at("alive"));
  return SignOfLife{};
}

Crew::Order order_in(std::string_view line) {
  const json order = json::parse(line);
  return {order.at("ticket").get<std::uint64_t>(),
          order.at("arguments").get<std::vector<std::string>>(),
          order.at("answer_descriptor").get<int>(), from_us(order.at("limit_us"))};
}

std::optional<std::string> Lines::next() {
  const auto end = text_.find('\n', looked_at_);
  if (end == text_.npos) {
    looked_at_ = text_.size();
    return std::nullopt;
  }
  std::string line = text_.substr(0, end);
  text_.erase(0, end + 1);
  looked_at_ = 0;
  return line;
}

}  // namespace sockcr::runner
