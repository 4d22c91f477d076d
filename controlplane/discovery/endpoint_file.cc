#include "controlplane/discovery/endpoint_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <optional>

#include "dataplane/base/status_macros.h"

namespace sluice::discovery {
namespace {

absl::Status Refuse(const YAML::Node& node, const std::string& path, std::string_view text) {
  return absl::InvalidArgumentError(
      fmt::format("line {}: {}: {}", node.Mark().line + 1, path, text));
}

absl::StatusOr<uint32_t> Number(const YAML::Node& node, const std::string& path) {
  uint32_t value = 0;
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return Refuse(node, path, "must be a whole number");
  }
  return value;
}

absl::Status SetField(const std::string& name, const YAML::Node& value, const std::string& path,
                      Endpoint& endpoint) {
  if (name == "port" || name == "weight") {
    SLUICE_ASSIGN_OR_RETURN(const uint32_t number, Number(value, path));
    name == "port" ? endpoint.set_port(number) : endpoint.set_weight(number);
    return absl::OkStatus();
  }
  if (name != "address" && name != "zone") return Refuse(value, path, "no such field");
  if (!value.IsScalar()) return Refuse(value, path, "must be text");
  name == "address" ? endpoint.set_address(value.Scalar()) : endpoint.set_zone(value.Scalar());
  return absl::OkStatus();
}

absl::StatusOr<Endpoint> ReadEndpoint(const YAML::Node& node, const std::string& path) {
  if (!node.IsMap()) return Refuse(node, path, "must be a map");
  Endpoint endpoint;
  for (const auto& field : node) {
    const std::string name = field.first.IsScalar() ? field.first.Scalar() : "?";
    SLUICE_RETURN_IF_ERROR(SetField(name, field.second, path + "." + name, endpoint));
  }
  const absl::Status checked = CheckEndpoint(endpoint);
  if (checked.ok()) return endpoint;
  const absl::string_view text = checked.message();
  return absl::InvalidArgumentError(fmt::format("line {}: {}.{}", node.Mark().line + 1, path,
                                                std::string_view(text.data(), text.size())));
}

absl::StatusOr<std::vector<Endpoint>> ReadFile(const YAML::Node& root) {
  if (!root.IsMap() || root.size() != 1 || !root["endpoints"] || !root["endpoints"].IsSequence()) {
    return absl::InvalidArgumentError("line 1: must be a map with the one list `endpoints`");
  }
  std::vector<Endpoint> endpoints;
  for (const YAML::Node& node : root["endpoints"]) {
    SLUICE_ASSIGN_OR_RETURN(Endpoint endpoint,
                            ReadEndpoint(node, fmt::format("endpoints[{}]", endpoints.size())));
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace

absl::StatusOr<std::vector<Endpoint>> ParseEndpointFile(std::string_view text) {
  if (text.size() > kMaxEndpointFileBytes) {
    return absl::InvalidArgumentError(
        fmt::format("has {} bytes, at most {} are read", text.size(), kMaxEndpointFileBytes));
  }
  try {  // yaml-cpp has no other way to say it
    return ReadFile(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(fmt::format("line {}: {}", error.mark.line + 1, error.msg));
  }
}

}  // namespace sluice::discovery
