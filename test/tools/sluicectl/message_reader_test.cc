#include "tools/sluicectl/message_reader.h"

#include <gtest/gtest.h>

#include "sluice/v1/gateway.pb.h"
#include "sluice/v1/route.pb.h"
#include "sluice/v1/service.pb.h"

namespace sluice::ctl {
namespace {

template <typename Message>
struct Read {
  explicit Read(std::string_view text) {
    MessageReader reader(errors, places);
    reader.Read(*ParseYaml(text).documents.at(0), message, "spec");
  }
  // "line:column path: text", one a line.
  std::string Errors() const {
    std::string all;
    for (const FieldError& error : errors) {
      all += std::to_string(error.place.line) + ":" + std::to_string(error.place.column) + " " +
             error.path + ": " + error.text + "\n";
    }
    return all;
  }
  Message message;
  std::vector<FieldError> errors;
  Places places;
};

TEST(MessageReaderTest, ReadsEveryKindOfField) {
  const Read<v1::Route> read(R"(
api: shop/shop
versions: [v1, v2]
match:
  methods: [GET]
  prefix: /cart
  headers:
  - {name: x-a, present: true}
split:
  services:
  - {service: shop/a, weight: 3}
rewrite: {strip: BASE_PATH}
timeout: 250ms
requestHeaders:
  set: {x-b: "1"}
)");
  EXPECT_EQ(read.Errors(), "");
  const v1::Route& route = read.message;
  EXPECT_EQ(route.versions(1), "v2");
  EXPECT_EQ(route.match().prefix(), "/cart");
  EXPECT_TRUE(route.match().headers(0).present());
  EXPECT_EQ(route.split().services(0).weight(), 3u);
  EXPECT_EQ(route.rewrite().strip(), v1::Rewrite::BASE_PATH);
  EXPECT_EQ(route.timeout().nanos(), 250'000'000);
  EXPECT_EQ(route.request_headers().set().at("x-b"), "1");
}

TEST(MessageReaderTest, SaysEverythingThatIsWrongAtOnce) {
  const Read<v1::Route> read(R"(api: shop/shop
timout: 3s
match:
  prefix: /a
  exact: /b
  headers: {name: x}
forward: {service: a/b, service: c/d}
rewrite: {strip: base_path}
timeout: soon
respond: {status: -1}
versions: 3
)");
  EXPECT_EQ(read.Errors(), R"(2:1 spec.timout: no such field, did you mean 'timeout'?
5:3 spec.match.exact: only one of exact, prefix, template may be there
6:12 spec.match.headers: must be a list, not a map
7:25 spec.forward.service: is there twice
8:18 spec.rewrite.strip: must be one of NOTHING, BASE_PATH, BASE_PATH_AND_VERSION
9:10 spec.timeout: must be a duration such as 3s, 250ms or 1m30s
10:1 spec.respond: only one of forward, split, redirect, respond may be there
11:11 spec.versions: must be a list, not a text
)");
}

TEST(MessageReaderTest, TheTwoFormsOfANameAreOneField) {
  const Read<v1::Gateway> read("trusted_hops: 1\ntrustedHops: 2\n");
  EXPECT_EQ(read.Errors(), "2:1 spec.trusted_hops: is there twice\n");
}

TEST(MessageReaderTest, NumbersMustFit) {
  const Read<v1::Gateway> read(
      "trusted_hops: 4294967296\nlisteners: [{port: eighty}, {port: 80.5}]\n");
  EXPECT_EQ(read.Errors(),
            "1:15 spec.trusted_hops: must be a whole number from 0 to 4294967295\n"
            "2:20 spec.listeners[0].port: must be a whole number from 0 to 4294967295\n"
            "2:36 spec.listeners[1].port: must be a whole number from 0 to 4294967295\n");
}

TEST(MessageReaderTest, AnEmptyMessageMustBeWritten) {
  EXPECT_TRUE(Read<v1::Service>("registered: {}\n").message.has_registered());
  EXPECT_EQ(Read<v1::Service>("registered:\n").Errors(),
            "1:1 spec.registered: is empty; write {} for the defaults\n");
}

TEST(MessageReaderTest, BooleansAreNotQuoted) {
  EXPECT_EQ(Read<v1::Redirect>("https: 'true'\n").Errors(),
            "1:8 spec.https: must be true or false\n");
}

TEST(MessageReaderTest, RemembersPlaces) {
  const Read<v1::Gateway> read("listeners:\n- port: 80\nproxy_selector: {tier: edge}\n");
  EXPECT_EQ(read.places.at("spec.listeners[0].port").line, 2);
  EXPECT_EQ(read.places.at("spec.proxy_selector[tier]").column, 18);
}

}  // namespace
}  // namespace sluice::ctl
