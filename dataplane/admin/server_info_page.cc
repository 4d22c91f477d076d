#include <fmt/format.h>

#include "dataplane/admin/json.h"
#include "dataplane/admin/pages.h"

namespace sluice::admin {

namespace {

std::string_view StateName(State state) {
  switch (state) {
    case State::kInitializing:
      return "INITIALIZING";
    case State::kLive:
      return "LIVE";
    case State::kDraining:
      return "DRAINING";
  }
  return "";
}

}  // namespace

Answer ServerInfoPage(const Sources& sources, base::MonoTime now, const Request&) {
  const auto uptime =
      std::chrono::duration_cast<std::chrono::seconds>(now - sources.started).count();
  std::string arguments;
  for (const std::string& argument : sources.command_line) {
    if (!arguments.empty()) arguments += ',';
    arguments += JsonString(argument);
  }
  return JsonResponse(
      fmt::format("{{\"version\":{},\"state\":\"{}\",\"uptime_all_epochs\":\"{}s\",\"workers\":{},"
                  "\"command_line\":[{}]}}\n",
                  JsonString(sources.version),
                  StateName(sources.state ? sources.state() : State::kInitializing), uptime,
                  sources.workers, arguments));
}

}  // namespace sluice::admin
