// One message of the server, decoded: (Delta)DiscoveryResponse with its resources parsed, checked
// by the rules that need no state (xds.md R24, R25, R50, R66). Both variants give the same value.
//
// Pure functions. Thread: any; large messages are decoded on the build thread, because parsing
// takes milliseconds per megabyte.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dataplane/base/clock.h"
#include "dataplane/config/resource.h"
#include "dataplane/crypto/digest.h"
#include "dataplane/xds/discovery_type.h"
#include "dataplane/xds/problem_text.h"
#include "sluice/xds/v1/commit.pb.h"

namespace sluice::xds {



struct ReceivedResource {
  std::string name;
  std::string version;           // SotW: that of the response
  config::ResourceRef resource;  // nullptr: the server only renews the ttl (R66)
  std::optional<base::Duration> ttl;
};

struct Response {
  std::string type_url;
  std::optional<DiscoveryType> type;  // nothing: unknown, the rest is empty
  std::string nonce;
  std::string version;     // SotW: version_info; delta: system_version_info, for people
  std::string identifier;  // of the control plane; may be empty (R7)
  std::vector<ReceivedResource> resources;
  std::vector<std::string> removed;  // delta
  // Resources that cannot be used, and why. The good ones above may be (R30).
  Problems problems;
  // The response breaks a rule as a whole: nothing of it may be used (R24, R50).
  bool refused = false;
  // SotW: a resource did not even say its name, so nobody knows what is absent.
  bool has_nameless = false;
  // kCommit: the one resource, if it could be read.
  std::optional<::sluice::xds::v1::Commit> commit;
  // Equal for two responses that say the same, whatever their nonces and the order (R20, R31).
  crypto::Digest fingerprint{};
};

// INVALID_ARGUMENT: the bytes are no such message; without a nonce nobody can refuse it, so it is
// the end of the stream.
absl::StatusOr<Response> DecodeResponse(Variant variant, std::string_view bytes);

// The type_url of a serialised response of either variant, without parsing the rest; "" if it is
// not found. Views `bytes`.
std::string_view PeekTypeUrl(std::string_view bytes);

}  // namespace sluice::xds
