#include "controlplane/compile/route_action.h"

#include <fmt/format.h>

#include <map>

#include "controlplane/compile/path_rewrite.h"

namespace sluice::compile {
namespace {

namespace v3 = envoy::config::route::v3;
using envoy::config::core::v3::HeaderValueOption;
using sluice::v1::HeaderChanges;
using sluice::v1::Redirect;
using sluice::v1::Route;
using Additions = google::protobuf::RepeatedPtrField<HeaderValueOption>;
using Removals = google::protobuf::RepeatedPtrField<std::string>;

// Values are literal here; in xDS '%' begins an operator.
std::string Literal(const std::string& value) {
  std::string escaped;
  for (char c : value) escaped.append(c == '%' ? 2 : 1, c);
  return escaped;
}

void Set(const std::string& name, const std::string& value, Additions& out) {
  HeaderValueOption& option = *out.Add();
  option.mutable_header()->set_key(name);
  option.mutable_header()->set_value(Literal(value));
  option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
  if (value.empty()) option.set_keep_empty_value(true);
}

void SetHeaders(const HeaderChanges& changes, Additions& add, Removals& remove) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>(changes.set().begin(), changes.set().end())) {
    Set(name, value, add);
  }
  remove.MergeFrom(changes.remove());
}

v3::RedirectAction::RedirectResponseCode CodeOf(uint32_t status) {
  switch (status) {
    case 301: return v3::RedirectAction::MOVED_PERMANENTLY;
    case 303: return v3::RedirectAction::SEE_OTHER;
    case 307: return v3::RedirectAction::TEMPORARY_REDIRECT;
    case 308: return v3::RedirectAction::PERMANENT_REDIRECT;
    default: return v3::RedirectAction::FOUND;
  }
}

void SetRedirect(const Redirect& redirect, v3::RedirectAction& out) {
  out.set_response_code(CodeOf(redirect.status()));
  out.set_host_redirect(redirect.host());
  if (!redirect.path().empty()) out.set_path_redirect(redirect.path());
  if (redirect.https()) out.set_https_redirect(true);
  out.set_strip_query(redirect.strip_query());
}

void SetForward(const Route& route, const Section& section, v3::RouteAction& out) {
  if (route.has_forward()) {
    out.set_cluster(route.forward().service());
  } else {
    for (const auto& share : route.split().services()) {
      auto& cluster = *out.mutable_weighted_clusters()->add_clusters();
      cluster.set_name(share.service());
      cluster.mutable_weight()->set_value(share.weight());
    }
  }
  if (route.has_rewrite()) SetPathRewrite(route, section, out);
  if (!route.rewrite().host().empty()) out.set_host_rewrite_literal(route.rewrite().host());
  if (route.has_timeout()) *out.mutable_timeout() = route.timeout();
}

}  // namespace

void SetReply(uint32_t status, const std::string& body, v3::Route& out) {
  out.mutable_direct_response()->set_status(status);
  if (!body.empty()) out.mutable_direct_response()->mutable_body()->set_inline_string(body);
}

void SetAction(const Route& route, const Section& section, v3::Route& out) {
  switch (route.action_case()) {
    case Route::kForward:
    case Route::kSplit:
      SetForward(route, section, *out.mutable_route());
      break;
    case Route::kRedirect:
      SetRedirect(route.redirect(), *out.mutable_redirect());
      break;
    case Route::kRespond:
      SetReply(route.respond().status(), route.respond().body(), out);
      if (!route.respond().content_type().empty()) {
        Set("content-type", route.respond().content_type(), *out.mutable_response_headers_to_add());
      }
      break;
    case Route::ACTION_NOT_SET:
      break;
  }
  SetHeaders(route.request_headers(), *out.mutable_request_headers_to_add(),
             *out.mutable_request_headers_to_remove());
  SetHeaders(route.response_headers(), *out.mutable_response_headers_to_add(),
             *out.mutable_response_headers_to_remove());
  if (section.deprecated_since) {
    Set("deprecation", fmt::format("@{}", *section.deprecated_since),
        *out.mutable_response_headers_to_add());
  }
}

}  // namespace sluice::compile
