#include "dataplane/http2/response_head.h"

#include <charconv>

#include "dataplane/http/text.h"

namespace sluice::http2 {
namespace {

using http::BodyFraming;
using http::FieldId;
using http::StreamError;

constexpr uint64_t Bit(FieldId id) { return uint64_t{1} << static_cast<uint8_t>(id); }

// Fields that mean nothing or do harm behind the body of a response (RFC 9110 6.5.1).
constexpr uint64_t kNotInTrailers =
    Bit(FieldId::kContentLength) | Bit(FieldId::kHost) | Bit(FieldId::kTe) |
    Bit(FieldId::kTrailer) | Bit(FieldId::kUpgrade) | Bit(FieldId::kSetCookie) |
    Bit(FieldId::kWwwAuthenticate) | Bit(FieldId::kProxyAuthenticate) |
    Bit(FieldId::kContentType) | Bit(FieldId::kContentEncoding) | Bit(FieldId::kCacheControl) |
    Bit(FieldId::kLocation) | Bit(FieldId::kVary) | Bit(FieldId::kAge) | Bit(FieldId::kVia);

// 0: no status of RFC 9110 15.
uint16_t ParseStatus(std::string_view text) {
  if (text.size() != 3) return 0;
  for (char c : text) {
    if (!http::IsDigit(c)) return 0;
  }
  const int status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  return status >= 100 && status <= 599 ? static_cast<uint16_t>(status) : 0;
}

}  // namespace

void ResponseHead::Begin(http::StreamEvents* events, HeadKind kind) {
  events_ = events;
  kind_ = kind;
  head_ = nullptr;
  bytes_ = fields_ = 0;
  error_ = StreamError::kNone;
}

void ResponseHead::BeginResponse(http::StreamEvents& events) { Begin(&events, HeadKind::kMain); }

void ResponseHead::BeginTrailers(http::StreamEvents& events) {
  Begin(&events, HeadKind::kTrailers);
  head_ = &events.NewHead(HeadKind::kTrailers);
  head_->version = http::Version::kHttp2;
}

void ResponseHead::BeginIgnored() { Begin(nullptr, HeadKind::kMain); }

ResponseHead::Verdict ResponseHead::Refuse(StreamError error) {
  error_ = error;
  events_ = nullptr;
  return Verdict::kRefuseStream;
}

ResponseHead::Verdict ResponseHead::AddField(std::string_view name, std::string_view value) {
  const bool trailers = kind_ == HeadKind::kTrailers;
  const uint32_t max_bytes = trailers ? limits_.trailers : limits_.head;
  const uint32_t max_fields = trailers ? limits_.trailer_fields : limits_.fields;
  bytes_ += static_cast<uint32_t>(name.size() + value.size());
  ++fields_;
  if (bytes_ > max_bytes || fields_ > max_fields) [[unlikely]] {
    const bool bomb = bytes_ > kBombFactor * limits_.head || fields_ > kBombFactor * limits_.fields;
    if (bomb) return Verdict::kRefuseConnection;
    if (events_ == nullptr) return Verdict::kOk;
    if (fields_ > max_fields) return Refuse(StreamError::kTooManyFields);
    return Refuse(trailers ? StreamError::kTrailersTooLarge : StreamError::kHeadTooLarge);
  }
  if (events_ == nullptr) return Verdict::kOk;
  if (name.front() == ':') return SetStatus(value);
  if (head_ == nullptr) return Refuse(StreamError::kBadStatus);

  const FieldId id = http::LookupField(name);
  const bool removed = trailers && (Bit(id) & kNotInTrailers) != 0;
  buffer::Arena& arena = head_->arena();
  head_->AddReceived(id == FieldId::kUnknown ? arena.Copy(name) : http::FieldName(id),
                     arena.Copy(value), id, removed ? http::Field::kRemoved : 0);
  return Verdict::kOk;
}

ResponseHead::Verdict ResponseHead::SetStatus(std::string_view value) {
  const uint16_t status = ParseStatus(value);
  // 101 has no meaning here (RFC 9113 8.6).
  if (status == 0 || status == 101) return Refuse(StreamError::kBadStatus);
  kind_ = status < 200 ? HeadKind::kInformational : HeadKind::kMain;
  head_ = &events_->NewHead(kind_);
  head_->status = status;
  head_->version = http::Version::kHttp2;
  return Verdict::kOk;
}

bool ResponseHead::Finish(http::EndStream end) {
  if (error_ != StreamError::kNone || events_ == nullptr) return false;
  if (head_ == nullptr) {
    error_ = StreamError::kBadStatus;
    return false;
  }
  if (kind_ != HeadKind::kMain) return true;
  const auto length = head_->Get(FieldId::kContentLength);
  if (length.has_value()) {
    const char* const text_end = length->data() + length->size();
    const auto result = std::from_chars(length->data(), text_end, head_->content_length);
    if (result.ec != std::errc() || result.ptr != text_end) {
      error_ = StreamError::kBadContentLength;
      return false;
    }
    head_->framing = BodyFraming::kLength;
  } else {
    head_->framing = end == http::EndStream::kYes ? BodyFraming::kNone : BodyFraming::kStream;
  }
  return true;
}

}  // namespace sluice::http2
