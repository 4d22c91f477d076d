#include "dataplane/net/dns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/dataplane/net/dns_responder.h"
#include "test/support/manual_clock.h"

namespace sluice::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Manner = DnsResponder::Manner;

class DnsTest : public testing::Test {
 protected:
  DnsTest() {
    responder_.records["both.test"] = {{"10.0.0.1", 60}, {"10.0.0.2", 30}, {"2001:db8::1", 90}};
    responder_.records["four.test"] = {{"10.0.0.4", 5}};
    responder_.records["six.test"] = {{"2001:db8::6", 6}};
    MakeResolver();
  }
  void MakeResolver(int attempts = 1) {
    resolver_ = *DnsResolver::Create(loop_, {.servers = {responder_.address()},
                                             .timeout = seconds(5),
                                             .attempt_timeout = milliseconds(50),
                                             .attempts = attempts,
                                             .use_hosts_file = false});
  }
  std::unique_ptr<DnsQuery> Ask(std::string name, DnsFamily family) {
    answer_.reset();
    return resolver_->Resolve(std::move(name), family, [this](DnsAnswer answer) {
      ++answers_;
      answer_ = std::move(answer);
    });
  }
  // c-ares counts its attempts in real time, so some of these tests wait for tens of milliseconds.
  void TurnUntilAnswered() {
    const base::SystemClock real;
    const base::MonoTime give_up = real.Now() + seconds(8);
    while (!answer_.has_value()) {
      ASSERT_LT(real.Now(), give_up) << "no answer";
      loop_.RunOnce(milliseconds(5));
      clock_.Advance(milliseconds(5));
    }
  }
  DnsAnswer Resolve(std::string name, DnsFamily family) {
    const auto query = Ask(std::move(name), family);
    EXPECT_FALSE(answer_.has_value()) << "called from inside Resolve";
    TurnUntilAnswered();
    return answer_.value_or(DnsAnswer{});
  }
  static std::vector<std::string> Texts(const DnsAnswer& answer) {
    std::vector<std::string> texts;
    char text[46];
    for (const DnsAddress& a : answer.addresses) texts.emplace_back(a.address.IpText(text));
    std::sort(texts.begin(), texts.end());
    return texts;
  }

  test::ManualClock clock_;
  event::Loop loop_{clock_};
  DnsResponder responder_{loop_};
  std::unique_ptr<DnsResolver> resolver_;
  std::optional<DnsAnswer> answer_;
  int answers_ = 0;
};

using Strings = std::vector<std::string>;

