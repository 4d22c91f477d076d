#include "dataplane/proxy/log_format.h"

#include "dataplane/proxy/log_record.h"
#include "dataplane/proxy/log_ring.h"
#include "test/dataplane/proxy/logged_exchange.h"

namespace sluice::proxy {
namespace {

// 2026-01-01T00:00:00Z for the MonoTime of 100 s at which LoggedExchange starts.
constexpr base::Duration kWallOffset = std::chrono::seconds(1767225600 - 100);

class LogFormatTest : public testing::Test {
 protected:
  std::string Line(const config::AccessLogSpec& spec) {
    alignas(8) char bytes[LogRing::kMaxRecord];
    const size_t size = WriteRecord(exchange_, spec, bytes);
    EXPECT_LE(size, sizeof bytes);
    return std::string(formatter_.Format({bytes, size}, kWallOffset));
  }
  std::string Text(const std::string& format, const std::string& options = "") {
    return Line(
        *LogTo("/l", "text_format_source { inline_string: \"" + format + "\" } " + options));
  }
  // `members` is the text form of Struct fields.
  std::string Json(const std::string& members, const std::string& options = "") {
    return Line(*LogTo("/l", "json_format { " + members + " } " + options));
  }
  static std::string Member(const std::string& key, const std::string& format) {
    return "fields { key: '" + key + "' value { string_value: '" + format + "' } } ";
  }

