// What the two kinds of sessions have in common: what they are given, and how they speak.
//
// Owner: the stream, which makes a session with the first good request and ends it with itself.
// Thread: the strand; nothing here blocks. A session is told of requests and of assignments, and by
// its driver, as a fleet::Link, of revisions; all it does is write.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <string>

#include "controlplane/fleet/link.h"
#include "controlplane/snapshot/assignments.h"
#include "controlplane/strand/strand.h"
#include "controlplane/xds/delta_subscription.h"
#include "controlplane/xds/encode.h"
#include "controlplane/xds/sotw_subscription.h"

namespace sluice::xds {

// Borrowed things outlive the session.
struct SessionContext {
  fleet::Node node;
  fleet::Driver& driver;
  snapshot::Assignments& assignments;
  strand::Strand& strand;
  std::string identifier;                         // control_plane.identifier, without ";commit=1"
  std::function<void(grpc::ByteBuffer)> write;    // in order; never blocks
};

// What a stream does with requests: of a client that commits, or of a standard one.
template <typename Request>
class Session {
 public:
  virtual ~Session() = default;
  // One that parses and names a type; of any kind beyond that.
  virtual void OnRequest(const Request& request) = 0;
  // Assignments changed.
  virtual void OnAssignments() = 0;
};

// The two protocols of ADS, for code that is the same for both: what a request is, what is kept of a
// type, and the bytes of a response. Listeners and clusters are the types of which a client may want
// all without naming any (R34), and whose SotW responses are the full state.
struct DeltaProtocol {
  using Request = envoy::service::discovery::v3::DeltaDiscoveryRequest;
  using Subscription = DeltaSubscription;
  static constexpr fleet::Protocol kProtocol = fleet::Protocol::kDelta;
  static Subscription Make(snapshot::Type type) {
    const bool all = type == snapshot::Type::kCluster || type == snapshot::Type::kListener;
    return Subscription(all ? Subscription::EmptyMeansAll::kYes : Subscription::EmptyMeansAll::kNo);
  }
  static grpc::ByteBuffer Encode(const Envelope& envelope, const Update& update) {
    return EncodeDelta(envelope, update);
  }
};
struct SotwProtocol {
  using Request = envoy::service::discovery::v3::DiscoveryRequest;
  using Subscription = SotwSubscription;
  static constexpr fleet::Protocol kProtocol = fleet::Protocol::kSotw;
  static Subscription Make(snapshot::Type type) {
    const bool full = type == snapshot::Type::kCluster || type == snapshot::Type::kListener;
    return Subscription(full ? Subscription::State::kFull : Subscription::State::kPartial);
  }
  static grpc::ByteBuffer Encode(const Envelope& envelope, const Update& update) {
    return EncodeSotw(envelope, update);
  }
};

// One object for each type of snapshot::kTypes; a value.
template <typename T>
class PerType final {
 public:
  template <typename Make>
  explicit PerType(Make make)
      : items_{make(snapshot::kTypes[0]), make(snapshot::kTypes[1]), make(snapshot::kTypes[2]),
               make(snapshot::kTypes[3])} {}
  T& operator[](snapshot::Type type) { return items_[static_cast<size_t>(type)]; }
  const T& operator[](snapshot::Type type) const { return items_[static_cast<size_t>(type)]; }

 private:
  std::array<T, snapshot::kTypes.size()> items_;
};

}  // namespace sluice::xds
