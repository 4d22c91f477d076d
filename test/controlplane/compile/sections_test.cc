#include "controlplane/compile/sections.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace sluice::compile {
namespace {

std::vector<std::string> Sections(const std::string& text) {
  sluice::v1::Api api;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &api)) << text;
  std::vector<std::string> lines;
  for (const Section& section : SectionsOf(api)) {
    lines.push_back(fmt::format("{} [{}] {}{}{}{}{}", section.Prefix(), section.version, section.header,
                                section.closed ? " closed" : "", section.retired ? " retired" : "",
                                section.deprecated_since ? " deprecated" : "",
                                section.unknown_header.empty() ? "" : " unknown"));
  }
  return lines;
}

using Lines = std::vector<std::string>;
constexpr char kVersions[] = "base_path: '/a' versions { name: 'v1' state: DEPRECATED date: '2026-01-01' } "
                             "versions { name: 'v2' } ";

TEST(SectionsTest, WithoutVersionsThereIsOne) {
  EXPECT_EQ(Sections("base_path: '/'"), Lines{" [] "});
}

TEST(SectionsTest, InThePathEachVersionHasItsPrefix) {
  const std::string api = std::string(kVersions) + "version_by { path_template: '/{version}' }";
  EXPECT_EQ(Sections(api), (Lines{"/a/v1 [v1]  deprecated", "/a/v2 [v2] "}));
  EXPECT_EQ(Sections(api + " default_version: 'v1'"),
            (Lines{"/a/v1 [v1]  closed deprecated", "/a/v2 [v2]  closed", "/a [v1]  deprecated"}));
}

TEST(SectionsTest, ByHeaderUnknownVersionsComeBeforeTheDefault) {
  EXPECT_EQ(Sections(std::string(kVersions) + "version_by { header: 'x' } default_version: 'v2'"),
            (Lines{"/a [v1] x deprecated", "/a [v2] x", "/a [v2]  unknown"}));
}

}  // namespace
}  // namespace sluice::compile
