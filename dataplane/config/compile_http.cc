// HttpConnectionManager -> HttpConfig.
#include <fmt/format.h>

#include <optional>

#include "dataplane/config/ads_source.h"
#include "dataplane/config/compile_access_logs.h"
#include "dataplane/config/compile_listeners.h"
#include "dataplane/config/compile_routes.h"
#include "dataplane/config/implemented_fields.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"

namespace sluice::config {

namespace {

using envoy::config::core::v3::HttpProtocolOptions;
using envoy::extensions::filters::http::router::v3::Router;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;

void SetDuration(bool present, const google::protobuf::Duration& value, const std::string& path,
                 ErrorList& errors, base::Duration& out) {
  if (!present) return;
  if (value.seconds() < 0 || value.nanos() < 0) return errors.Add(path, "must not be negative");
  if (value.seconds() > 365 * 86400) return errors.Add(path, "must be at most a year");
  out = std::chrono::seconds(value.seconds()) + std::chrono::nanoseconds(value.nanos());
}

void CompileTimeouts(const HttpConnectionManager& hcm, const std::string& path, ErrorList& errors,
                     HttpTimeouts& out) {
  const auto set = [&](bool present, const google::protobuf::Duration& value, const char* name,
                       base::Duration& to) {
    SetDuration(present, value, JoinPath(path, name), errors, to);
  };
  set(hcm.has_request_headers_timeout(), hcm.request_headers_timeout(), "request_headers_timeout", out.request_headers);
  set(hcm.has_request_timeout(), hcm.request_timeout(), "request_timeout", out.request);
  set(hcm.has_stream_idle_timeout(), hcm.stream_idle_timeout(), "stream_idle_timeout", out.stream_idle);
  set(hcm.has_delayed_close_timeout(), hcm.delayed_close_timeout(), "delayed_close_timeout",
      out.delayed_close);
  set(hcm.has_drain_timeout(), hcm.drain_timeout(), "drain_timeout", out.drain);
  const HttpProtocolOptions& common = hcm.common_http_protocol_options();
  set(common.has_idle_timeout(), common.idle_timeout(), "common_http_protocol_options.idle_timeout",
      out.connection_idle);
  set(common.has_max_connection_duration(), common.max_connection_duration(),
      "common_http_protocol_options.max_connection_duration", out.max_connection_age);
  set(common.has_max_stream_duration(), common.max_stream_duration(),
      "common_http_protocol_options.max_stream_duration", out.max_stream);
}

void CompileCommon(const HttpProtocolOptions& common, const std::string& path, ErrorList& errors,
                   HttpConfig& out) {
  RefuseAllBut(common, {"idle_timeout", "max_headers_count", "max_connection_duration",
                        "headers_with_underscores_action", "max_requests_per_connection",
                        "max_stream_duration"},
               path, errors);
  if (common.has_max_headers_count()) out.http1.limits.fields = common.max_headers_count().value();
  if (common.has_max_requests_per_connection()) {
    out.max_requests_per_connection = common.max_requests_per_connection().value();
  }
  // ALLOW is proto3's zero, so an absent action and ALLOW look alike; ours stays the safe one unless
  // another is asked for (docs/decisions.md).
  if (common.headers_with_underscores_action() == HttpProtocolOptions::DROP_HEADER) {
    out.http1.rules.underscores = http1::UnderscorePolicy::kDrop;
  }
}

http::EscapedSlashes CompileSlashes(const HttpConnectionManager& hcm) {
  switch (hcm.path_with_escaped_slashes_action()) {
    case HttpConnectionManager::KEEP_UNCHANGED: return http::EscapedSlashes::kKeep;
    case HttpConnectionManager::UNESCAPE_AND_REDIRECT: return http::EscapedSlashes::kUnescapeAndRedirect;
    case HttpConnectionManager::UNESCAPE_AND_FORWARD: return http::EscapedSlashes::kUnescapeAndForward;
    default: return http::EscapedSlashes::kReject;
  }
}

void CompileHttp1(const HttpConnectionManager& hcm, const std::string& path, ErrorList& errors) {
  const auto& options = hcm.http_protocol_options();
  RefuseAllBut(options, {"allow_absolute_url", "accept_http_10", "enable_trailers"}, path, errors);
  if (options.has_allow_absolute_url() && !options.allow_absolute_url().value()) {
    errors.Add(JoinPath(path, "allow_absolute_url"), "false: a server must accept it (RFC 9112 3.2.2)");
  }
}

// Router last and nowhere else; no other filter exists yet.
void CompileFilters(const HttpConnectionManager& hcm, const std::string& path, ErrorList& errors) {
  const int count = hcm.http_filters_size();
  if (count == 0) return errors.Add(path, "the router is required as the last filter");
  for (int i = 0; i < count; ++i) {
    const auto& filter = hcm.http_filters(i);
    const std::string at = IndexPath(path, i);
    const bool last = i + 1 == count;
    if (!filter.typed_config().Is<Router>()) {
      if (last) errors.Add(at, "the last filter must be the router");
      if (filter.is_optional() && !last) continue;
      errors.Add(JoinPath(at, "typed_config"),
                 fmt::format("HTTP filter '{}' ({}): not implemented yet", filter.name(),
                             filter.typed_config().type_url()));
      continue;
    }
    if (!last) errors.Add(at, "the router must be the last filter");
    if (filter.disabled()) errors.Add(JoinPath(at, "disabled"), "the router cannot be disabled");
    Router router;
    if (!filter.typed_config().UnpackTo(&router)) {
      errors.Add(JoinPath(at, "typed_config"), "cannot be parsed");
      continue;
    }
    RefuseAllBut(router, {"suppress_envoy_headers", "dynamic_stats"}, JoinPath(at, "typed_config"), errors);
  }
}

void CompileIdentity(const HttpConnectionManager& hcm, HttpConfig& out) {
  if (!hcm.via().empty()) out.via = hcm.via();
  out.via_line = http::MakeFieldLine(http::FieldId::kVia, "1.1 " + out.via);
  if (!hcm.server_name().empty()) {
    out.server_line = http::MakeFieldLine(http::FieldId::kServer, hcm.server_name());
  }
  using Envoy = HttpConnectionManager;
  using Ours = HttpConfig::ServerHeader;
  out.server_header = hcm.server_header_transformation() == Envoy::APPEND_IF_ABSENT ? Ours::kAppendIfAbsent
                      : hcm.server_header_transformation() == Envoy::PASS_THROUGH   ? Ours::kPassThrough
                                                                                     : Ours::kOverwrite;
  out.xff_num_trusted_hops = hcm.xff_num_trusted_hops();
  if (hcm.has_use_remote_address()) out.use_remote_address = hcm.use_remote_address().value();
  out.skip_xff_append = hcm.skip_xff_append();
  if (hcm.has_generate_request_id()) out.generate_request_id = hcm.generate_request_id().value();
  out.preserve_external_request_id = hcm.preserve_external_request_id();
  out.always_set_request_id_in_response = hcm.always_set_request_id_in_response();
  out.strip_matching_host_port = hcm.strip_matching_host_port();
  out.strip_any_host_port = hcm.strip_any_host_port();
}

std::shared_ptr<const route::Table> DiscoveredRoutes(const HttpConnectionManager& hcm,
                                                     const std::string& path, RouteLookup* rds,
                                                     ErrorList& errors) {
  const std::string& name = hcm.rds().route_config_name();
  RefuseAllBut(hcm.rds(), {"config_source", "route_config_name"}, path, errors);
  CheckAdsSource(hcm.rds().config_source(), JoinPath(path, "config_source"), errors);
  if (name.empty()) errors.Add(JoinPath(path, "route_config_name"), "must not be empty");
  if (rds == nullptr) {
    errors.Add(path, "needs dynamic_resources.ads_config");
    return nullptr;
  }
  if (auto table = rds->Find(name, JoinPath(path, "route_config_name"))) return table;
  route::TableOptions options;
  options.name = name;
  return std::make_shared<const route::Table>(
      std::move(options), std::vector<std::shared_ptr<const route::VirtualHost>>(),
      std::vector<route::ClusterReference>());
}

std::shared_ptr<const route::Table> RoutesOf(const HttpConnectionManager& hcm,
                                             const std::string& path, RouteLookup* rds,
                                             ErrorList& errors) {
  if (hcm.has_rds()) return DiscoveredRoutes(hcm, JoinPath(path, "rds"), rds, errors);
  const std::string at = JoinPath(path, "route_config");
  if (hcm.has_route_config()) return CompileRoutes(hcm.route_config(), at, errors);
  errors.Add(at, "is required");
  return nullptr;
}

const std::initializer_list<std::string_view> kImplemented = {
    "codec_type", "stat_prefix", "route_config", "rds", "http_filters", "http_protocol_options",
    "server_name", "drain_timeout", "delayed_close_timeout", "access_log", "use_remote_address", "generate_request_id",
    "xff_num_trusted_hops", "skip_xff_append", "via", "stream_idle_timeout", "request_timeout",
    "max_request_headers_kb", "normalize_path", "preserve_external_request_id", "merge_slashes",
    "server_header_transformation", "common_http_protocol_options",
    "always_set_request_id_in_response", "strip_matching_host_port", "request_headers_timeout",
    "strip_any_host_port", "path_with_escaped_slashes_action", "strip_trailing_host_dot",
};

}  // namespace

std::shared_ptr<const HttpConfig> CompileHttp(const HttpConnectionManager& hcm, const std::string& path,
                                              stats::HttpStatsRegistry& stats, ErrorList& errors,
                                              RouteLookup* rds) {
  const size_t before = errors.size();
  auto out = std::make_shared<HttpConfig>();
  RefuseAllBut(hcm, kImplemented, path, errors);
  if (hcm.codec_type() != HttpConnectionManager::AUTO && hcm.codec_type() != HttpConnectionManager::HTTP1) {
    errors.Add(JoinPath(path, "codec_type"), "only AUTO and HTTP1 are implemented yet");
  }
  out->stat_prefix = hcm.stat_prefix();
  if (hcm.stat_prefix().empty()) errors.Add(JoinPath(path, "stat_prefix"), "must not be empty");
  CompileIdentity(hcm, *out);
  CompileTimeouts(hcm, path, errors, out->timeouts);
  CompileCommon(hcm.common_http_protocol_options(), JoinPath(path, "common_http_protocol_options"), errors, *out);
  CompileHttp1(hcm, JoinPath(path, "http_protocol_options"), errors);
  if (hcm.has_max_request_headers_kb()) {
    const uint32_t kb = hcm.max_request_headers_kb().value();
    if (kb > 60) errors.Add(JoinPath(path, "max_request_headers_kb"), "must be at most 60");
    out->http1.limits.head = kb * 1024;
  }
  if (hcm.has_normalize_path()) out->path.normalize = hcm.normalize_path().value();
  out->path.escaped_slashes = CompileSlashes(hcm);
  CompileFilters(hcm, JoinPath(path, "http_filters"), errors);
  out->routes = RoutesOf(hcm, path, rds, errors);
  for (int i = 0; i < hcm.access_log_size(); ++i) {
    auto log = CompileAccessLog(hcm.access_log(i), IndexPath(JoinPath(path, "access_log"), i), errors);
    if (log != nullptr) out->access_logs.push_back(std::move(log));
  }
  if (errors.size() != before) return nullptr;
  out->stats = stats.Get(out->stat_prefix);
  return out;
}

}  // namespace sluice::config
