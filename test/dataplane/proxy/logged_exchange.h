// A finished exchange with a value for everything a log can show, and logs compiled from formats.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "dataplane/buffer/block_pool.h"
#include "dataplane/config/compile_access_logs.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/upstream/endpoint.h"
#include "envoy/extensions/access_loggers/file/v3/file.pb.h"

namespace sluice::proxy {

struct LoggedExchange final : filter::Exchange {
  explicit LoggedExchange(buffer::BlockPool& pool) : Exchange(pool) { Fill(); }
  void Resume() override {}

  void Fill() {
    using std::chrono::milliseconds;
    request.method = http::Method::kGet;
    request.method_text = "GET";
    request.path = "/new/path";
    request.query = "q=1";
    request.has_query = true;
    request.authority = "example.com";
    request.scheme = "http";
    request.Append(http::FieldId::kUserAgent, "curl/8");
    request.Append("x-custom", "custom");
    request.Append(http::FieldId::kXRequestId, "0af7651916cd43dd8448eb211c80319c");
    response.status = 200;
    response.Append("x-backend", "b1");
    response_trailers.Append(http::FieldId::kGrpcStatus, "0");
    original_path = "/old/path";
    cluster_name = "backend";
    endpoint = service.get();
    downstream_remote = &remote;
    downstream_local = &local;
    client_ip = "127.0.0.1";
    start = base::MonoTime(std::chrono::seconds(100));
    request_complete = start + milliseconds(2);
    upstream_start = start + milliseconds(3);
    upstream_first_byte = start + milliseconds(7);
    response_head_sent = start + milliseconds(8);
    end = start + milliseconds(12);
    request_body_bytes = 11;
    response_body_bytes = 2345;
    details = "via_upstream";
  }

  net::Address remote = *net::Address::Parse("127.0.0.1:40000");
  net::Address local = *net::Address::Parse("127.0.0.1:8080");
  // Not a member itself: its claim words are aligned to 64 bytes, and the frames of GCC 12's address
  // sanitizer are not.
  std::unique_ptr<sluice::upstream::Endpoint> service =
      std::make_unique<sluice::upstream::Endpoint>(*net::Address::Parse("10.0.0.1:80"), "b1");
};

// `log_format` is the text form of a SubstitutionFormatString.
inline std::shared_ptr<const config::AccessLogSpec> LogTo(const std::string& path,
                                                          const std::string& log_format,
                                                          const std::string& filter = "") {
  envoy::extensions::access_loggers::file::v3::FileAccessLog file;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString("log_format { " + log_format + " }", &file));
  file.set_path(path);
  envoy::config::accesslog::v3::AccessLog log;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(filter, &log));
  log.mutable_typed_config()->PackFrom(file);
  config::ErrorList errors;
  auto spec = config::CompileAccessLog(log, "log", errors);
  EXPECT_NE(spec, nullptr) << errors.ToStatus();
  return spec;
}

inline std::shared_ptr<const config::AccessLogSpec> TextLog(const std::string& path,
                                                            const std::string& format) {
  return LogTo(path, "text_format_source { inline_string: \"" + format + "\" }");
}

}  // namespace sluice::proxy
