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

std::string_view PhaseName(const Configuration& configuration) {
  if (configuration.prepared != 0) return "PREPARED";
  return configuration.served != nullptr ? "SERVING" : "NONE";
}

std::string ConfigurationJson(const Configuration& configuration) {
  const uint64_t revision = configuration.served == nullptr ? 0 : configuration.served->revision;
  std::string json = fmt::format(
      "{{\"source\":{},\"revision\":{},\"prepared_revision\":{},\"phase\":\"{}\",\"cached\":{}}}",
      JsonString(configuration.source), revision, configuration.prepared, PhaseName(configuration),
      JsonString(configuration.cached));
  if (!configuration.control_plane) return json;
  const xds::Status& status = *configuration.control_plane;
  return json + fmt::format(
                    ",\"control_plane\":{{\"connected\":{},\"committing\":{},\"identifier\":{},"
                    "\"last_error\":{}}}",
                    status.connected, status.committing, JsonString(status.identifier),
                    JsonString(status.last_error));
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
  return JsonResponse(fmt::format(
      "{{\"version\":{},\"state\":\"{}\",\"uptime_all_epochs\":\"{}s\",\"workers\":{},"
      "\"command_line\":[{}],\"configuration\":{}}}\n",
      JsonString(sources.version),
      StateName(sources.state ? sources.state() : State::kInitializing), uptime, sources.workers,
      arguments,
      ConfigurationJson(sources.configuration ? sources.configuration() : Configuration())));
}

}  // namespace sluice::admin
