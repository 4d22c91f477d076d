// Who is at the other end of an xDS stream, as its first request says (core.v3.Node).
// A value; any thread.
#pragma once

#include <map>
#include <string>

#include "envoy/config/core/v3/base.pb.h"

namespace sluice::fleet {

// What the client can do; part of the key of its group.
enum class Client { kCommitting, kStandardDelta, kStandardSotw };

struct Node {
  std::string id;
  std::string cluster;
  std::string zone;        // locality.zone
  std::string user_agent;  // name and version
  std::map<std::string, std::string> labels;  // string fields of metadata.labels
  std::string judge_group;                    // metadata.judge_group; empty: not a judge
  Client client = Client::kStandardSotw;
};

// Client feature of proxies that commit (wire.md section 1).
inline constexpr char kCommitFeature[] = "sluice.commit.v1";

enum class Protocol { kDelta, kSotw };

// `protocol`: of the stream; only on delta streams can a client commit.
Node ReadNode(const envoy::config::core::v3::Node& node, Protocol protocol);

}  // namespace sluice::fleet
