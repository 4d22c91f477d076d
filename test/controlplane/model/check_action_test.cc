#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

Strings Problems(const std::string& rest) {
  return ProblemsWith("Route", "shop/r", "route { api: 'shop/api' " + rest + " }");
}

TEST(CheckActionTest, ServicesMustBeThere) {
  EXPECT_EQ(Problems("forward { service: 'shop/no' }"),
            Strings{"Route shop/r spec.forward.service unknown_reference"});
  EXPECT_EQ(Problems("split { services { service: 'shop/backend' weight: 1 } services { service: 'shop/no' } }"),
            Strings{"Route shop/r spec.split.services[1].service unknown_reference"});
}

TEST(CheckActionTest, ASplitNeedsAWeight) {
  EXPECT_EQ(Problems("split { services { service: 'shop/backend' } }"),
            Strings{"Route shop/r spec.split.services invalid"});
  EXPECT_EQ(Problems("split { services { service: 'shop/backend' weight: 1 } services { service: 'shop/backend' } }"),
            Strings{"Route shop/r spec.split.services[1].service conflict"});
}

TEST(CheckActionTest, AnActionIsRequired) {
  EXPECT_EQ(Problems(""), Strings{"Route shop/r spec invalid"});
}

TEST(CheckActionTest, RedirectsGoSomewhereElse) {
  EXPECT_EQ(Problems("redirect {}"), Strings{"Route shop/r spec.redirect invalid"});
  EXPECT_EQ(Problems("redirect { host: 'a b' path: 'x' status: 200 }"),
            (Strings{"Route shop/r spec.redirect.host invalid", "Route shop/r spec.redirect.path invalid",
                     "Route shop/r spec.redirect.status invalid"}));
  EXPECT_EQ(Problems("redirect { https: true status: 308 }"), Strings{});
}

TEST(CheckActionTest, ResponsesAreSmallAndReal) {
  EXPECT_EQ(Problems("respond { status: 99 content_type: '\\r' body: '" + std::string(4097, 'a') + "' }"),
            (Strings{"Route shop/r spec.respond.body invalid", "Route shop/r spec.respond.content_type invalid",
                     "Route shop/r spec.respond.status invalid"}));
}

TEST(CheckActionTest, WhatNeedsAServiceIsRefusedWithoutOne) {
  EXPECT_EQ(Problems("respond { status: 200 } rewrite { host: 'a' } timeout {} request_headers { remove: 'a' }"),
            (Strings{"Route shop/r spec.request_headers invalid", "Route shop/r spec.rewrite invalid",
                     "Route shop/r spec.timeout invalid"}));
}

TEST(CheckActionTest, ARewrittenPrefixNeedsAPlace) {
  const std::string forward = "forward { service: 'shop/backend' } ";
  EXPECT_EQ(Problems(forward + "match { exact: '/a' } rewrite { prefix: '/b' }"),
            Strings{"Route shop/r spec.rewrite.prefix invalid"});
  EXPECT_EQ(Problems(forward + "match { exact: '/a' } rewrite { prefix: '/b' strip: BASE_PATH }"), Strings{});
  EXPECT_EQ(Problems(forward + "match { prefix: '/a' } rewrite { prefix: 'b' host: 'x:y' }"),
            (Strings{"Route shop/r spec.rewrite.host invalid", "Route shop/r spec.rewrite.prefix invalid"}));
}

TEST(CheckActionTest, HeadersAreNamedOnceAndDoNotFrame) {
  EXPECT_EQ(Problems("respond { status: 200 } response_headers { set { key: 'X-A' value: '\\n' } "
                     "set { key: 'host' value: 'a' } remove: 'x-a' remove: 'a b' }"),
            (Strings{"Route shop/r spec.response_headers.remove[0] conflict",
                     "Route shop/r spec.response_headers.remove[1] invalid",
                     "Route shop/r spec.response_headers.set[\"X-A\"] invalid",
                     "Route shop/r spec.response_headers.set[\"host\"] invalid"}));
}

TEST(CheckActionTest, TimeoutsAreNotNegative) {
  EXPECT_EQ(Problems("forward { service: 'shop/backend' } timeout { seconds: -1 }"),
            Strings{"Route shop/r spec.timeout invalid"});
  EXPECT_EQ(Problems("forward { service: 'shop/backend' } timeout {}"), Strings{});
}

}  // namespace
}  // namespace sluice::model
