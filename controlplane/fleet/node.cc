#include "controlplane/fleet/node.h"

#include <algorithm>

namespace sluice::fleet {

namespace {

std::string UserAgent(const envoy::config::core::v3::Node& node) {
  std::string text = node.user_agent_name();
  if (!node.user_agent_version().empty()) {
    text += "/" + node.user_agent_version();
  } else if (node.has_user_agent_build_version()) {
    const auto& version = node.user_agent_build_version().version();
    text += "/" + std::to_string(version.major_number()) + "." + std::to_string(version.minor_number()) +
            "." + std::to_string(version.patch());
  }
  return text;
}

}  // namespace

Node ReadNode(const envoy::config::core::v3::Node& node, Protocol protocol) {
  Node out;
  out.id = node.id();
  out.cluster = node.cluster();
  out.zone = node.locality().zone();
  out.user_agent = UserAgent(node);
  const auto& fields = node.metadata().fields();
  if (const auto labels = fields.find("labels"); labels != fields.end()) {
    for (const auto& [key, value] : labels->second.struct_value().fields()) {
      if (value.has_string_value()) out.labels[key] = value.string_value();
    }
  }
  if (const auto group = fields.find("judge_group"); group != fields.end()) {
    out.judge_group = group->second.string_value();
  }
  const auto& features = node.client_features();
  const bool commits = std::find(features.begin(), features.end(), kCommitFeature) != features.end();
  out.client = protocol == Protocol::kSotw ? Client::kStandardSotw
               : commits                   ? Client::kCommitting
                                           : Client::kStandardDelta;
  return out;
}

}  // namespace sluice::fleet
