#include "test/support/stream_recorder.h"

#include <fmt/format.h>

namespace sluice::test {

std::string Describe(const http::Head& head) {
  std::string text;
  if (head.status != 0) {
    text = fmt::format("{}", head.status);
  } else if (!head.method_text.empty()) {
    text = fmt::format("{} {} {}{}{}{}", head.method_text, head.scheme, head.authority, head.path,
                       head.has_query ? "?" : "", head.query);
  }
  for (uint32_t i = 0; i < head.size(); ++i) {
    if (head.at(i).removed()) continue;
    text += fmt::format(" {{{}: {}}}", head.at(i).name(), head.at(i).value());
  }
  return text;
}

void StreamRecorder::Line(std::string_view line) {
  record_ += Body();
  body_.clear();
  record_ += line;
  record_ += '\n';
}

std::string StreamRecorder::Body() const { return body_.empty() ? "" : "body " + body_ + "\n"; }

http::Head& StreamRecorder::NewHead(HeadKind kind) {
  http::Head& head = heads_.emplace_back(arena_);
  if (kind == HeadKind::kMain) head_ = &head;
  return head;
}

void StreamRecorder::OnHead(http::EndStream end) {
  Line("head " + Describe(*head_) + (end == http::EndStream::kYes ? " end" : ""));
  if (on_head) on_head();
}

void StreamRecorder::OnInformational() { Line("informational " + Describe(heads_.back())); }

void StreamRecorder::OnBody(buffer::Buffer& data) {
  body_bytes += data.size();
  body_ += data.ToString();
  data.Clear();
  if (on_body) on_body();
}

void StreamRecorder::OnTrailers() { Line("trailers" + Describe(heads_.back())); }

void StreamRecorder::OnEnd() {
  ++ends;
  Line("end");
  if (on_end) on_end();
}

void StreamRecorder::OnReset(http::StreamError reason) {
  ++resets;
  error = reason;
  Line(fmt::format("reset {}", http::StreamErrorName(reason)));
  if (on_reset) on_reset();
}

void StreamRecorder::OnSendable() {
  ++sendable;
  if (on_sendable) on_sendable();
}

}  // namespace sluice::test
