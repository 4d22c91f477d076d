// Writes down what a codec says, as text: the vocabulary of the codec tests and fuzzers. Body bytes
// are joined, so that the same message cut in two ways gives the same record.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/http/codec.h"
#include "dataplane/http1/server_codec.h"

namespace sluice::http1 {

// "GET /path?query HTTP/1.1 [authority] {name: value} {name: value}", live lines only.
std::string Describe(const http::Head& head);

// One connection's events; hands every stream the same recorder.
class Recorder final : public http::ConnectionEvents, public http::StreamEvents {
 public:
  explicit Recorder(buffer::BlockPool& pool) : arena_(pool) {}

  // The record: one line per event.
  std::string text() const { return record_ + Body(); }
  void Forget();

  // Called inside the event, after it was written down.
  std::function<void(http::StreamId)> on_head;
  std::function<void(http::StreamId)> on_body;
  std::function<void(http::StreamId)> on_end;

  // The newest head of its kind; nullptr before the first.
  const http::Head* head() const { return head_; }
  const http::Head* trailers() const { return trailers_; }
  const std::string& body() const { return body_; }
  http::StreamId id() const { return id_; }

  http::StreamEvents* OnStream(http::StreamId id) override;
  void OnLastStream() override { Line("last"); }
  void OnOutput() override {}
  http::Head& NewHead(HeadKind kind) override;
  void OnHead(http::EndStream end) override;
  void OnInformational() override;
  void OnBody(buffer::Buffer& data) override;
  void OnTrailers() override;
  void OnEnd() override;
  void OnReset(http::StreamError error) override;

 private:
  void Line(std::string_view line);
  std::string Body() const;

  buffer::Arena arena_;
  std::deque<http::Head> heads_;
  http::Head* head_ = nullptr;
  http::Head* informational_ = nullptr;
  http::Head* trailers_ = nullptr;
  http::StreamId id_ = 0;
  std::string record_;
  std::string body_;
};

// Everything `codec` has to send.
std::string Output(http::Codec& codec);

// How bytes are cut before they are fed: a piece of `first` bytes, then pieces of `step`; 0 stands
// for all that is left.
struct Cut {
  size_t first = 0;
  size_t step = 0;
};

// Feeds `bytes` piece by piece, and again while the codec takes more; then the error.
http::StreamError FeedPieces(buffer::BlockPool& pool, http::Codec& codec, buffer::Buffer& in,
                             std::string_view bytes, Cut cut);

// What a server codec says to `bytes` and then the end of the connection, when each request is
// answered with 204 at its end. "" for `bytes` without a message.
std::string ServerRecord(std::string_view bytes, const ServerOptions& options, Cut cut);

// What a client codec says to `bytes` and then the end of the connection, when they answer requests
// of these methods, each sent once the one before was answered.
std::string ClientRecord(std::string_view bytes, const std::vector<std::string>& methods,
                         const Limits& limits, Cut cut);

// `record` of `bytes` in one piece; or, if any way to cut them in two, or into single bytes, gives
// another record, both of them and the cut, so that a comparison fails and shows them.
std::string AtEveryCut(std::string_view bytes,
                       const std::function<std::string(std::string_view, Cut)>& record);

}  // namespace sluice::http1
