// One call into each library the data plane uses; no_openssl_test looks at what this program needs.
#include <absl/status/status.h>
#include <ares.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <nghttp2/nghttp2.h>
#include <openssl/base.h>
#include <openssl/ssl.h>
#include <re2/re2.h>
#include <spdlog/spdlog.h>
#include <yaml-cpp/yaml.h>

#include <string>

#include "smoke/greeting.pb.h"

#ifndef OPENSSL_IS_BORINGSSL
#error "OpenSSL's headers were found instead of BoringSSL's"
#endif

int main() {
  const bssl::UniquePtr<SSL_CTX> tls(SSL_CTX_new(TLS_method()));
  sluice::smoke::Greeting greeting;
  greeting.set_name(YAML::Load("{name: probe}")["name"].as<std::string>());
  std::string json;
  const bool ok = google::protobuf::util::MessageToJsonString(greeting, &json).ok() &&
                  RE2::FullMatch(json, ".*probe.*") && tls != nullptr && absl::OkStatus().ok();
  spdlog::info("{}", fmt::format("nghttp2 {}, c-ares {}, {}", nghttp2_version(0)->version_str,
                                 ares_version(nullptr), json));
  return ok ? 0 : 1;
}
