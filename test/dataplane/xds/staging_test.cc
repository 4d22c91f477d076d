#include "dataplane/xds/staging.h"

#include <gtest/gtest.h>

#include "test/dataplane/xds/messages.h"

namespace sluice::xds {
namespace {

using config::ResourceType;
using ::sluice::xds::v1::Commit;
using ::sluice::xds::v1::Problem;

// The states that a server would name for these resources, "name version" each.
Commit CommitOf(const std::map<DiscoveryType, std::vector<std::pair<std::string, std::string>>>& of) {
  Commit commit;
  for (const DiscoveryType type : {kCds, kLds, kRds}) {
    DigestSum sum;
    auto* state = commit.add_types();
    state->set_type_url(std::string(TypeUrl(type)));
    if (const auto it = of.find(type); it != of.end()) {
      for (const auto& [name, version] : it->second) sum.Add(name, version);
      state->set_count(it->second.size());
    }
    state->set_digest(std::string(sum.value().begin(), sum.value().end()));
  }
  return commit;
}

std::string Text(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    text += Problem::Kind_Name(problem.kind()) + " " +
            problem.type_url().substr(problem.type_url().rfind('.') + 1) + " " +
            problem.resource() + ": " + problem.text() + "\n";
  }
  return text;
}

TEST(DigestSumTest, IsTheSumOfTheHashesWhateverTheOrder) {
  DigestSum one;
  one.Add("a", "1");
  EXPECT_EQ(one.value(), crypto::Sha256Of(std::string_view("a\0" "1", 3)));
  DigestSum forth, back;
  for (int i = 0; i < 100; ++i) forth.Add(std::to_string(i), "v");
  for (int i = 100; i-- > 0;) back.Add(std::to_string(i), "v");
  EXPECT_EQ(forth.value(), back.value());
  for (int i = 0; i < 100; ++i) forth.Subtract(std::to_string(i), "v");
  EXPECT_EQ(forth.value(), crypto::Digest{});
}

TEST(StagingTest, KeepsUpWithWhatComesAndGoes) {
  Staging staging;
  EXPECT_EQ(Text(staging.Compare(CommitOf({}))), "");
  staging.Put(ResourceType::kCluster, Decoded(kCds, "a", "1"));
  staging.Put(ResourceType::kCluster, Decoded(kCds, "b", "1"));
  staging.Put(ResourceType::kCluster, Decoded(kCds, "a", "2"));
  staging.Put(ResourceType::kRoute, Decoded(kRds, "r", "9"));
  EXPECT_EQ(Text(staging.Compare(CommitOf({{kCds, {{"b", "1"}, {"a", "2"}}}, {kRds, {{"r", "9"}}}}))),
            "");
  staging.Remove(ResourceType::kCluster, "b");
  staging.Remove(ResourceType::kCluster, "unknown");
  EXPECT_EQ(Text(staging.Compare(CommitOf({{kCds, {{"a", "2"}}}, {kRds, {{"r", "9"}}}}))), "");
  EXPECT_EQ(staging.resources().clusters.size(), 1u);
}

TEST(StagingTest, SaysWhichTypeDiffers) {
  Staging staging;
  staging.Put(ResourceType::kCluster, Decoded(kCds, "a", "1"));
  staging.Put(ResourceType::kListener, Decoded(kLds, "l", "1"));
  EXPECT_EQ(Text(staging.Compare(CommitOf({{kCds, {{"a", "1"}, {"b", "1"}}}, {kLds, {{"l", "2"}}}}))),
            "MISMATCH Cluster : 1 resources instead of 2\n"
            "MISMATCH Listener : the digest is another one\n");
}

TEST(StagingTest, ACommitMustListEachTypeOnce) {
  Staging staging;
  Commit commit = CommitOf({});
  commit.mutable_types(2)->set_type_url(commit.types(1).type_url());
  commit.add_types()->set_type_url(std::string(TypeUrl(kEds)));
  EXPECT_EQ(Text(staging.Compare(commit)),
            "MISMATCH Listener : is listed twice\n"
            "MISMATCH ClusterLoadAssignment : is no type of a revision here\n"
            "MISMATCH RouteConfiguration : is not listed\n");
}

TEST(StagingTest, WhatCouldNotBeDecodedExplainsTheDifference) {
  Staging staging;
  staging.NoteProblem(ResourceType::kCluster,
                      ContentProblem(TypeUrl(kCds), "a", "cannot be parsed"));
  const Commit commit = CommitOf({{kCds, {{"a", "2"}}}});
  EXPECT_EQ(Text(staging.Compare(commit)), "CONTENT Cluster a: cannot be parsed\n");
  staging.Put(ResourceType::kCluster, Decoded(kCds, "a", "2"));
  EXPECT_EQ(Text(staging.Compare(commit)), "");
}

TEST(StagingTest, BeginsAsTheServingSetAndATypeMayBeginAnew) {
  config::ResourceSet serving;
  serving.clusters["a"] = Decoded(kCds, "a", "1");
  serving.routes["r"] = Decoded(kRds, "r", "1");
  Staging staging;
  staging.Put(ResourceType::kListener, Decoded(kLds, "gone", "1"));
  staging.Reset(serving);
  EXPECT_EQ(Text(staging.Compare(CommitOf({{kCds, {{"a", "1"}}}, {kRds, {{"r", "1"}}}}))), "");
  staging.Clear(ResourceType::kCluster);
  EXPECT_EQ(Text(staging.Compare(CommitOf({{kRds, {{"r", "1"}}}}))), "");
}

TEST(StagingTest, TheDigestOfTheWholeChangesWithAnyPart) {
  Staging a, b;
  EXPECT_EQ(a.digest(), b.digest());
  a.Put(ResourceType::kCluster, Decoded(kCds, "x", "1"));
  EXPECT_NE(a.digest(), b.digest());
  b.Put(ResourceType::kRoute, Decoded(kRds, "x", "1"));
  EXPECT_NE(a.digest(), b.digest()) << "the type counts";
}

}  // namespace
}  // namespace sluice::xds
