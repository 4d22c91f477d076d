#include "dataplane/config/compile_cluster_protocol.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataplane/config/implemented_fields.h"
#include "envoy/extensions/upstreams/http/v3/http_protocol_options.pb.h"

namespace sluice::config {
namespace {

using CommonOptions = envoy::config::core::v3::HttpProtocolOptions;
using envoy::config::cluster::v3::Cluster;
using envoy::config::core::v3::Http2ProtocolOptions;
using envoy::extensions::upstreams::http::v3::HttpProtocolOptions;

constexpr std::string_view kOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
// Streams that the HTTP/2 client is prepared to hold on one connection.
constexpr uint32_t kMostStreams = 1024;

void CompileCommon(const CommonOptions& common, const std::string& path,
                   upstream::ClusterSpec& spec, ErrorList& errors) {
  RefuseAllBut(common, {"idle_timeout", "max_requests_per_connection"}, path, errors);
  CompileClusterDuration(common.has_idle_timeout(), common.idle_timeout(),
                         JoinPath(path, "idle_timeout"), errors, spec.idle_timeout);
  if (common.has_max_requests_per_connection()) {
    spec.max_requests_per_connection = common.max_requests_per_connection().value();
  }
}

void CompileHttp2(const Http2ProtocolOptions& http2, const std::string& path,
                  upstream::ClusterSpec& spec, ErrorList& errors) {
  RefuseAllBut(http2,
               {"max_concurrent_streams", "initial_stream_window_size",
                "initial_connection_window_size", "connection_keepalive"},
               path, errors);
  spec.protocol = upstream::Protocol::kHttp2;
  if (http2.has_max_concurrent_streams()) {
    spec.max_concurrent_streams = std::min(http2.max_concurrent_streams().value(), kMostStreams);
  }
  if (http2.has_initial_stream_window_size()) {
    spec.initial_stream_window = http2.initial_stream_window_size().value();
  }
  if (http2.has_initial_connection_window_size()) {
    spec.initial_connection_window = http2.initial_connection_window_size().value();
  }
  if (!http2.has_connection_keepalive()) return;
  const std::string at = JoinPath(path, "connection_keepalive");
  const auto& keepalive = http2.connection_keepalive();
  RefuseAllBut(keepalive, {"interval", "timeout"}, at, errors);
  CompileClusterDuration(keepalive.has_interval(), keepalive.interval(), JoinPath(at, "interval"),
                         errors, spec.keepalive.interval);
  CompileClusterDuration(keepalive.has_timeout(), keepalive.timeout(), JoinPath(at, "timeout"),
                         errors, spec.keepalive.timeout);
}

void CompileOptions(const HttpProtocolOptions& options, const std::string& path,
                    upstream::ClusterSpec& spec, ErrorList& errors) {
  RefuseAllBut(options, {"common_http_protocol_options", "explicit_http_config"}, path, errors);
  CompileCommon(options.common_http_protocol_options(),
                JoinPath(path, "common_http_protocol_options"), spec, errors);
  const std::string at = JoinPath(path, "explicit_http_config");
  const HttpProtocolOptions::ExplicitHttpConfig& config = options.explicit_http_config();
  switch (config.protocol_config_case()) {
    case HttpProtocolOptions::ExplicitHttpConfig::kHttpProtocolOptions:
      return RefuseAllBut(config.http_protocol_options(), {}, JoinPath(at, "http_protocol_options"),
                          errors);
    case HttpProtocolOptions::ExplicitHttpConfig::kHttp2ProtocolOptions:
      return CompileHttp2(config.http2_protocol_options(), JoinPath(at, "http2_protocol_options"),
                          spec, errors);
    default:
      break;
  }
  // The other members of the oneof have been refused by name already.
  const bool other = options.has_auto_config() || options.has_use_downstream_protocol_config();
  if (!other) errors.Add(at, "http_protocol_options or http2_protocol_options is required");
}

// Members of Cluster that the typed options have replaced; peers still send them.
void CompileOldFields(const Cluster& cluster, const std::string& path, upstream::ClusterSpec& spec,
                      ErrorList& errors) {
  if (cluster.has_common_http_protocol_options()) {
    CompileCommon(cluster.common_http_protocol_options(),
                  JoinPath(path, "common_http_protocol_options"), spec, errors);
  }
  if (cluster.has_max_requests_per_connection()) {
    spec.max_requests_per_connection = cluster.max_requests_per_connection().value();
  }
  if (cluster.has_http_protocol_options()) {
    RefuseAllBut(cluster.http_protocol_options(), {}, JoinPath(path, "http_protocol_options"),
                 errors);
  }
  if (cluster.has_http2_protocol_options()) {
    CompileHttp2(cluster.http2_protocol_options(), JoinPath(path, "http2_protocol_options"), spec,
                 errors);
  }
}

}  // namespace

void CompileClusterDuration(bool present, const google::protobuf::Duration& value,
                            const std::string& path, ErrorList& errors, base::Duration& out) {
  constexpr int64_t kYear = 365 * 86'400;
  if (!present) return;
  if (value.seconds() < 0 || value.nanos() < 0) return errors.Add(path, "must not be negative");
  if (value.seconds() > kYear || value.nanos() > 999'999'999) {
    return errors.Add(path, "must be at most a year");
  }
  out = std::chrono::seconds(value.seconds()) + std::chrono::nanoseconds(value.nanos());
}

void CompileProtocol(const Cluster& cluster, const std::string& path, upstream::ClusterSpec& spec,
                     ErrorList& errors) {
  CompileOldFields(cluster, path, spec, errors);
  const std::string field = JoinPath(path, "typed_extension_protocol_options");
  for (const auto& [key, any] : cluster.typed_extension_protocol_options()) {
    const std::string at = api::KeyPath(field, key);
    HttpProtocolOptions options;
    if (key != kOptionsKey || !any.Is<HttpProtocolOptions>()) {
      errors.Add(at, fmt::format("'{}': not implemented yet", any.type_url()));
    } else if (!any.UnpackTo(&options)) {
      errors.Add(at, "cannot be parsed");
    } else {
      CompileOptions(options, at, spec, errors);
    }
  }
}

}  // namespace sluice::config
