#include "dataplane/http/head.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

class HeadTest : public ::testing::Test {
 protected:
  std::string Lines() const {
    std::string text;
    for (uint32_t i = 0; i < head_.size(); ++i) {
      if (head_.at(i).removed()) continue;
      text += std::string(head_.at(i).name()) + ": " + std::string(head_.at(i).value()) + "\n";
    }
    return text;
  }

  buffer::BlockPool pool_;
  buffer::Arena arena_{pool_};
  Head head_{arena_};
};

TEST_F(HeadTest, FindsTheFirstValueInAnyCase) {
  head_.Append("Accept", "a");
  head_.Append("X-Own", "1");
  head_.Append("accept", "b");
  EXPECT_EQ(head_.Get(FieldId::kAccept), "a");
  EXPECT_EQ(head_.Find("ACCEPT"), "a");
  EXPECT_EQ(head_.Find("x-oWN"), "1");
  EXPECT_EQ(head_.Find("x-other"), std::nullopt);
  EXPECT_EQ(head_.Get(FieldId::kHost), std::nullopt);
  EXPECT_EQ(head_.Count(FieldId::kAccept), 2u);
}

TEST_F(HeadTest, JoinsAllLinesOfAName) {
  head_.Append("X-Role", "user");
  head_.Append("x-role", "admin");
  head_.Append("Via", "");
  head_.Append("via", "b");
  EXPECT_EQ(head_.Combined("X-ROLE"), "user, admin");
  EXPECT_EQ(head_.Combined("via"), ", b");
  EXPECT_EQ(head_.Combined("host"), std::nullopt);
  head_.Remove("via");
  EXPECT_EQ(head_.Combined("via"), std::nullopt);
}

TEST_F(HeadTest, CopiesValuesThatMayDie) {
  std::string name = "X-Name", value = "value";
  head_.Append(name, value);
  head_.Append(FieldId::kVia, value);
  name.assign("!!!!!!");
  value.assign("!!!!!");
  EXPECT_EQ(Lines(), "X-Name: value\nvia: value\n");
}

TEST_F(HeadTest, NamesKeepTheirCase) {
  head_.Append("Accept", "a");
  head_.Append("accept", "b");
  head_.Append("X-Own", "c");
  EXPECT_EQ(Lines(), "Accept: a\naccept: b\nX-Own: c\n");
  EXPECT_EQ(head_.at(0).id, FieldId::kAccept);
}

TEST_F(HeadTest, SetLeavesOneLine) {
  head_.Append("Accept", "a");
  head_.Append("Accept", "b");
  head_.Append("x-own", "c");
  head_.Append("X-Own", "d");
  head_.Set(FieldId::kAccept, "e");
  head_.Set("X-OWN", "f");
  EXPECT_EQ(Lines(), "accept: e\nX-OWN: f\n");
  EXPECT_EQ(head_.Get(FieldId::kAccept), "e");
}

TEST_F(HeadTest, RemovedLinesAreNotFound) {
  head_.Append("Accept", "a");
  head_.Append("Accept", "b");
  EXPECT_EQ(head_.Remove(FieldId::kAccept), 2u);
  EXPECT_EQ(head_.Remove(FieldId::kAccept), 0u);
  EXPECT_FALSE(head_.Has(FieldId::kAccept));
  EXPECT_EQ(head_.Find("accept"), std::nullopt);
  EXPECT_EQ(head_.Count(FieldId::kAccept), 0u);
  EXPECT_EQ(head_.size(), 2u);
}

TEST_F(HeadTest, RemovingOneLineLeavesTheNextOneFirst) {
  head_.Append("Accept", "a");
  head_.Append("Host", "h");
  head_.Append("Accept", "b");
  head_.RemoveAt(0);
  EXPECT_EQ(head_.Get(FieldId::kAccept), "b");
  head_.RemoveAt(0);
  head_.RemoveAt(2);
  EXPECT_EQ(head_.Get(FieldId::kAccept), std::nullopt);
  EXPECT_EQ(head_.Get(FieldId::kHost), "h");
}

