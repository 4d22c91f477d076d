#include "dataplane/proxy/log_record.h"

#include "test/dataplane/proxy/logged_exchange.h"

namespace sluice::proxy {
namespace {

class LogFilterTest : public testing::Test {
 protected:
  bool Takes(const std::string& filter) {
    return TakesExchange(
        LogTo("/l", "text_format_source { inline_string: 'x' }", "filter { " + filter + " }")
            ->filter,
        exchange_);
  }
  static std::string Status(const std::string& op, int value) {
    return "status_code_filter { comparison { op: " + op +
           " value { default_value: " + std::to_string(value) + " } } }";
  }
  buffer::BlockPool pool_;
  LoggedExchange exchange_{pool_};
};

TEST_F(LogFilterTest, ComparesTheStatus) {
  exchange_.response.status = 500;
  EXPECT_TRUE(Takes(Status("GE", 500)));
  EXPECT_FALSE(Takes(Status("GE", 501)));
  EXPECT_TRUE(Takes(Status("LE", 500)));
  EXPECT_FALSE(Takes(Status("LE", 499)));
  EXPECT_TRUE(Takes(Status("EQ", 500)));
  EXPECT_FALSE(Takes(Status("EQ", 200)));
}

TEST_F(LogFilterTest, ComparesTheDurationInMilliseconds) {
  const std::string slow = "duration_filter { comparison { op: GE value { default_value: 12 } } }";
  EXPECT_TRUE(Takes(slow));
  exchange_.end -= std::chrono::milliseconds(1);
  EXPECT_FALSE(Takes(slow));
  exchange_.end = {};
  EXPECT_FALSE(Takes(slow));
}

TEST_F(LogFilterTest, LooksForAnyOfTheFlags) {
  EXPECT_FALSE(Takes("response_flag_filter {}"));
  exchange_.flags = filter::kUpstreamOverflow;
  EXPECT_TRUE(Takes("response_flag_filter {}"));
  EXPECT_TRUE(Takes("response_flag_filter { flags: 'NR' flags: 'UO' }"));
  EXPECT_FALSE(Takes("response_flag_filter { flags: 'NR' }"));
}

TEST_F(LogFilterTest, CombinesFilters) {
  const std::string yes = "filters { " + Status("EQ", 200) + " } ";
  const std::string no = "filters { " + Status("EQ", 201) + " } ";
  EXPECT_TRUE(Takes("and_filter { " + yes + yes + "}"));
  EXPECT_FALSE(Takes("and_filter { " + yes + no + "}"));
  EXPECT_TRUE(Takes("or_filter { " + no + yes + "}"));
  EXPECT_FALSE(Takes("or_filter { " + no + no + "}"));
  EXPECT_TRUE(
      Takes("header_filter { header { name: 'x-custom' string_match { exact: 'custom' } } }"));
}

TEST_F(LogFilterTest, SamplesItsShareWhateverBitsTheSplitUses) {
  const std::string quarter =
      "runtime_filter { runtime_key: 'k' percent_sampled { numerator: 25 } }";
  int taken = 0;
  uint64_t random = 1;
  for (int i = 0; i < 4000; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    exchange_.random = random;
    taken += Takes(quarter) ? 1 : 0;
  }
  EXPECT_NEAR(taken, 1000, 120);
  exchange_.random = UINT64_MAX;
  EXPECT_FALSE(Takes("runtime_filter { runtime_key: 'k' percent_sampled { numerator: 0 } }"));
  for (uint64_t n : {uint64_t{0}, UINT64_MAX, uint64_t{12345}}) {
    exchange_.random = n;
    EXPECT_TRUE(Takes("runtime_filter { runtime_key: 'k' percent_sampled { numerator: 100 } }"));
  }
}

TEST(ElapsedMsTest, NeedsBothMoments) {
  const base::MonoTime one(std::chrono::milliseconds(1000));
  EXPECT_EQ(ElapsedMs(one, one + std::chrono::microseconds(1999)), 1u);
  EXPECT_EQ(ElapsedMs({}, one), std::nullopt);
  EXPECT_EQ(ElapsedMs(one, {}), std::nullopt);
  EXPECT_EQ(ElapsedMs(one + std::chrono::milliseconds(1), one), std::nullopt);
}

}  // namespace
}  // namespace sluice::proxy