TEST_F(DnsTest, AnswersWithAddressesAndTheirTtl) {
  const DnsAnswer answer = Resolve("both.test", DnsFamily::kV4Only);
  EXPECT_EQ(answer.status, DnsStatus::kOk);
  EXPECT_EQ(Texts(answer), (Strings{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(answer.ttl, seconds(30));
  EXPECT_EQ(answer.text, "");
  for (const DnsAddress& a : answer.addresses) EXPECT_EQ(a.address.port(), 0);
}

TEST_F(DnsTest, FamiliesChooseAsTheClusterSays) {
  const struct {
    const char* name;
    DnsFamily family;
    Strings expected;
  } cases[] = {
      {"both.test", DnsFamily::kV6Only, {"2001:db8::1"}},
      {"both.test", DnsFamily::kAuto, {"2001:db8::1"}},
      {"both.test", DnsFamily::kV4Preferred, {"10.0.0.1", "10.0.0.2"}},
      {"both.test", DnsFamily::kAll, {"10.0.0.1", "10.0.0.2", "2001:db8::1"}},
      {"four.test", DnsFamily::kAuto, {"10.0.0.4"}},
      {"six.test", DnsFamily::kV4Preferred, {"2001:db8::6"}},
      {"six.test", DnsFamily::kV4Only, {}},
  };
  for (const auto& c : cases) EXPECT_EQ(Texts(Resolve(c.name, c.family)), c.expected) << c.name;
}

TEST_F(DnsTest, ANameThatDoesNotExistOrHasNoAddressIsNotFound) {
  EXPECT_EQ(Resolve("nowhere.test", DnsFamily::kAll).status, DnsStatus::kNotFound);
  const DnsAnswer none = Resolve("six.test", DnsFamily::kV4Only);
  EXPECT_EQ(none.status, DnsStatus::kNotFound);
  EXPECT_NE(none.text, "");
}

TEST_F(DnsTest, AnIpLiteralAnswersItselfLater) {
  EXPECT_EQ(Texts(Resolve("192.0.2.7", DnsFamily::kAll)), (Strings{"192.0.2.7"}));
  EXPECT_EQ(Texts(Resolve("2001:db8::7", DnsFamily::kAll)), (Strings{"2001:db8::7"}));
  EXPECT_EQ(Resolve("2001:db8::7", DnsFamily::kV4Only).status, DnsStatus::kNotFound);
  EXPECT_EQ(responder_.questions(), 0);
}

TEST_F(DnsTest, ANameThatCannotBeAskedForFails) {
  const DnsAnswer answer = Resolve(std::string(300, 'x') + ".test", DnsFamily::kV4Only);
  EXPECT_NE(answer.status, DnsStatus::kOk);
  EXPECT_EQ(responder_.questions(), 0);
}

TEST_F(DnsTest, BadServersFailAndNeverAnswerWrongly) {
  for (const Manner manner : {Manner::kRefuse, Manner::kTruncated, Manner::kGarbage,
                              Manner::kCutShort}) {
    responder_.manner = manner;
    const DnsAnswer answer = Resolve("four.test", DnsFamily::kV4Only);
    EXPECT_NE(answer.status, DnsStatus::kOk) << static_cast<int>(manner);
    EXPECT_TRUE(answer.addresses.empty());
    EXPECT_NE(answer.text, "");
  }
}

TEST_F(DnsTest, SilenceEndsAfterTheAttempts) {
  MakeResolver(2);
  responder_.manner = Manner::kSilent;
  EXPECT_EQ(Resolve("four.test", DnsFamily::kV4Only).status, DnsStatus::kTimeout);
  EXPECT_EQ(responder_.questions(), 2);
}

TEST_F(DnsTest, ASecondAttemptMaySucceed) {
  MakeResolver(3);
  responder_.manner = Manner::kSilent;
  const auto query = Ask("four.test", DnsFamily::kV4Only);
  while (responder_.questions() == 0) loop_.RunOnce(milliseconds(20));
  responder_.manner = Manner::kAnswer;
  TurnUntilAnswered();
  EXPECT_EQ(answer_->status, DnsStatus::kOk);
}

TEST_F(DnsTest, TheWholeQueryHasABoundOfItsOwn) {
  MakeResolver(100);
  responder_.manner = Manner::kSilent;
  const auto query = Ask("four.test", DnsFamily::kV4Only);
  loop_.RunUntilIdle();
  EXPECT_FALSE(answer_.has_value());
  clock_.Advance(seconds(5) + event::TimerWheel::kTick);
  loop_.RunUntilIdle();
  ASSERT_TRUE(answer_.has_value());
  EXPECT_EQ(answer_->status, DnsStatus::kTimeout);
  EXPECT_EQ(answers_, 1);
}

TEST_F(DnsTest, ADestroyedQueryIsNeverAnswered) {
  Ask("four.test", DnsFamily::kV4Only).reset();
  Ask("192.0.2.7", DnsFamily::kV4Only).reset();
  Resolve("both.test", DnsFamily::kV4Only);
  EXPECT_EQ(answers_, 1);
}

TEST_F(DnsTest, AnAnswerMayDestroyItsQueryAndAskAgain) {
  std::unique_ptr<DnsQuery> query;
  query = resolver_->Resolve("four.test", DnsFamily::kV4Only, [&](DnsAnswer) {
    query = Ask("six.test", DnsFamily::kV6Only);
  });
  TurnUntilAnswered();
  EXPECT_EQ(Texts(*answer_), (Strings{"2001:db8::6"}));
}

TEST_F(DnsTest, ManyQuestionsAtOnceAreAllAnswered) {
  for (int i = 0; i < 200; ++i) {
    responder_.records["n" + std::to_string(i) + ".test"] = {{"10.1.0." + std::to_string(i), 1}};
  }
  std::vector<std::unique_ptr<DnsQuery>> queries;
  int right = 0, done = 0;
  for (int i = 0; i < 200; ++i) {
    queries.push_back(resolver_->Resolve(
        "n" + std::to_string(i) + ".test", DnsFamily::kV4Only, [&, i](DnsAnswer answer) {
          ++done;
          right += Texts(answer) == Strings{"10.1.0." + std::to_string(i)};
        }));
  }
  for (int turn = 0; turn < 5000 && done < 200; ++turn) loop_.RunOnce(milliseconds(10));
  EXPECT_EQ(right, 200);
}

TEST_F(DnsTest, TheResolverMayGoWhileTheServerIsSilent) {
  responder_.manner = Manner::kSilent;
  auto query = Ask("four.test", DnsFamily::kV4Only);
  loop_.RunUntilIdle();
  query.reset();
  resolver_.reset();
  clock_.Advance(seconds(10));
  loop_.RunUntilIdle();
  EXPECT_EQ(answers_, 0);
}

}  // namespace
}  // namespace sluice::net
