#include "test/dataplane/http1/recorder.h"

#include <fmt/format.h>

#include <algorithm>

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
    case HeadKind::kMain: head_ = &head; break;
    case HeadKind::kInformational: informational_ = &head; break;
    case HeadKind::kTrailers: trailers_ = &head; break;
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
                             std::string_view bytes, size_t step) {
  if (step == 0) step = bytes.size();
  http::StreamError error = http::StreamError::kNone;
  while (!bytes.empty() && error == http::StreamError::kNone) {
    const size_t n = std::min(step, bytes.size());
    in.AppendCopy(pool, bytes.substr(0, n));
    bytes.remove_prefix(n);
    size_t before;
    do {
      before = in.size();
      error = codec.Feed(in).error;
    } while (error == http::StreamError::kNone && codec.wants_input() && !in.empty() &&
             in.size() != before);
  }
  return error;
}

}  // namespace sluice::http1
