#include <arpa/inet.h>
#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <array>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "api/check/cross_rules.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"
#include "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.pb.h"

namespace sluice::api {
namespace {

using envoy::config::listener::v3::FilterChain;
using envoy::config::listener::v3::Listener;
using envoy::extensions::filters::http::router::v3::Router;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
using envoy::extensions::filters::network::http_connection_manager::v3::HttpFilter;
using envoy::extensions::filters::network::tcp_proxy::v3::TcpProxy;
using HttpFilters = google::protobuf::RepeatedPtrField<HttpFilter>;

// Equal for equal matches only: maps in key order, though there are none today.
std::string BytesOf(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

void CheckMatchesDiffer(const Listener& listener, const FieldPath& path, ErrorList& errors) {
  absl::flat_hash_map<std::string, int> seen;
  for (int i = 0; i < listener.filter_chains_size(); ++i) {
    const auto [other, fresh] =
        seen.insert({BytesOf(listener.filter_chains(i).filter_chain_match()), i});
    if (fresh) continue;
    const FieldPath chain = path.Field("filter_chains", i);
    errors.Add(chain.Field("filter_chain_match").ToString(),
               fmt::format("is the same as that of filter_chains[{}]", other->second));
  }
}

// A filter that answers itself ends the chain: nothing behind it would ever run, and a chain
// without one would leave the connection or request hanging.
void CheckHttpFilters(const HttpFilters& filters, const FieldPath& path, std::string_view field,
                      ErrorList& errors) {
  absl::flat_hash_map<std::string, int> names;
  for (int i = 0; i < filters.size(); ++i) {
    const FieldPath at = path.Field(field, i);
    const bool last = i + 1 == filters.size();
    if (filters[i].typed_config().Is<Router>() != last) {
      errors.Add(at.ToString(), last ? "the last HTTP filter must be the router"
                                     : "the router must be the last HTTP filter");
    } else if (last && filters[i].disabled()) {
      errors.Add(at.Field("disabled").ToString(), "the router cannot be disabled");
    }
    if (filters[i].name().empty()) continue;
    const auto [other, fresh] = names.insert({filters[i].name(), i});
    if (!fresh) {
      errors.Add(at.Field("name").ToString(), fmt::format("\"{}\" is the name of {}[{}] too",
                                                          filters[i].name(), field, other->second));
    }
  }
}

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

void CrossCheck(const Listener& listener, const FieldPath& path, ErrorList& errors) {
  if (listener.has_api_listener()) {
    // For gRPC clients: no socket and no filter chains, only the manager.
    if (!listener.api_listener().api_listener().Is<HttpConnectionManager>()) {
      errors.Add(path.Field("api_listener.api_listener").ToString(),
                 "must be an HttpConnectionManager");
    }
    return;
  }
  if (!listener.has_address()) errors.Add(path.Field("address").ToString(), "is required");
  if (listener.filter_chains().empty() && !listener.has_default_filter_chain()) {
    errors.Add(path.Field("filter_chains").ToString(), "must not be empty");
  }
  for (int i = 0; i < listener.additional_addresses_size(); ++i) {
    if (listener.additional_addresses(i).has_address()) continue;
    const FieldPath at = path.Field("additional_addresses", i);
    errors.Add(at.Field("address").ToString(), "is required");
  }
  CheckMatchesDiffer(listener, path, errors);
}

void CrossCheck(const FilterChain& chain, const FieldPath& path, ErrorList& errors) {
  for (int i = 0; i < chain.filters_size(); ++i) {
    const auto& config = chain.filters(i).typed_config();
    const bool last = i + 1 == chain.filters_size();
    if ((config.Is<HttpConnectionManager>() || config.Is<TcpProxy>()) == last) continue;
    errors.Add(path.Field("filters", i).ToString(),
               last ? "the last network filter must be an HttpConnectionManager or a TcpProxy"
                    : "an HttpConnectionManager or a TcpProxy must be the last network filter");
  }
}

void CrossCheck(const HttpConnectionManager& manager, const FieldPath& path, ErrorList& errors) {
  if (manager.http_filters().empty()) {
    errors.Add(path.Field("http_filters").ToString(), "must end with the router");
  }
  CheckHttpFilters(manager.http_filters(), path, "http_filters", errors);
  if (manager.has_rds() && manager.rds().route_config_name().empty()) {
    errors.Add(path.Field("rds.route_config_name").ToString(), "must not be empty");
  }
  absl::flat_hash_map<std::string, int> upgrades;
  for (int i = 0; i < manager.upgrade_configs_size(); ++i) {
    const auto& upgrade = manager.upgrade_configs(i);
    const FieldPath at = path.Field("upgrade_configs", i);
    CheckHttpFilters(upgrade.filters(), at, "filters", errors);
    const auto [other, fresh] = upgrades.insert({LowerCase(upgrade.upgrade_type()), i});
    if (upgrade.upgrade_type().empty()) {
      errors.Add(at.Field("upgrade_type").ToString(), "must not be empty");
    } else if (!fresh) {
      errors.Add(at.Field("upgrade_type").ToString(),
                 fmt::format("\"{}\" is the type of upgrade_configs[{}] too",
                             upgrade.upgrade_type(), other->second));
    }
  }
}

void CrossCheck(const envoy::config::core::v3::CidrRange& range, const FieldPath& path,
                ErrorList& errors) {
  if (range.address_prefix().empty()) return;
  std::array<unsigned char, 16> bytes;
  const bool v4 = inet_pton(AF_INET, range.address_prefix().c_str(), bytes.data()) == 1;
  if (!v4 && inet_pton(AF_INET6, range.address_prefix().c_str(), bytes.data()) != 1) {
    errors.Add(path.Field("address_prefix").ToString(), "is no IP address");
  } else if (v4 && range.prefix_len().value() > 32) {
    errors.Add(path.Field("prefix_len").ToString(),
               fmt::format("must be at most 32 for IPv4, is {}", range.prefix_len().value()));
  }
}

}  // namespace sluice::api
