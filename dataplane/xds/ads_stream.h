// One gRPC stream in both directions over an upstream::Call, message by message.
//
// The owner gets one message at a time and says when it wants the next (xds.md R67): until then the
// response is paused, and what the server still sends is bounded by its HTTP/2 window. A server
// that does not read what is sent is not read either, so answers do not pile up. A message that
// announces more than the limit ends the stream before its bytes are held.
// Owner: AdsClient, which starts it again after each end. Thread: config.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/buffer/arena.h"
#include "dataplane/event/loop.h"
#include "dataplane/grpc/message.h"
#include "dataplane/grpc/status.h"
#include "dataplane/http/head.h"
#include "dataplane/upstream/call.h"
#include "dataplane/upstream/worker_cluster.h"

namespace sluice::xds {

class AdsStream final : private upstream::CallEvents, private event::Task {
 public:
  class Events {
   public:
    // A whole message. Nothing comes before Next.
    virtual void OnMessage(std::string message) = 0;
    // The stream has ended, whoever did it but Close; it may be started again in a later turn.
    virtual void OnStreamEnd(const grpc::Status& status) = 0;

   protected:
    ~Events() = default;
  };

  // All outlive the stream. `max_message`: bytes.
  AdsStream(event::Loop& loop, buffer::BlockPool& blocks, Events& events, uint32_t max_message,
            upstream::Keepalive keepalive);
  ~AdsStream();
  AdsStream(const AdsStream&) = delete;
  AdsStream& operator=(const AdsStream&) = delete;

  // Not while open. `path` and `authority` outlive the stream.
  void Start(upstream::WorkerCluster& cluster, std::string_view path, std::string_view authority);
  void Send(std::string_view message);
  // The owner is done with the last message; idempotent.
  void Next();
  // Ends the stream without an event.
  void Close();
  bool open() const { return open_; }
  // Sent, and not yet written to the socket.
  size_t queued_bytes() const { return open_ ? call_.queued_bytes() : 0; }

 private:
  // event::Task: delivers the next message, if it is there.
  void Run() override;
  // upstream::CallEvents
  http::Head& NewResponseHead(http::StreamEvents::HeadKind kind) override;
  void OnResponseHead(http::EndStream end) override;
  void OnResponseBody(buffer::Buffer& data) override;
  void OnResponseTrailers() override { has_trailers_ = true; }
  void OnResponseEnd() override;
  void OnFailed(const upstream::CallFailure& failure) override;
  void OnCallSendable() override { loop_.Post(*this); }

  void Deliver();
  void End(const grpc::Status& status);

  event::Loop& loop_;
  buffer::BlockPool& blocks_;
  Events& events_;
  const uint32_t max_message_;
  buffer::Arena arena_;
  http::Head request_{arena_};
  http::Head head_{arena_};
  http::Head informational_{arena_};
  http::Head trailers_{arena_};
  std::optional<grpc::MessageReader> reader_;  // since Start
  bool open_ = false;
  bool busy_ = false;          // the owner has a message
  bool has_trailers_ = false;
  upstream::Call call_;        // last: its end refers to the heads
};

}  // namespace sluice::xds
