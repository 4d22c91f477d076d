// An ADS server on other people's gRPC, in the process of the test: it takes streams of any method,
// writes down what comes and sends what the test gives it. What it says is the test's business.
//
// Thread: any; gRPC's own threads fill the list of requests. Messages are bytes, so that no stubs
// are needed: they would bring gRPC's TLS library, and the process has ours.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sluice::test {

class GrpcAdsServer final {
 public:
  GrpcAdsServer();
  ~GrpcAdsServer();
  GrpcAdsServer(const GrpcAdsServer&) = delete;
  GrpcAdsServer& operator=(const GrpcAdsServer&) = delete;

  // On the loopback address.
  uint16_t port() const;
  // Streams that were ever opened.
  size_t streams() const;
  // "/package.Service/Method" of the newest stream.
  std::string method() const;
  // The oldest message not taken yet, of any stream.
  std::optional<std::string> TakeRequest();
  // To the newest stream; dropped if there is none.
  void Send(std::string message);
  // Ends the newest stream with a status code of gRPC.
  void EndStream(int code, const std::string& text);

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace sluice::test
