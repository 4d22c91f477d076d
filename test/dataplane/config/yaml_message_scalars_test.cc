#include "dataplane/config/yaml_message_scalars.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <limits>

namespace sluice::config {
namespace {

YAML::Node Parse(const std::string& text) { return YAML::Load(text); }

TEST(YamlScalars, KindFollowsTheCoreSchemaAndQuotesMakeText) {
  const struct {
    const char* text;
    YamlKind kind;
  } kCases[] = {
      {"~", YamlKind::kNull},           {"null", YamlKind::kNull},     {"true", YamlKind::kBool},
      {"FALSE", YamlKind::kBool},       {"yes", YamlKind::kText},      {"12", YamlKind::kInteger},
      {"-12", YamlKind::kInteger},      {"0x1f", YamlKind::kInteger},  {"0o17", YamlKind::kInteger},
      {"1.5", YamlKind::kFloat},        {"1e3", YamlKind::kFloat},     {".inf", YamlKind::kFloat},
      {"1.2.3", YamlKind::kText},       {"10s", YamlKind::kText},      {"\"12\"", YamlKind::kText},
      {"'true'", YamlKind::kText},      {"[1]", YamlKind::kList},      {"{a: b}", YamlKind::kMap},
      {"!secret x", YamlKind::kTagged}, {"!!str 12", YamlKind::kText}, {"inf", YamlKind::kText},
      {"0x", YamlKind::kText},          {"12a", YamlKind::kText},
  };
  for (const auto& c : kCases) EXPECT_EQ(KindOf(Parse(c.text)), c.kind) << c.text;
}

TEST(YamlScalars, IntegersAreTakenUpToTheEdgesOfTheirTypeAndNotBeyond) {
  EXPECT_EQ(ToUint32(Parse("4294967295")), 4294967295u);
  EXPECT_EQ(ToUint32(Parse("4294967296")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("-1")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("-0")), 0u);
  EXPECT_EQ(ToInt32(Parse("-2147483648")), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(ToInt32(Parse("2147483648")), std::nullopt);
  EXPECT_EQ(ToInt64(Parse("-9223372036854775808")), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(ToInt64(Parse("9223372036854775808")), std::nullopt);
  EXPECT_EQ(ToUint64(Parse("18446744073709551615")), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(ToUint64(Parse("18446744073709551616")), std::nullopt);
}

TEST(YamlScalars, IntegersMayBeHexOctalQuotedOrFloatsWithoutFraction) {
  EXPECT_EQ(ToUint32(Parse("0x1F")), 31u);
  EXPECT_EQ(ToUint32(Parse("0o17")), 15u);
  EXPECT_EQ(ToUint32(Parse("0644")), 420u);  // how file modes are written
  EXPECT_EQ(ToUint32(Parse("\"8080\"")), 8080u);
  EXPECT_EQ(ToUint32(Parse("\"0x1F\"")), std::nullopt);  // JSON has decimal only
  EXPECT_EQ(ToUint32(Parse("1e3")), 1000u);
  EXPECT_EQ(ToUint32(Parse("5.0")), 5u);
  EXPECT_EQ(ToUint32(Parse("5.5")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("1e400")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("08")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("five")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("''")), std::nullopt);
  EXPECT_EQ(ToUint32(Parse("'-'")), std::nullopt);
}

TEST(YamlScalars, DoublesTakeJsonAndYamlNamesOfInfinityAndRefuseOverflow) {
  EXPECT_EQ(ToDouble(Parse("0.25")), 0.25);
  EXPECT_EQ(ToDouble(Parse("-1e-3")), -0.001);
  EXPECT_EQ(ToDouble(Parse("\"Infinity\"")), std::numeric_limits<double>::infinity());
  EXPECT_EQ(ToDouble(Parse("-.inf")), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(ToDouble(Parse(".nan")).value_or(0)));
  EXPECT_EQ(ToDouble(Parse("1e400")), std::nullopt);
  EXPECT_EQ(ToDouble(Parse("0x10")), std::nullopt);
  EXPECT_EQ(ToDouble(Parse("infinity")), std::nullopt);
}

TEST(YamlScalars, BooleansAreUnquotedWords) {
  EXPECT_EQ(ToBool(Parse("true")), true);
  EXPECT_EQ(ToBool(Parse("no")), false);
  EXPECT_EQ(ToBool(Parse("On")), true);
  EXPECT_EQ(ToBool(Parse("'true'")), std::nullopt);
  EXPECT_EQ(ToBool(Parse("1")), std::nullopt);
}

TEST(YamlScalars, Base64MayBeUrlSafeAndUnpaddedButNotBroken) {
  EXPECT_EQ(DecodeBase64("aGVsbG8="), "hello");
  EXPECT_EQ(DecodeBase64("aGVsbG8"), "hello");
  EXPECT_EQ(DecodeBase64("-_-_"), "\xfb\xff\xbf");
  EXPECT_EQ(DecodeBase64("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(DecodeBase64(""), "");
  for (const char* bad :
       {"=", "====", "a", "aGVsbG8==", "aGVs=bG8", "aGVs bG8=", "aGVsb===", "a*bc"}) {
    EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
  }
}

TEST(YamlScalars, DurationsAreDecimalSecondsWithinTenThousandYears) {
  const auto check = [](std::string_view text, int64_t seconds, int32_t nanos) {
    const auto parts = ParseDuration(text);
    ASSERT_TRUE(parts.has_value()) << text;
    EXPECT_EQ(parts->seconds, seconds) << text;
    EXPECT_EQ(parts->nanos, nanos) << text;
  };
  check("0s", 0, 0);
  check("15s", 15, 0);
  check("0.25s", 0, 250'000'000);
  check("1.000000001s", 1, 1);
  check("-1.5s", -1, -500'000'000);
  check("-0.5s", 0, -500'000'000);
  check("315576000000s", 315'576'000'000, 0);
  for (const char* bad : {"", "s", "5", "5m", "5ms", "1.s", ".5s", "1.0000000001s", "1e3s", "+1s",
                          "315576000001s", "315576000000.1s", "--1s", "1 s", "0x5s", "-s"}) {
    EXPECT_FALSE(ParseDuration(bad).has_value()) << bad;
  }
}

TEST(YamlScalars, Utf8IsShortestFormWithoutSurrogates) {
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xff", "\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace sluice::config