  buffer::BlockPool pool_;
  LoggedExchange exchange_{pool_};
  LogFormatter formatter_;
};

struct Operator {
  const char* format;
  const char* text;
};

TEST_F(LogFormatTest, EachOperatorHasItsValue) {
  const Operator kOperators[] = {
      {"%START_TIME%", "2026-01-01T00:00:00.000Z"},
      {"%START_TIME(%s.%3f)%", "1767225600.000"},
      {"%PROTOCOL%", "HTTP/1.1"},
      {"%RESPONSE_CODE%", "200"},
      {"%RESPONSE_CODE_DETAILS%", "via_upstream"},
      {"%RESPONSE_FLAGS%", "-"},
      {"%BYTES_RECEIVED%", "11"},
      {"%BYTES_SENT%", "2345"},
      {"%DURATION%", "12"},
      {"%REQUEST_DURATION%", "2"},
      {"%RESPONSE_DURATION%", "7"},
      {"%RESPONSE_TX_DURATION%", "5"},
      {"%REQ(:METHOD)%", "GET"},
      {"%REQ(:PATH)%", "/new/path?q=1"},
      {"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%", "/old/path?q=1"},
      {"%REQ(:AUTHORITY)%", "example.com"},
      {"%REQ(host)%", "example.com"},
      {"%REQ(:scheme)%", "http"},
      {"%REQ(User-Agent)%", "curl/8"},
      {"%REQ(X-CUSTOM)%", "custom"},
      {"%REQ(X-CUSTOM):3%", "cus"},
      {"%REQ(absent)%", "-"},
      {"%REQ(absent?user-agent)%", "curl/8"},
      {"%RESP(X-BACKEND)%", "b1"},
      {"%RESP(:STATUS)%", "200"},
      {"%TRAILER(GRPC-STATUS)%", "0"},
      {"%UPSTREAM_HOST%", "10.0.0.1:80"},
      {"%UPSTREAM_CLUSTER%", "backend"},
      {"%ROUTE_NAME%", "-"},
      {"%VIRTUAL_HOST_NAME%", "-"},
      {"%DOWNSTREAM_REMOTE_ADDRESS%", "127.0.0.1:40000"},
      {"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "127.0.0.1"},
      {"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%", "127.0.0.1:40000"},
      {"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", "127.0.0.1"},
      {"%DOWNSTREAM_LOCAL_ADDRESS%", "127.0.0.1:8080"},
      {"%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%", "127.0.0.1"},
      {"100%%", "100%"},
  };
  for (const Operator& op : kOperators) EXPECT_EQ(Text(op.format), op.text) << op.format;
}

TEST_F(LogFormatTest, WithoutAnythingReachedTheLineIsStillWhole) {
  exchange_.response.status = 0;
  exchange_.request.Clear();
  exchange_.response.Clear();
  exchange_.endpoint = nullptr;
  exchange_.downstream_remote = exchange_.downstream_local = nullptr;
  exchange_.client_ip = exchange_.details = exchange_.cluster_name = exchange_.original_path = {};
  exchange_.request_complete = exchange_.upstream_first_byte = {};
  EXPECT_EQ(
      Text("%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %RESPONSE_CODE% %RESP(:STATUS)% "
           "%RESPONSE_DURATION% %UPSTREAM_HOST% %DOWNSTREAM_REMOTE_ADDRESS% "
           "%DOWNSTREAM_LOCAL_ADDRESS% %RESPONSE_CODE_DETAILS% %REQUEST_DURATION%"),
      "- - 0 - - - - - - -");
}

TEST_F(LogFormatTest, WithoutARewriteThereIsNoOriginalPath) {
  exchange_.original_path = exchange_.request.path;
  EXPECT_EQ(Text("%REQ(X-ENVOY-ORIGINAL-PATH)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
            "- /new/path?q=1");
}

TEST_F(LogFormatTest, PathAndQueryAreOneTextWhereverTheyLie) {
  const std::string target = "/a?b=c";
  exchange_.original_path = {};
  exchange_.request.path = std::string_view(target).substr(0, 2);
  exchange_.request.query = std::string_view(target).substr(3);
  EXPECT_EQ(Text("%REQ(:PATH)% %REQ(:PATH):4%"), "/a?b=c /a?b");
  const std::string rewritten = "/longer";
  exchange_.request.path = rewritten;
  EXPECT_EQ(Text("%REQ(:PATH)% %REQ(:PATH):9% %REQ(:PATH):8% %REQ(:PATH):7%"),
            "/longer?b=c /longer?b /longer? /longer");
  const std::string neighbours = "/a|b=c";
  exchange_.request.path = std::string_view(neighbours).substr(0, 2);
  exchange_.request.query = std::string_view(neighbours).substr(3);
  EXPECT_EQ(Text("%REQ(:PATH)%"), "/a?b=c");
  exchange_.request.has_query = false;
  EXPECT_EQ(Text("%REQ(:PATH)%"), "/a");
}

TEST_F(LogFormatTest, AClientBehindAnotherProxyHasNoPort) {
  exchange_.client_ip = "203.0.113.9";
  EXPECT_EQ(Text("%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%"),
            "203.0.113.9:0 127.0.0.1:40000");
  exchange_.client_ip = "2001:db8::1";
  EXPECT_EQ(Text("%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
            "[2001:db8::1]:0 2001:db8::1");
}

TEST_F(LogFormatTest, FlagsAreEnvoysLettersInItsOrder) {
  exchange_.flags =
      filter::kUpstreamConnectionFailure | filter::kUpstreamRequestTimeout | filter::kNoRouteFound;
  EXPECT_EQ(Text("%RESPONSE_FLAGS%"), "UF,NR,UT");
}

TEST_F(LogFormatTest, TheDefaultLineIsEnvoys) {
  EXPECT_EQ(Text("%PROTOCOL%"), "HTTP/1.1");
  envoy::config::accesslog::v3::AccessLog log;
  envoy::extensions::access_loggers::file::v3::FileAccessLog file;
  file.set_path("/l");
  log.mutable_typed_config()->PackFrom(file);
  config::ErrorList errors;
  EXPECT_EQ(Line(*config::CompileAccessLog(log, "", errors)),
            "[2026-01-01T00:00:00.000Z] \"GET /old/path?q=1 HTTP/1.1\" 200 - 11 2345 12 - \"-\" "
            "\"curl/8\" "
            "\"0af7651916cd43dd8448eb211c80319c\" \"example.com\" \"10.0.0.1:80\"\n");
}

TEST_F(LogFormatTest, JsonKeepsTypesAndSortsMembers) {
  EXPECT_EQ(Json(Member("status", "%RESPONSE_CODE%") + Member("agent", "%REQ(USER-AGENT)%") +
                 Member("none", "%REQ(NONE)%") + Member("mix", "a %REQ(NONE)% %DURATION% b") +
                 "fields { key: 'nested' value { struct_value { fields { key: 'n' value { "
                 "number_value: 1.5 } } "
                 "fields { key: 'l' value { list_value { values { string_value: '%PROTOCOL%' } "
                 "values { bool_value: true } values { null_value: 0 } } } } } } }"),
            "{\"agent\":\"curl/8\",\"mix\":\"a - 12 "
            "b\",\"nested\":{\"l\":[\"HTTP/1.1\",true,null],\"n\":1.5},"
            "\"none\":null,\"status\":200}\n");
}

TEST_F(LogFormatTest, OmittedValuesLeaveNoCommasBehind) {
  const std::string omit = "omit_empty_values: true";
  EXPECT_EQ(
      Json(Member("a", "%REQ(NONE)%") + Member("b", "%PROTOCOL%") + Member("c", "%REQ(NONE)%"),
           omit),
      "{\"b\":\"HTTP/1.1\"}\n");
  EXPECT_EQ(
      Json(Member("a", "%PROTOCOL%") + Member("b", "%REQ(NONE)%") + Member("c", "x%REQ(NONE)%y"),
           omit),
      "{\"a\":\"HTTP/1.1\",\"c\":\"xy\"}\n");
  EXPECT_EQ(Json(Member("a", "%REQ(NONE)%"), omit), "{}\n");
  EXPECT_EQ(Text("[%REQ(NONE)%]", omit), "[]");
}

// Negative case 121.
TEST_F(LogFormatTest, ForeignBytesStayOnTheirLineAndInTheirString) {
  exchange_.request.Set(http::FieldId::kUserAgent, "a\"b\\c\x1b[31m\r\n{\"fake\":1}\xff");
  EXPECT_EQ(Text("\\\"%REQ(USER-AGENT)%\\\"\\n"),
            "\"a\\x22b\\x5Cc\\x1B[31m\\x0D\\x0A{\\x22fake\\x22:1}\\xFF\"\n");
  EXPECT_EQ(Json(Member("a", "%REQ(USER-AGENT)%") + Member("b\"", "x%REQ(USER-AGENT):3%")),
            "{\"a\":\"a\\\"b\\\\c\\u001B[31m\\r\\n{\\\"fake\\\":1}\xef\xbf\xbd\",\"b\\\"\":"
            "\"xa\\\"b\"}\n");
}

TEST_F(LogFormatTest, LongValuesAreCutAndTheNextOnesAreNot) {
  const std::string path = "/" + std::string(60 * 1024, 'x');
  exchange_.request.path = path;
  exchange_.original_path = {};
  const std::string line =
      Text("%REQ(:PATH)% %REQ(:PATH):5% %DOWNSTREAM_REMOTE_ADDRESS% %UPSTREAM_HOST%");
  EXPECT_EQ(line,
            path.substr(0, config::AccessLogSpec::kMaxText) + " /xxxx 127.0.0.1:40000 10.0.0.1:80");
}

TEST_F(LogFormatTest, EvenTheLargestFormatFitsIntoARecord) {
  const std::string value(60 * 1024, 'v');
  exchange_.request.Set("x-custom", value);
  std::string format;
  for (size_t i = 0; i < config::AccessLogSpec::kMaxOperators - 1; ++i) {
    format += "%REQ(X-CUSTOM):" + std::to_string(5000 + i) + "%";
  }
  const std::string line = Text(format + " %DOWNSTREAM_REMOTE_ADDRESS%");
  EXPECT_TRUE(line.ends_with("v 127.0.0.1:40000")) << line.size();
  EXPECT_LE(line.size(), LogRing::kMaxRecord);
}

}  // namespace
}  // namespace sluice::proxy
