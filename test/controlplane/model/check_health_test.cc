#include <gtest/gtest.h>

#include "test/controlplane/model/fixtures.h"

namespace sluice::model {
namespace {

// Of a Service with `spec` beside its source, without its name.
Strings Problems(const std::string& spec) {
  Strings problems = ProblemsWith("Service", "shop/s", "service { registered {} " + spec + " }");
  for (std::string& problem : problems) problem.erase(0, std::string("Service shop/s spec.").size());
  return problems;
}

TEST(CheckHealthTest, GoodOnesPass) {
  EXPECT_EQ(Problems("health_check { http {} }"), Strings{});
  EXPECT_EQ(Problems("health_check { tcp {} interval { nanos: 100000000 } timeout { nanos: 1000000 } port: 65535 "
                     "healthy_after: 100 unhealthy_after: 100 }"),
            Strings{});
  EXPECT_EQ(Problems("health_check { http { path: '/h?x' host: 'a.test:8080' statuses { first: 200 last: 599 } "
                     "statuses { first: 100 } } }"),
            Strings{});
}

TEST(CheckHealthTest, EverythingWrongWithACheckIsSaidAtOnce) {
  EXPECT_EQ(Problems("health_check { interval { nanos: 99999999 } timeout {} healthy_after: 101 "
                     "unhealthy_after: 101 port: 65536 }"),
            (Strings{"health_check invalid", "health_check.healthy_after invalid", "health_check.interval invalid",
                     "health_check.port invalid", "health_check.timeout invalid",
                     "health_check.unhealthy_after invalid"}));
  EXPECT_EQ(Problems("health_check { http { path: 'x' host: 'a b' statuses {} statuses { first: 300 last: 299 } "
                     "statuses { first: 599 last: 600 } } }"),
            (Strings{"health_check.http.host invalid", "health_check.http.path invalid",
                     "health_check.http.statuses[0].first invalid", "health_check.http.statuses[1].last invalid",
                     "health_check.http.statuses[2].last invalid"}));
  EXPECT_EQ(Problems("health_check { tcp { send: 'x' expect: 'y' expect: '' } }"),
            Strings{"health_check.tcp.expect[1] invalid"});
}

TEST(CheckHealthTest, APathMustFitIntoAStartLine) {
  for (const char* path : {"/a b", "/a\\r\\nx: y", "/#a", "/\\303\\244"}) {
    EXPECT_EQ(Problems(std::string("health_check { http { path: '") + path + "' } }"),
              Strings{"health_check.http.path invalid"})
        << path;
  }
}

TEST(CheckHealthTest, ListsAreBounded) {
  std::string statuses, expect;
  for (int i = 0; i < 17; ++i) statuses += " statuses { first: 200 }", expect += " expect: 'a'";
  EXPECT_EQ(Problems("health_check { http {" + statuses + "} }"), Strings{"health_check.http.statuses invalid"});
  EXPECT_EQ(Problems("health_check { tcp {" + expect + "} }"), Strings{"health_check.tcp.expect invalid"});
}

TEST(CheckHealthTest, EjectionIsCheckedAsAWhole) {
  EXPECT_EQ(Problems("ejection { success_rate {} failure_share {} max_time { seconds: 30 } }"), Strings{});
  EXPECT_EQ(Problems("ejection { interval {} time { seconds: 86401 } max_time {} max_percent: 101 "
                     "success_rate { deviation_percent: 1001 } failure_share { percent: 101 } }"),
            (Strings{"ejection.failure_share.percent invalid", "ejection.interval invalid",
                     "ejection.max_percent invalid", "ejection.max_time invalid",
                     "ejection.success_rate.deviation_percent invalid", "ejection.time invalid"}));
}

TEST(CheckHealthTest, TheLongestEjectionIsNotShorterThanTheFirst) {
  EXPECT_EQ(Problems("ejection { max_time { seconds: 29 } }"), Strings{"ejection.max_time invalid"});
  EXPECT_EQ(Problems("ejection { time { seconds: 29 } max_time { seconds: 29 } }"), Strings{});
  EXPECT_EQ(Problems("ejection { time { seconds: 400 } }"), Strings{});
}

}  // namespace
}  // namespace sluice::model
