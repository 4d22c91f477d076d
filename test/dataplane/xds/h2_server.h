// An HTTP/2 server on the loop of the test whose bytes the test holds in its hands: gRPC messages
// go in and out of the newest stream, and a connection may be cut after any byte.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "test/dataplane/upstream/world.h"
#include "test/support/fake_upstream.h"
#include "test/support/h2_peer.h"

namespace sluice::xds {

// "\0", the length, the bytes (gRPC over HTTP/2).
std::string Framed(std::string_view message);

class H2Server {
 public:
  explicit H2Server(upstream::World& world) : world_(world) {}

  // Of the connections to come.
  test::H2Peer::Options options;
  net::Address address() const { return upstream_.address(); }
  size_t connections() const { return links_.size(); }
  // Cuts the next connection once this many bytes have gone to the client.
  void CutNextAfter(size_t bytes) { next_cut_ = bytes; }
  // Bytes that went to the client on connection `c`.
  size_t sent(size_t c) const { return links_.at(c).sent; }
  // Streams so far, on all connections.
  size_t streams() const;
  // On the newest stream of the newest connection; the response head goes before the first.
  void Respond(std::string_view message);
  void Raw(std::string_view bytes);
  void End(std::string_view grpc_status, std::string_view message = "");
  void Close() { upstream_[links_.size() - 1].Close(); }
  test::H2Peer& peer() { return links_.back().peer; }
  int32_t stream() const { return links_.back().stream; }
  const test::H2Peer::Request& request() { return peer().requests[stream()]; }
  // Messages of the newest stream since the last call.
  std::vector<std::string> TakeMessages();
  // Carries bytes until nothing moves.
  void Run();

 private:
  struct Link {
    explicit Link(const test::H2Peer::Options& o) : peer(o) {}
    test::H2Peer peer;
    size_t fed = 0;
    size_t sent = 0;
    int32_t stream = 1;      // the newest
    size_t parsed = 0;       // of its request
    bool head_sent = false;  // its response
    std::optional<size_t> cut;
  };
  void Carry(size_t c);

  upstream::World& world_;
  test::FakeUpstream upstream_{world_.worker.loop};
  std::deque<Link> links_;
  std::optional<size_t> next_cut_;
};

}  // namespace sluice::xds
