#include "dataplane/config/yaml_message.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <string>

#include "envoy/config/cluster/v3/cluster.pb.h"
#include "envoy/config/core/v3/base.pb.h"
#include "envoy/config/endpoint/v3/endpoint_components.pb.h"
#include "envoy/config/listener/v3/listener_components.pb.h"
#include "envoy/config/route/v3/route_components.pb.h"
#include "envoy/extensions/filters/http/router/v3/router.pb.h"

namespace sluice::config {
namespace {

using envoy::config::cluster::v3::Cluster;
using envoy::config::core::v3::DataSource;
using envoy::config::core::v3::Metadata;
using envoy::config::listener::v3::Filter;
using envoy::config::route::v3::Route;
using testing::ElementsAre;

// "path: text" of every error.
std::vector<std::string> Errors(const std::string& yaml, google::protobuf::Message& message,
                                YamlLimits limits = {}) {
  ErrorList errors;
  const bool ok = YamlToMessage(YAML::Load(yaml), message, "", errors, limits);
  EXPECT_EQ(ok, errors.empty());
  std::vector<std::string> out;
  for (const ConfigError& error : errors.errors()) {
    out.push_back(error.field_path + ": " + error.text);
  }
  return out;
}

template <typename M>
M Read(const std::string& yaml) {
  M message;
  EXPECT_THAT(Errors(yaml, message), ElementsAre());
  return message;
}

template <typename M>
std::vector<std::string> ErrorsOf(const std::string& yaml) {
  M message;
  return Errors(yaml, message);
}

TEST(YamlMessage, ReadsScalarsEnumsListsWrappersAndDurations) {
  const auto cluster = Read<Cluster>(R"(
name: web
type: STRICT_DNS
connect_timeout: 0.25s
per_connection_buffer_limit_bytes: 32768
respect_dns_ttl: yes
dns_lookup_family: 1
alt_stat_name: "123"
health_checks:
- {timeout: 1s, interval: 5s, healthy_threshold: 2}
- {timeout: 2s}
)");
  EXPECT_EQ(cluster.name(), "web");
  EXPECT_EQ(cluster.type(), Cluster::STRICT_DNS);
  EXPECT_EQ(cluster.connect_timeout().nanos(), 250'000'000);
  EXPECT_EQ(cluster.per_connection_buffer_limit_bytes().value(), 32768u);
  EXPECT_TRUE(cluster.respect_dns_ttl());
  EXPECT_EQ(cluster.dns_lookup_family(), Cluster::V4_ONLY);
  EXPECT_EQ(cluster.alt_stat_name(), "123");
  ASSERT_EQ(cluster.health_checks_size(), 2);
  EXPECT_EQ(cluster.health_checks(0).healthy_threshold().value(), 2u);
}

TEST(YamlMessage, TakesBothSpellingsOfANameAndJson) {
  const auto cluster = Read<Cluster>(R"({
	"name": "a\/b\u00e9",
	"connectTimeout": "3s", "per_connection_buffer_limit_bytes": 1
})");
  EXPECT_EQ(cluster.name(), "a/b\xc3\xa9");
  EXPECT_EQ(cluster.connect_timeout().seconds(), 3);
}

TEST(YamlMessage, NamesEveryUnknownFieldWithItsPlace) {
  EXPECT_THAT(
      ErrorsOf<Cluster>("name: x\nnam: y\nhealth_checks:\n- timeuot: 1s\n"),
      ElementsAre("nam: unknown field of envoy.config.cluster.v3.Cluster (line 2, column 1)",
                  "health_checks[0].timeuot: unknown field of "
                  "envoy.config.core.v3.HealthCheck (line 4, column 3)"));
}

TEST(YamlMessage, TellsFieldsOfALaterPhaseFromFieldsThatDoNotExist) {
  EXPECT_THAT(ErrorsOf<Route>("tracing: {}\ntrasing: {}\n"),
              ElementsAre("tracing: is not implemented yet (line 1, column 1)",
                          "trasing: unknown field of envoy.config.route.v3.Route "
                          "(line 2, column 1)"));
}

TEST(YamlMessage, RefusesWrongTypesWithoutShowingTheValue) {
  EXPECT_THAT(
      ErrorsOf<Cluster>("name: 7\nalt_stat_name: true\ntype: []\nconnect_timeout: 5\n"
                        "health_checks: {}\nrespect_dns_ttl: 1\nload_assignment: hello\n"
                        "per_connection_buffer_limit_bytes: many\n"),
      ElementsAre("name: expected text, found a number; put it in quotes (line 1, column 7)",
                  "alt_stat_name: expected text, found true or false; put it in quotes "
                  "(line 2, column 16)",
                  "type: expected a value of envoy.config.cluster.v3.Cluster.DiscoveryType, "
                  "found a list (line 3, column 7)",
                  "connect_timeout: expected a duration in seconds such as 1.5s, of at most "
                  "315576000000s and nine digits after the point (line 4, column 18)",
                  "health_checks: expected a list, found a map (line 5, column 16)",
                  "respect_dns_ttl: expected true or false, found a number (line 6, column 18)",
                  "load_assignment: expected a map of fields, found text (line 7, column 18)",
                  "per_connection_buffer_limit_bytes: expected a whole number from 0 to "
                  "4294967295 (line 8, column 36)"));
}

TEST(YamlMessage, RefusesEnumNamesAndNumbersThatDoNotExist) {
  EXPECT_THAT(
      ErrorsOf<Cluster>("dns_lookup_family: V5_ONLY\ntype: 99\n"),
      ElementsAre("dns_lookup_family: \"V5_ONLY\" is no value of "
                  "envoy.config.cluster.v3.Cluster.DnsLookupFamily: AUTO, V4_ONLY, V6_ONLY, "
                  "V4_PREFERRED, ALL (line 1, column 20)",
                  "type: \"99\" is no value of envoy.config.cluster.v3.Cluster.DiscoveryType: "
                  "STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST (line 2, column 7)"));
}

TEST(YamlMessage, RefusesAFieldOrKeySetTwiceUnderEitherName) {
  EXPECT_THAT(ErrorsOf<Cluster>("name: a\nname: b\nconnect_timeout: 1s\nconnectTimeout: 2s\n"),
              ElementsAre("name: set twice (line 2, column 1)",
                          "connect_timeout: set twice (line 4, column 1)"));
  EXPECT_THAT(ErrorsOf<Metadata>("filter_metadata: {a: {x: 1, x: 2}, a: {}}\n"),
              ElementsAre("filter_metadata[\"a\"][\"x\"]: set twice (line 1, column 29)",
                          "filter_metadata[\"a\"]: set twice (line 1, column 36)"));
}

TEST(YamlMessage, RefusesTwoMembersOfAOneof) {
  EXPECT_THAT(ErrorsOf<DataSource>("filename: a\ninline_string: b\n"),
              ElementsAre("inline_string: only one of specifier may be set, and filename is set "
                          "already (line 2, column 16)"));
}

TEST(YamlMessage, NullLeavesAFieldUnsetButIsNoListElement) {
  const auto cluster = Read<Cluster>("name: x\nconnect_timeout: ~\nhealth_checks:\n");
  EXPECT_FALSE(cluster.has_connect_timeout());
  EXPECT_THAT(ErrorsOf<Cluster>("health_checks: [null]"),
              ElementsAre("health_checks[0]: expected a map of fields, found nothing "
                          "(line 1, column 17)"));
}

TEST(YamlMessage, DecodesBytesFromBase64) {
  EXPECT_EQ(Read<DataSource>("inline_bytes: aGVsbG8=").inline_bytes(), "hello");
  EXPECT_THAT(ErrorsOf<DataSource>("inline_bytes: 'a*'"),
              ElementsAre("inline_bytes: not valid base64 (line 1, column 15)"));
}

TEST(YamlMessage, FillsStructsWithEveryKindOfValue) {
  const auto metadata = Read<Metadata>(R"(
filter_metadata:
  envoy.lb: {n: 1.5, i: 0x10, t: "7", b: true, z: null, l: [1, [two]], m: {k: v}, w: yes}
)");
  const auto& fields = metadata.filter_metadata().at("envoy.lb").fields();
  EXPECT_EQ(fields.at("n").number_value(), 1.5);
  EXPECT_EQ(fields.at("i").number_value(), 16);
  EXPECT_EQ(fields.at("t").string_value(), "7");
  EXPECT_TRUE(fields.at("b").bool_value());
  EXPECT_TRUE(fields.at("z").has_null_value());
  EXPECT_EQ(fields.at("l").list_value().values(1).list_value().values(0).string_value(), "two");
  EXPECT_EQ(fields.at("m").struct_value().fields().at("k").string_value(), "v");
  EXPECT_EQ(fields.at("w").string_value(), "yes");
  EXPECT_THAT(
      ErrorsOf<Metadata>("filter_metadata: {a: {x: 9007199254740993, y: .inf}, b: 3}"),
      ElementsAre("filter_metadata[\"a\"][\"x\"]: a JSON number cannot hold it exactly; put "
                  "it in quotes (line 1, column 26)",
                  "filter_metadata[\"a\"][\"y\"]: no JSON number; put it in quotes "
                  "(line 1, column 47)",
                  "filter_metadata[\"b\"]: expected a map, found a number "
                  "(line 1, column 57)"));
}

TEST(YamlMessage, PacksAnyOfAKnownTypeAndContinuesThePathInside) {
  const auto filter = Read<Filter>(R"(
name: f
typed_config:
  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
  suppress_envoy_headers: true
)");
  envoy::extensions::filters::http::router::v3::Router router;
  ASSERT_TRUE(filter.typed_config().UnpackTo(&router));
  EXPECT_TRUE(router.suppress_envoy_headers());

  EXPECT_THAT(ErrorsOf<Filter>("typed_config:\n"
                               "  \"@type\": type.googleapis.com/"
                               "envoy.extensions.filters.http.router.v3.Router\n"
                               "  supress_envoy_headers: true\n"),
              ElementsAre("typed_config.supress_envoy_headers: unknown field of "
                          "envoy.extensions.filters.http.router.v3.Router (line 3, column 3)"));
}

TEST(YamlMessage, PacksTypesWithAFormOfTheirOwnFromTheirValue) {
  const auto filter = Read<Filter>(
      "typed_config: {\"@type\": type.googleapis.com/google.protobuf.Duration, value: 5s}");
  google::protobuf::Duration duration;
  ASSERT_TRUE(filter.typed_config().UnpackTo(&duration));
  EXPECT_EQ(duration.seconds(), 5);
}

TEST(YamlMessage, RefusesAnyWithoutTypeOrOfATypeThatIsNotThere) {
  EXPECT_THAT(ErrorsOf<Filter>("typed_config: {a: 1}"),
              ElementsAre("typed_config: \"@type\" is missing (line 1, column 15)"));
  EXPECT_THAT(
      ErrorsOf<Filter>("typed_config: {\"@type\": type.googleapis.com/envoy.Nothing}"),
      ElementsAre(
          "typed_config.@type: the type \"envoy.Nothing\" is not supported (line 1, column 15)"));
  EXPECT_THAT(ErrorsOf<Filter>("typed_config: {\"@type\": Router}"),
              ElementsAre("typed_config.@type: the type \"Router\" does not start with "
                          "type.googleapis.com/ (line 1, column 15)"));
  EXPECT_THAT(
      ErrorsOf<Filter>("typed_config: {\"@type\": type.googleapis.com/xds.type.v3.TypedStruct}"),
      ElementsAre("typed_config.@type: TypedStruct is not supported; write the message itself "
                  "(line 1, column 15)"));
}

TEST(YamlMessage, PackedBytesDoNotDependOnTheOrderOfKeys) {
  const std::string head =
      "typed_config: {\"@type\": type.googleapis.com/"
      "envoy.config.core.v3.Metadata, filter_metadata: ";
  EXPECT_EQ(Read<Filter>(head + "{a: {x: 1, y: 2}, b: {}}}").typed_config().value(),
            Read<Filter>(head + "{b: {}, a: {y: 2, x: 1}}}").typed_config().value());
}

TEST(YamlMessage, AliasesStandForTheirAnchor) {
  const auto cluster = Read<Cluster>("health_checks:\n- &c {timeout: 1s}\n- *c\n");
  ASSERT_EQ(cluster.health_checks_size(), 2);
  EXPECT_EQ(cluster.health_checks(1).timeout().seconds(), 1);
}

TEST(YamlMessage, StopsAtTheLimitWhenAliasesMultiply) {
  std::string yaml = "filter_metadata:\n  a:\n    l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    yaml += "    l" + std::to_string(i) + ": &l" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) yaml += (k > 0 ? ", *l" : "*l") + std::to_string(i - 1);
    yaml += "]\n";
  }
  Metadata metadata;
  const auto errors = Errors(yaml, metadata, {.max_values = 5000});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0], testing::HasSubstr("more than 5000 values"));
}

TEST(YamlMessage, StopsAtAnAliasThatHoldsItself) {
  const auto errors = ErrorsOf<Metadata>("filter_metadata: {a: {x: &l [*l, *l]}}");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0], testing::HasSubstr("nested more than 100 levels deep"));
}

TEST(YamlMessage, RefusesTextThatIsNotUtf8AndTagsNobodyKnows) {
  EXPECT_THAT(ErrorsOf<Cluster>("name: !secret abc"),
              ElementsAre("name: expected text, found a value with a tag (line 1, column 7)"));
  Cluster cluster;
  ErrorList errors;
  YAML::Node node;
  node["name"] = "\xff";
  node["name"].SetTag("!");
  EXPECT_FALSE(YamlToMessage(node, cluster, "c", errors));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors.errors()[0], (ConfigError{"c.name", "not valid UTF-8"}));
}

}  // namespace
}  // namespace sluice::config
