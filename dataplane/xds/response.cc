#include "dataplane/xds/response.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "dataplane/xds/problem_text.h"
#include "envoy/service/discovery/v3/discovery.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice::xds {
namespace {

using envoy::service::discovery::v3::DeltaDiscoveryResponse;
using envoy::service::discovery::v3::DiscoveryResponse;
using google::protobuf::Any;
using google::protobuf::internal::WireFormatLite;
using Wrapper = envoy::service::discovery::v3::Resource;

constexpr std::string_view kWrapperUrl =
    "type.googleapis.com/envoy.service.discovery.v3.Resource";
constexpr std::string_view kCommitName = "commit";

std::optional<base::Duration> TtlOf(const Wrapper& wrapper) {
  constexpr int64_t kYear = 365 * 86'400;
  const auto& ttl = wrapper.ttl();
  if (!wrapper.has_ttl() || ttl.seconds() < 0 || ttl.seconds() > kYear || ttl.nanos() < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(ttl.seconds()) + std::chrono::nanoseconds(ttl.nanos());
}

// Fills a Response, resource by resource.
class Decoder {
 public:
  explicit Decoder(Response& response) : response_(response) {}

  // `index`: in `resources` of the message, which names what has no name.
  void Add(int index, std::string_view name, std::string_view version, const Any& any,
           std::optional<base::Duration> ttl) {
    if (any.type_url() != response_.type_url) {
      return Refuse(index, name, fmt::format("is of type '{}'", any.type_url()));
    }
    if (response_.type == DiscoveryType::kCommit) return AddCommit(index, name, any);
    const auto resource =
        config::DecodeResource(ResourceTypeOf(*response_.type), name, version, any.value());
    if (!resource.ok()) {
      return Refuse(index, name, {resource.status().message().data(),
                                  resource.status().message().size()});
    }
    if (!Claim((*resource)->name)) return;
    response_.resources.push_back({(*resource)->name, std::string(version), *resource, ttl});
  }

  void AddWrapped(int index, const Wrapper& wrapper, std::string_view version) {
    if (wrapper.has_resource()) {
      return Add(index, wrapper.name(), version, wrapper.resource(), TtlOf(wrapper));
    }
    if (wrapper.name().empty()) return Refuse(index, "", "has neither a name nor a resource");
    if (!Claim(wrapper.name())) return;
    response_.resources.push_back({wrapper.name(), std::string(version), nullptr, TtlOf(wrapper)});
  }

  void AddRemoved(const std::string& name) {
    if (Claim(name)) response_.removed.push_back(name);
  }

  void Refuse(int index, std::string_view name, std::string_view text) {
    const std::string who = name.empty() ? fmt::format("resources[{}]", index) : std::string(name);
    if (name.empty()) {
      response_.has_nameless = true;
    } else if (!Claim(name)) {
      return;
    }
    response_.problems.push_back(ContentProblem(response_.type_url, who, text));
  }

 private:
  void AddCommit(int index, std::string_view name, const Any& any) {
    ::sluice::xds::v1::Commit commit;
    if (name != kCommitName) return Refuse(index, name, "name: must be 'commit'");
    if (!any.UnpackTo(&commit)) return Refuse(index, name, "cannot be parsed");
    if (Claim(name)) response_.commit = std::move(commit);
  }

  // False: the name was there before, which spoils the whole response.
  bool Claim(std::string_view name) {
    if (names_.emplace(name).second) return true;
    response_.refused = true;
    response_.problems.push_back(
        ContentProblem(response_.type_url, name, "is more than once in the response"));
    return false;
  }

  Response& response_;
  std::set<std::string, std::less<>> names_;
};

// Counts resources in any order: a server that keeps them in a hash map, as go-control-plane does,
// sends the same ones in another order each time.
class Fingerprint {
 public:
  void Add(std::initializer_list<std::string_view> texts) {
    crypto::Sha256 hash;
    for (const std::string_view text : texts) {
      const uint64_t size = text.size();
      hash.Add({reinterpret_cast<const char*>(&size), sizeof(size)}).Add(text);
    }
    parts_.push_back(hash.Finish());
  }
  crypto::Digest Finish() {
    std::sort(parts_.begin(), parts_.end());
    crypto::Sha256 hash;
    for (const crypto::Digest& part : parts_) {
      hash.Add({reinterpret_cast<const char*>(part.data()), part.size()});
    }
    return hash.Finish();
  }

 private:
  std::vector<crypto::Digest> parts_;
};

// Of the bytes, not of what was made of them: of two resources of one name only one is kept.
crypto::Digest FingerprintOf(const DiscoveryResponse& message) {
  Fingerprint all;
  all.Add({message.type_url(), message.version_info()});
  for (const Any& any : message.resources()) all.Add({any.type_url(), any.value()});
  return all.Finish();
}

crypto::Digest FingerprintOf(const DeltaDiscoveryResponse& message) {
  Fingerprint all;
  all.Add({message.type_url(), message.system_version_info()});
  for (const Wrapper& one : message.resources()) {
    all.Add({one.name(), one.version(), one.resource().type_url(), one.resource().value()});
  }
  for (const std::string& name : message.removed_resources()) all.Add({name});
  return all.Finish();
}

template <typename Message>
bool Parse(std::string_view bytes, Message& message) {
  return bytes.size() <= INT32_MAX &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

template <typename Message>
Response Envelope(const Message& message, const std::string& version) {
  Response response;
  response.type_url = message.type_url();
  response.type = FindType(message.type_url());
  response.nonce = message.nonce();
  response.version = version;
  response.identifier = message.control_plane().identifier();
  response.fingerprint = FingerprintOf(message);
  return response;
}

Response FromSotw(const DiscoveryResponse& message) {
  Response response = Envelope(message, message.version_info());
  if (!response.type.has_value()) return response;
  Decoder decoder(response);
  for (int i = 0; i < message.resources_size(); ++i) {
    const Any& any = message.resources(i);
    if (any.type_url() != kWrapperUrl) {
      decoder.Add(i, "", message.version_info(), any, std::nullopt);
      continue;
    }
    Wrapper wrapper;
    if (any.UnpackTo(&wrapper)) {
      // A wrapper need not have a version: then that of the response counts, as without wrapper.
      const std::string& own = wrapper.version();
      decoder.AddWrapped(i, wrapper, own.empty() ? message.version_info() : own);
    } else {
      decoder.Refuse(i, "", "cannot be parsed as a wrapper");
    }
  }
  return response;
}

Response FromDelta(const DeltaDiscoveryResponse& message) {
  Response response = Envelope(message, message.system_version_info());
  if (!response.type.has_value()) return response;
  Decoder decoder(response);
  for (int i = 0; i < message.resources_size(); ++i) {
    decoder.AddWrapped(i, message.resources(i), message.resources(i).version());
  }
  for (const std::string& name : message.removed_resources()) decoder.AddRemoved(name);
  return response;
}

}  // namespace

absl::StatusOr<Response> DecodeResponse(Variant variant, std::string_view bytes) {
  Response response;
  if (variant == Variant::kSotw) {
    DiscoveryResponse message;
    if (!Parse(bytes, message)) return absl::InvalidArgumentError("is no DiscoveryResponse");
    response = FromSotw(message);
  } else {
    DeltaDiscoveryResponse message;
    if (!Parse(bytes, message)) return absl::InvalidArgumentError("is no DeltaDiscoveryResponse");
    response = FromDelta(message);
  }
  return response;
}

std::string_view PeekTypeUrl(std::string_view bytes) {
  // Field 4, length-delimited, in both messages.
  constexpr uint32_t kTag = 4 << 3 | WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
  if (bytes.size() > INT32_MAX) return {};
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t size = 0;
    if (tag != kTag) {
      if (!WireFormatLite::SkipField(&in, tag)) return {};
      continue;
    }
    if (!in.ReadVarint32(&size)) return {};
    const auto at = static_cast<size_t>(in.CurrentPosition());
    return size <= bytes.size() - at ? bytes.substr(at, size) : std::string_view();
  }
  return {};
}

}  // namespace sluice::xds
