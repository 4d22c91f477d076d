#include "dataplane/grpc/request_head.h"

#include "dataplane/grpc/timeout.h"

namespace sluice::grpc {

using http::FieldId;

void SetRequestHead(std::string_view path, std::string_view authority,
                    std::optional<base::Duration> timeout, http::Head& head) {
  head.method = http::Method::kPost;
  head.method_text = "POST";
  head.scheme = "http";
  head.path = path;
  head.target = path;
  head.authority = authority;
  head.version = http::Version::kHttp2;
  head.framing = http::BodyFraming::kStream;
  // Order of the protocol: te before the content type before metadata.
  head.AppendBorrowed(FieldId::kTe, "te", "trailers");
  if (timeout.has_value()) head.Append(FieldId::kGrpcTimeout, EncodeTimeout(*timeout).view());
  head.AppendBorrowed(FieldId::kContentType, "content-type", "application/grpc");
  head.AppendBorrowed(FieldId::kUserAgent, "user-agent", "grpc-sluice/1");
}

}  // namespace sluice::grpc
