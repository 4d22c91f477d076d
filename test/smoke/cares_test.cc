// c-ares, without a name server: versions agree, and an answer is parsed.
#include <ares.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <cstdint>
#include <vector>

namespace {

TEST(CaresTest, HeaderAndLibraryAreOfOneVersion) {
  int number = 0;
  ares_version(&number);
  EXPECT_EQ(number, ARES_VERSION);
}

TEST(CaresTest, ParsesAnAnswerWithAnAddressAndItsTtl) {
  // Header (one question, one answer), question a. A IN, answer by pointer, TTL 60, 192.0.2.1.
  const std::vector<uint8_t> reply = {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0,  0, 0,  // header
                                      1,    'a',  0,    0,    1, 0, 1,                  // question
                                      0xc0, 0x0c, 0,    1,    0, 1, 0, 0, 0, 60, 0, 4,  // answer
                                      192,  0,    2,    1};
  ares_addrttl address[2];
  int count = 2;
  ASSERT_EQ(
      ares_parse_a_reply(reply.data(), static_cast<int>(reply.size()), nullptr, address, &count),
      ARES_SUCCESS);
  ASSERT_EQ(count, 1);
  EXPECT_EQ(address[0].ttl, 60);
  EXPECT_EQ(reinterpret_cast<const uint8_t*>(&address[0].ipaddr)[0], 192);
}

}  // namespace
