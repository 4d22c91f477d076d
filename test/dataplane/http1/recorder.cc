#include "test/dataplane/http1/recorder.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataplane/http1/client_codec.h"

namespace sluice::http1 {

std::string Describe(const http::Head& head) {
  std::string text;
  if (head.status != 0) {
    text = fmt::format("{} {}", head.status, head.reason);
  } else if (!head.method_text.empty()) {
    text = fmt::format("{} {}{}{} [{}]", head.method_text, head.path, head.has_query ? "?" : "",
                       head.query, head.authority);
  }
  for (uint32_t i = 0; i < head.size(); ++i) {
    if (head.at(i).removed()) continue;
    text += fmt::format(" {{{}: {}}}", head.at(i).name(), head.at(i).value());
  }
  return text;
}

void Recorder::Forget() {
  record_.clear();
  body_.clear();
}

void Recorder::Line(std::string_view line) {
  record_ += Body();
  body_.clear();
  record_ += line;
  record_ += '\n';
}

std::string Recorder::Body() const { return body_.empty() ? "" : "body " + body_ + "\n"; }

http::StreamEvents* Recorder::OnStream(http::StreamId id) {
  id_ = id;
  return this;
}

http::Head& Recorder::NewHead(HeadKind kind) {
  http::Head& head = heads_.emplace_back(arena_);
  switch (kind) {
    case HeadKind::kMain:
      head_ = &head;
      break;
    case HeadKind::kInformational:
      informational_ = &head;
      break;
    case HeadKind::kTrailers:
      trailers_ = &head;
      break;
  }
  return head;
}

void Recorder::OnHead(http::EndStream end) {
  Line("head " + Describe(*head_) + (end == http::EndStream::kYes ? " end" : ""));
  if (on_head) on_head(id_);
}

void Recorder::OnInformational() { Line("informational " + Describe(*informational_)); }

void Recorder::OnBody(buffer::Buffer& data) {
  body_ += data.ToString();
  data.Clear();
  if (on_body) on_body(id_);
}

void Recorder::OnTrailers() { Line("trailers" + Describe(*trailers_)); }

void Recorder::OnEnd() {
  Line("end");
  if (on_end) on_end(id_);
}

void Recorder::OnReset(http::StreamError error) {
  Line(fmt::format("reset {}", http::StreamErrorName(error)));
}

std::string Output(http::Codec& codec) {
  buffer::Buffer out;
  codec.TakeOutput(out);
  return out.ToString();
}

http::StreamError FeedPieces(buffer::BlockPool& pool, http::Codec& codec, buffer::Buffer& in,
                             std::string_view bytes, Cut cut) {
  http::StreamError error = http::StreamError::kNone;
  size_t n = cut.first != 0 ? cut.first : cut.step;
  while (!bytes.empty() && error == http::StreamError::kNone) {
    n = n == 0 ? bytes.size() : std::min(n, bytes.size());
    // A block per piece, as from one read each.
    in.Append(buffer::Slice::Copy(pool, bytes.substr(0, n)));
    bytes.remove_prefix(n);
    n = cut.step;
    size_t before;
    do {
      before = in.size();
      error = codec.Feed(in).error;
    } while (error == http::StreamError::kNone && codec.wants_input() && in.size() != before);
  }
  return error;
}

std::string ServerRecord(std::string_view bytes, const ServerOptions& options, Cut cut) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  Recorder recorder(pool);
  ServerCodec codec(pool, recorder, options);
  buffer::Buffer in;
  http::Head response(arena);
  response.status = 204;
  recorder.on_end = [&](http::StreamId id) { codec.SendHead(id, response, http::EndStream::kYes); };
  http::StreamError error = FeedPieces(pool, codec, in, bytes, cut);
  if (error == http::StreamError::kNone) error = codec.FeedEnd().error;
  std::string record = recorder.text();
  if (error != http::StreamError::kNone) {
    record += fmt::format("error {}\n", http::StreamErrorName(error));
  }
  return record;
}

std::string ClientRecord(std::string_view bytes, const std::vector<std::string>& methods,
                         const Limits& limits, Cut cut) {
  buffer::BlockPool pool;
  buffer::Arena arena(pool);
  Recorder recorder(pool);
  ClientCodec codec(pool, recorder, limits);
  buffer::Buffer in;
  size_t next = 0;
  http::Head request(arena);
  const auto ask = [&] {
    if (next == methods.size()) return;
    const http::StreamId id = codec.OpenStream(recorder);
    if (id == 0) return;
    request.Clear();
    request.method_text = methods[next++];
    request.method = http::LookupMethod(request.method_text);
    request.path = "/";
    request.authority = "up";
    codec.SendHead(id, request, http::EndStream::kYes);
  };
  recorder.on_end = [&](http::StreamId) { ask(); };
  ask();
  http::StreamError error = FeedPieces(pool, codec, in, bytes, cut);
  if (error == http::StreamError::kNone) error = codec.FeedEnd().error;
  std::string record = recorder.text();
  if (error != http::StreamError::kNone) {
    record += fmt::format("error {}\n", http::StreamErrorName(error));
  }
  return record;
}

std::string AtEveryCut(std::string_view bytes,
                       const std::function<std::string(std::string_view, Cut)>& record) {
  const std::string whole = record(bytes, {});
  const auto differs = [&](Cut cut) {
    const std::string other = record(bytes, cut);
    if (other == whole) return std::string();
    return fmt::format("whole:\n{}cut first {} step {}:\n{}", whole, cut.first, cut.step, other);
  };
  if (std::string text = differs({.first = 1, .step = 1}); !text.empty()) return text;
  for (size_t first = 1; first < bytes.size(); ++first) {
    if (std::string text = differs({.first = first}); !text.empty()) return text;
  }
  return whole;
}

}  // namespace sluice::http1
