// Random messages from one codec to the other and back: what was sent is what is received, however
// the bytes are cut (fixed seeds).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/http/text.h"
#include "dataplane/http1/client_codec.h"
#include "dataplane/http1/server_codec.h"
#include "test/dataplane/http1/recorder.h"

namespace sluice::http1 {
namespace {

using http::BodyFraming;
using http::EndStream;
using http::StreamId;

// A message as its sender and its receiver both see it.
struct Message {
  std::string method = "GET";
  std::string path = "/";
  std::string query;
  bool has_query = false;
  uint16_t status = 0;
  std::string reason;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::string> body;
  BodyFraming framing = BodyFraming::kNone;
  std::vector<std::pair<std::string, std::string>> trailers;

  std::string Body() const {
    std::string all;
    for (const std::string& part : body) all += part;
    return all;
  }
};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  std::string Text(std::string_view alphabet, uint32_t least, uint32_t most) {
    std::string text;
    for (uint32_t n = least + Below(most - least + 1); n > 0; --n)
      text += alphabet[Below(alphabet.size())];
    return text;
  }
  std::string Name() {
    constexpr const char* kKnown[] = {"Accept", "content-TYPE", "X-Request-Id",
                                      "Cookie", "Via",          "etag"};
    if (OneIn(2)) return kKnown[Below(std::size(kKnown))];
    return "x" + Text("abcXYZ019-!#$%&'*+.^`|~", 0, OneIn(8) ? 60 : 20);
  }
  std::string Value() {
    std::string value = Text("abc XYZ\t019-_=;,\"/\xFF\x80", 0, OneIn(10) ? 300 : 40);
    return std::string(http::TrimOws(value));
  }
  std::vector<std::pair<std::string, std::string>> Fields(uint32_t most) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (uint32_t n = Below(most + 1); n > 0; --n) fields.emplace_back(Name(), Value());
    return fields;
  }
  void AddBody(Message& message) {
    message.framing = OneIn(2) ? BodyFraming::kLength : BodyFraming::kChunked;
    for (uint32_t n = Below(4); n > 0; --n) {
      message.body.push_back(Text(std::string_view("\0\r\n0aZ", 6), 0, OneIn(5) ? 5000 : 30));
    }
    if (message.framing == BodyFraming::kChunked && OneIn(3)) {
      for (uint32_t n = 1 + Below(3); n > 0; --n)
        message.trailers.emplace_back("x-t" + Text("ab", 1, 3), Value());
    }
  }

 private:
  std::mt19937 random_;
};

// What a recorder says about a message.
std::string Expected(const Message& message) {
  std::string text = message.status != 0
                         ? fmt::format("head {} {}", message.status, message.reason)
                         : fmt::format("head {} {}{}{} [h.example]", message.method, message.path,
                                       message.has_query ? "?" : "", message.query);
  for (const auto& [name, value] : message.fields) text += fmt::format(" {{{}: {}}}", name, value);
  text += '\n';
  if (const std::string body = message.Body(); !body.empty()) text += "body " + body + '\n';
  if (!message.trailers.empty()) {
    text += "trailers";
    for (const auto& [name, value] : message.trailers)
      text += fmt::format(" {{{}: {}}}", name, value);
    text += '\n';
  }
  return text + "end\n";
}

// Takes the lines away that codecs write themselves, and the mark of a head without body.
std::string WithoutFraming(std::string text) {
  for (const std::string line : {" {host: h.example}", " {transfer-encoding: chunked}", " end\n"}) {
    const size_t at = text.find(line);
    if (at != std::string::npos) text.replace(at, line.size(), line.back() == '\n' ? "\n" : "");
  }
  const size_t at = text.find(" {content-length: ");
  if (at != std::string::npos) text.erase(at, text.find('}', at) + 1 - at);
  return text;
}

class RoundTripTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  void FillHead(const Message& message, http::Head& head) {
    head.method_text = message.method;
    head.method = http::LookupMethod(message.method);
    head.path = message.path;
    head.query = message.query;
    head.has_query = message.has_query;
    head.authority = message.status == 0 ? "h.example" : "";
    head.status = message.status;
    head.reason = message.reason;
    head.framing = message.framing;
    head.content_length = message.framing == BodyFraming::kLength ? message.Body().size() : 0;
    for (const auto& [name, value] : message.fields) head.Append(name, value);
  }

  std::string Send(http::Codec& codec, StreamId id, const Message& message) {
    http::Head& head = heads_.emplace_back(arena_);
    FillHead(message, head);
    const bool has_body = message.framing != BodyFraming::kNone;
    codec.SendHead(id, head, has_body ? EndStream::kNo : EndStream::kYes);
    for (size_t i = 0; i < message.body.size(); ++i) {
      buffer::Buffer data;
      data.AppendCopy(pool_, message.body[i]);
      const bool last = i + 1 == message.body.size() && message.trailers.empty();
      codec.SendBody(id, data, last ? EndStream::kYes : EndStream::kNo);
    }
    if (!message.trailers.empty()) {
      http::Head& trailers = heads_.emplace_back(arena_);
      for (const auto& [name, value] : message.trailers) trailers.Append(name, value);
      codec.SendTrailers(id, trailers);
    } else if (has_body && message.body.empty()) {
      buffer::Buffer none;
      codec.SendBody(id, none, EndStream::kYes);
    }
    return Output(codec);
  }

  http::StreamError Receive(http::Codec& codec, buffer::Buffer& in, const std::string& bytes,
                            Generator& random) {
    Cut cut;
    if (random.OneIn(2)) cut = {random.Below(100) + 1, random.Below(200) + 1};
    return FeedPieces(pool_, codec, in, bytes, cut);
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  std::deque<http::Head> heads_;
};

TEST_P(RoundTripTest, WhatIsSentIsReceived) {
  Generator random(GetParam());
  Limits limits;
  const ServerOptions options;
  Recorder upstream(pool_), downstream(pool_);
  ClientCodec client(pool_, upstream, limits);
  ServerCodec server(pool_, downstream, options);
  buffer::Buffer to_server, to_client;
  for (int round = 0; round < 300; ++round) {
    constexpr const char* kMethods[] = {"GET", "POST", "PUT", "DELETE", "FOO-bar", "PATCH"};
    Message request;
    request.method = kMethods[random.Below(std::size(kMethods))];
    request.path = "/" + random.Text("abc/%.~!$&'()*+,;=:@-_", 0, random.OneIn(10) ? 2000 : 50);
    request.has_query = random.OneIn(2);
    if (request.has_query) request.query = random.Text("a?/=&%[]\"<>\\^`{|}", 0, 40);
    request.fields = random.Fields(20);
    if (request.method != "GET" && random.OneIn(2)) random.AddBody(request);

    const StreamId id = client.OpenStream(upstream);
    ASSERT_NE(id, 0u);
    ASSERT_EQ(Receive(server, to_server, Send(client, id, request), random),
              http::StreamError::kNone);
    ASSERT_EQ(WithoutFraming(downstream.text()), Expected(request))
        << "seed " << GetParam() << " round " << round;

    Message response;
    response.status = static_cast<uint16_t>(200 + random.Below(400));
    response.reason = random.Text("ab c", 1, 20);
    response.fields = random.Fields(20);
    if (response.status != 204 && response.status != 304) random.AddBody(response);
    ASSERT_EQ(Receive(client, to_client, Send(server, downstream.id(), response), random),
              http::StreamError::kNone);
    ASSERT_EQ(WithoutFraming(upstream.text()), Expected(response))
        << "seed " << GetParam() << " round " << round;
    downstream.Forget();
    upstream.Forget();
  }
  EXPECT_TRUE(server.idle() && server.reusable());
  EXPECT_TRUE(client.idle() && client.reusable());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoundTripTest, ::testing::Range(1u, 11u));

}  // namespace
}  // namespace sluice::http1