TEST_F(HeadTest, FindsLinesBehindTheReachOfTheIndex) {
  for (int i = 0; i < 300; ++i) head_.Append("x-filler", "f");
  head_.Append("Accept", "a");
  head_.Append("Accept", "b");
  EXPECT_EQ(head_.Get(FieldId::kAccept), "a");
  head_.RemoveAt(300);
  EXPECT_EQ(head_.Get(FieldId::kAccept), "b");
  EXPECT_EQ(head_.Remove(FieldId::kAccept), 1u);
  EXPECT_EQ(head_.Get(FieldId::kAccept), std::nullopt);
  EXPECT_EQ(head_.Remove("X-Filler"), 300u);
}

TEST_F(HeadTest, LineAtTheEdgeOfTheIndexIsFound) {
  for (int i = 0; i < 253; ++i) head_.Append("x-filler", "f");
  head_.Append("Accept", "253");
  head_.Append("Via", "254");
  EXPECT_EQ(head_.Get(FieldId::kAccept), "253");
  EXPECT_EQ(head_.Get(FieldId::kVia), "254");
}

TEST_F(HeadTest, ReceivedLinesMarkedRemovedAreOnlyKeptForTheEncoder) {
  head_.AddReceived("Cookie", "a", FieldId::kCookie, Field::kWholeLine | Field::kRemoved);
  EXPECT_FALSE(head_.Has(FieldId::kCookie));
  EXPECT_EQ(head_.size(), 1u);
  head_.AddReceived("Cookie", "b", FieldId::kCookie, Field::kWholeLine);
  EXPECT_EQ(head_.Get(FieldId::kCookie), "b");
}

TEST_F(HeadTest, CountsTheBytesOfNamesAndValues) {
  head_.AddReceived("Host", "example", FieldId::kHost, Field::kWholeLine);
  EXPECT_EQ(head_.received_bytes, 11u);
}

TEST_F(HeadTest, ClearForgetsEverything) {
  head_.HoldBytes(buffer::Slice::Static("bytes"));
  head_.Append("Accept", "a");
  head_.status = 200;
  head_.has_query = true;
  head_.Clear();
  EXPECT_EQ(head_.size(), 0u);
  EXPECT_FALSE(head_.Has(FieldId::kAccept));
  EXPECT_EQ(head_.status, 0);
  EXPECT_FALSE(head_.has_query);
  EXPECT_EQ(head_.received(), "");
}

TEST_F(HeadTest, AWholeLineIsAFieldLikeAnyOther) {
  const std::string line = MakeFieldLine(FieldId::kVia, " 1.1 a\r\nb\tc\x7f\xff ");
  EXPECT_EQ(line, "via: 1.1 a  b\tc \xff\r\n");
  head_.AppendLine(FieldId::kVia, line);
  EXPECT_EQ(head_.at(0).name(), "via");
  EXPECT_EQ(head_.Get(FieldId::kVia), "1.1 a  b\tc \xff");
  EXPECT_EQ(head_.at(0).flags, Field::kWholeLine);
  EXPECT_EQ(head_.received_bytes, 0u);
  EXPECT_EQ(head_.Line(FieldId::kVia), &head_.at(0));
  head_.Remove(FieldId::kVia);
  EXPECT_EQ(head_.Line(FieldId::kVia), nullptr);
}

TEST_F(HeadTest, LinesAreIntactUpToTheFirstThatWasRemoved) {
  const auto receive = [this](int removed) {
    head_.Clear();
    HeadReceiver lines(head_, 10);
    for (int i = 0; i < 4; ++i) {
      const uint8_t flags = i == removed ? Field::kRemoved : 0;
      EXPECT_TRUE(lines.Add(i % 2 == 0 ? "a" : "accept", "1", LookupField(i % 2 == 0 ? "a" : "accept"),
                            flags | Field::kWholeLine));
    }
  };
  receive(-1);
  EXPECT_EQ(head_.intact(), 4u);
  head_.Append("b", "2");
  EXPECT_EQ(head_.intact(), 4u);
  head_.RemoveAt(3);
  EXPECT_EQ(head_.intact(), 3u);
  head_.Remove("a");
  EXPECT_EQ(head_.intact(), 0u);
  receive(-1);
  head_.Remove(FieldId::kAccept);
  EXPECT_EQ(head_.intact(), 1u);
  receive(2);
  EXPECT_EQ(head_.intact(), 2u);
  receive(0);
  EXPECT_EQ(head_.intact(), 0u);
}

}  // namespace
}  // namespace sluice::http
