#include "dataplane/http2/frame_scanner.h"

#include <gtest/gtest.h>

#include <vector>

#include "test/support/h2_frames.h"

namespace sluice::http2 {
namespace {

using test::H2Data;
using test::H2Frame;
using test::H2Type;

TEST(FrameScannerTest, FindsEveryFrameHowOftenSoeverTheBytesAreCut) {
  const std::string bytes = H2Data(1, std::string(70'000, 'x')) + H2Data(3, "", true) +
                            H2Frame(H2Type::kPing, test::kAckFlag, 0, "12345678") +
                            H2Data(5, "y");
  for (size_t step : std::vector<size_t>{1, 2, 8, 9, 10, 1000, bytes.size()}) {
    FrameScanner scanner;
    std::vector<FrameHeader> found;
    for (size_t at = 0; at < bytes.size(); at += step) {
      const std::string_view piece = std::string_view(bytes).substr(at, step);
      EXPECT_EQ(scanner.Scan(piece,
                             [&](const FrameHeader& frame) {
                               found.push_back(frame);
                               return true;
                             }),
                piece.size());
    }
    ASSERT_EQ(found.size(), 4u) << step;
    EXPECT_EQ(found[0].length, 70'000u);
    EXPECT_EQ(found[1].length, 0u);
    EXPECT_EQ(found[1].flags, test::kEndStreamFlag);
    EXPECT_EQ(found[2].type, static_cast<uint8_t>(H2Type::kPing));
    EXPECT_EQ(found[2].flags, test::kAckFlag);
    EXPECT_EQ(found[3].length, 1u);
  }
}

TEST(FrameScannerTest, StopsBehindAHeaderThatIsNotAccepted) {
  const std::string good = H2Data(1, "abc");
  FrameScanner scanner;
  int seen = 0;
  EXPECT_EQ(scanner.Scan(good + good + good, [&](const FrameHeader&) { return ++seen < 2; }),
            good.size() + FrameScanner::kHeaderSize);
}

}  // namespace
}  // namespace sluice::http2
